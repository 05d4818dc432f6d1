"""What every objective returns: one scalar to descend, and its parts by name for the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor


@dataclass(frozen=True)
class Loss:
    """A loss and what it is made of."""

    value: Tensor
    """Scalar with gradient."""
    parts: Mapping[str, Tensor] = field(default_factory=dict)
    """Detached scalars for the log."""
    weight: Tensor | float = 1.0
    """How much it counts beside the losses of other processes and of other parts of the batch: the
    number of real tokens where `value` is a mean over tokens, of summaries where it is a mean over
    summaries. The mean of all, so weighted, is that of the whole batch."""
