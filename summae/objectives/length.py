"""A reward for keeping to a length: nothing inside the range, and minus the relative miss outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from summae.objectives.rewards import register
from summae.text.normalize import normalize


@register("length")
@dataclass(frozen=True)
class LengthReward:
    """Minus the characters too few or too many, as a share of the bound that is missed.

    An empty summary gets -1, whatever the range, and one twice as long as allowed -1, too.
    """

    least: int = 12
    """Characters (code points after normalisation) at least …"""
    most: int = 24
    """… and at most; equal for one target. Most headlines that people write for news lie within."""

    def __post_init__(self) -> None:
        if not 1 <= self.least <= self.most:
            raise ValueError(
                f"least and most are whole numbers of characters, 1 <= least <= most, got "
                f"{self.least} and {self.most}."
            )

    def __call__(self, documents: Sequence[str], summaries: Sequence[str]) -> list[float]:
        return [0.0 - self._miss(len(normalize(summary))) for summary in summaries]

    def _miss(self, characters: int) -> float:
        too_few, too_many = self.least - characters, characters - self.most
        return max(too_few / self.least, too_many / self.most, 0.0)
