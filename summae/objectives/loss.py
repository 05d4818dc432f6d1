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
