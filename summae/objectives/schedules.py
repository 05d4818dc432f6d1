"""A weight that moves with training: a pure function of the step that can stand in a settings file."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

Shape = Literal["constant", "linear", "exponential", "cosine"]


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """From `start` to `end` in `steps` steps, and `end` from then on.

    >>> warm_up = Schedule(shape="linear", start=0.0, end=1.0, steps=4)
    >>> [warm_up(step) for step in (0, 1, 4, 100)]
    [0.0, 0.25, 1.0, 1.0]
    """

    shape: Shape = "constant"
    """constant; linear; exponential (equal factors in equal times, both ends above 0); cosine
    (half a wave: slow, fast, slow)."""
    start: float = 1.0
    """Value at first, and for ever if constant."""
    end: float | None = None
    """Value at last; none if constant."""
    steps: int = 0
    """Steps from `start` to `end`."""
    delay: int = 0
    """Steps at `start` before it moves."""

    def __post_init__(self) -> None:
        if self.shape not in get_args(Shape):
            raise ValueError(f"shape is one of {', '.join(get_args(Shape))}, got {self.shape!r}.")
        if self.shape == "constant":
            if self.end is not None:
                raise ValueError(f"a constant has no end, got {self.end}: did you mean linear?")
            return
        if self.end is None or self.steps < 1:
            raise ValueError(
                f"a {self.shape} schedule needs an end and at least 1 step to reach it, "
                f"got end={self.end} and steps={self.steps}."
            )
        if self.delay < 0:
            raise ValueError(f"delay counts steps and is at least 0, got {self.delay}.")
        if self.shape == "exponential" and min(self.start, self.end) <= 0:
            raise ValueError(
                f"an exponential schedule never reaches 0: start and end are above it, got "
                f"{self.start} and {self.end}."
            )

    def __call__(self, step: int) -> float:
        """Value at a step, counted from 0."""
        if self.end is None:
            return self.start
        done = min(max((step - self.delay) / self.steps, 0.0), 1.0)
        if self.shape == "exponential":
            return float(self.start * (self.end / self.start) ** done)
        if self.shape == "cosine":
            done = (1 - math.cos(math.pi * done)) / 2
        return (1 - done) * self.start + done * self.end
