"""Texts that say again what other texts say: found by the character strings that they share.

Wire reports are printed by several outlets, and by the next day's paper. A model that has met the
one has an easy time with the other.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

GRAM = 8
"""Characters of a string; by chance two reports of one field share few as long as this."""
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
"""Odd, its bits well mixed: 2^64 over the golden ratio."""

Fingerprints = NDArray[np.uint64]


class KnownStrings:
    """The strings of `GRAM` characters of some texts, 8 bytes each.

    Args:
        texts: Cleaned texts.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        found = [fingerprints(text) for text in texts]
        self._known = np.unique(np.concatenate(found)) if found else np.zeros(0, np.uint64)

    def share(self, text: str) -> float:
        """Share of the strings of `text` that stand in the known texts, in [0, 1]."""
        ours = fingerprints(text)
        if not len(ours) or not len(self._known):
            return 0.0
        places = np.searchsorted(self._known, ours).clip(max=len(self._known) - 1)
        return float(np.mean(self._known[places] == ours))


def fingerprints(text: str) -> Fingerprints:
    """A number for each string of `GRAM` characters, in order; none where the text is shorter."""
    characters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    count = len(characters) - GRAM + 1
    if count < 1:
        return np.zeros(0, dtype=np.uint64)
    numbers = np.zeros(count, dtype=np.uint64)
    for place in range(GRAM):  # a polynomial; overflow is its arithmetic
        numbers = numbers * _FACTOR + characters[place : place + count]
    return numbers
