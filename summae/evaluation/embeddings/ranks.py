"""Where the right answer stands; what scores the same is counted as if a lot decided.

An embedder that gives every text the same vector has then exactly the score of chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_SAME = 1e-6
"""Scores closer than this, in parts of the score if it is over 1, differ by the order of a sum only."""
_ROWS_AT_ONCE = 512


@dataclass(frozen=True)
class Places:
    """How many candidates stand above the right one, and how many beside it, itself counted, (n,)."""

    above: NDArray[np.int64]
    tied: NDArray[np.int64]

    def recall(self, k: int) -> NDArray[np.float64]:
        """Whether the right one is among the first `k`; between 0 and 1 where ties decide, (n,)."""
        return np.clip((k - self.above) / self.tied, 0.0, 1.0)

    @property
    def reciprocal_rank(self) -> NDArray[np.float64]:
        """One over its rank, (n,)."""
        harmonic = np.cumsum([0.0, *(1 / np.arange(1, (self.above + self.tied).max() + 1))])
        found: NDArray[np.float64] = harmonic[self.above + self.tied] - harmonic[self.above]
        return found / self.tied


def places(scores: NDArray[np.floating], right: Sequence[int] | NDArray[np.int64]) -> Places:
    """Find the right candidate of each row.

    Args:
        scores: Higher is better, (n, m).
        right: Column of the right candidate of each row, (n,).

    Raises:
        ValueError: A score is not finite.
    """
    _check_finite(scores)
    own = scores[np.arange(len(scores)), right][:, None]
    slack = _slack(own)
    above = (scores > own + slack).sum(1)
    return Places(above, (np.abs(scores - own) <= slack).sum(1))


def label_precision(
    similarity: NDArray[np.floating], labels: Sequence[str], k: int = 10
) -> NDArray[np.float64]:
    """Of the `k` nearest others of each text, how many have its label, as a share, (n,).

    Args:
        similarity: Of each text to each, (n, n); the diagonal does not count.
        labels: One for each text.
        k: Neighbours, fewer than there are texts.

    Raises:
        ValueError: There are too few texts, or a similarity is not finite.
    """
    if not 0 < k < len(labels):
        raise ValueError(
            f"{k} neighbours are asked of {len(labels)} texts: needs at least one more."
        )
    _check_finite(similarity)
    numbers = np.unique(labels, return_inverse=True)[1]
    shares = []
    for start in range(0, len(labels), _ROWS_AT_ONCE):
        rows = np.arange(start, min(start + _ROWS_AT_ONCE, len(labels)))
        block = similarity[rows].astype(np.float64)
        block[np.arange(len(rows)), rows] = -np.inf
        last = np.partition(block, -k, axis=1)[:, -k][:, None]
        slack = _slack(last)
        above, tied = block > last + slack, np.abs(block - last) <= slack
        same = numbers[rows][:, None] == numbers[None, :]
        room = (k - above.sum(1)) / tied.sum(1)
        shares.append(((above & same).sum(1) + room * (tied & same).sum(1)) / k)
    return np.concatenate(shares)


def _slack(scores: NDArray[np.floating]) -> NDArray[np.floating]:
    slack: NDArray[np.floating] = _SAME * np.maximum(1.0, np.abs(scores))
    return slack


def _check_finite(scores: NDArray[np.floating]) -> None:
    if not np.isfinite(scores).all():
        raise ValueError("a score is not finite, so nothing can be ranked by it.")
