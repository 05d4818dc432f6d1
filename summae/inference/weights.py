"""What is seen of a line, each sign times its weight."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Weights:
    """Base of dataclasses whose fields are the weights of signs.

    Raises:
        ValueError: A weight is no number, or not finite.
    """

    of: ClassVar[str] = "signs"
    """What is weighed, for errors."""

    def __post_init__(self) -> None:
        for name, weight in asdict(self).items():
            is_number = isinstance(weight, (int, float)) and not isinstance(weight, bool)
            if not is_number or not math.isfinite(weight):
                raise ValueError(
                    f"the weight {name} of {self.of} is a finite number, got {weight!r}"
                )

    def sum_over(self, seen: Any) -> float:
        """The weighted sum of a dataclass whose fields have the names of weights."""
        return math.fsum(getattr(self, name) * value for name, value in vars(seen).items())
