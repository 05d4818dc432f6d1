"""A reward for not saying things twice: minus the share of a summary's bigrams that came before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from summae.objectives.coverage import character_bigrams
from summae.objectives.rewards import register


@register("repetition")
@dataclass(frozen=True)
class Repetition:
    """From 0, nothing twice, towards -1, one bigram again and again.

    Counted as evaluation counts it: punctuation is nothing, a Latin word or a number one character.
    """

    def __call__(self, documents: Sequence[str], summaries: Sequence[str]) -> list[float]:
        return [0.0 - _repeated_share(character_bigrams(summary)) for summary in summaries]


def _repeated_share(bigrams: list[str]) -> float:
    return (len(bigrams) - len(set(bigrams))) / max(len(bigrams), 1)
