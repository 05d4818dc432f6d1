"""What a document is about, as its own words and a model's lines on it tell."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from summae.inference.pieces import opening_of

_COUNTED = 1000
"""Characters of the document in which characters are counted."""


class Subject:
    """Tells how near a text comes to what its document is about.

    Args:
        document: Cleaned; simplified or traditional.
        written: A model's lines in the same script, the chosen one first.
    """

    def __init__(self, document: str, written: Sequence[str]) -> None:
        self._bigrams = Counter(pairwise(opening_of(document)))
        self._characters = Counter(document[:_COUNTED])
        lines = [set(pairwise(line)) for line in written]
        self._first = lines[0] if lines else set()
        self._shares = {
            bigram: count / len(lines)
            for bigram, count in Counter(bigram for line in lines for bigram in line).items()
        }
        self._all = math.fsum(self._shares.values())

    def frequency(self, text: str) -> float:
        """Mean natural logarithm of how often its bigrams stand in the opening."""
        return _mean_log([self._bigrams[bigram] for bigram in pairwise(text)])

    def recurrence(self, text: str) -> float:
        """Mean natural logarithm of how often its characters stand in the document, at least once."""
        return _mean_log([self._characters[character] for character in text])

    def agreement(self, text: str) -> tuple[float, float, float]:
        """Mean share of the lines, share of all lines' bigrams, share of the first line's."""
        bigrams = set(pairwise(text))
        shared = math.fsum(self._shares.get(bigram, 0.0) for bigram in bigrams)
        return (
            shared / max(1, len(bigrams)),
            shared / self._all if self._all else 0.0,
            len(bigrams & self._first) / max(1, len(self._first)),
        )


def _mean_log(counts: Sequence[int]) -> float:
    return math.fsum(math.log(max(1, count)) for count in counts) / max(1, len(counts))
