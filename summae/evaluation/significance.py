"""How sure a score is: bootstrap over the items of a test set, paired where two systems meet.

Pairs of systems are resampled together, because what makes an item hard makes it hard for both
(Koehn, 2004, https://aclanthology.org/W04-3250).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLES = 2000
"""Test sets drawn: an end of an interval is then uncertain by a twentieth of a standard error."""
_ITEMS_AT_ONCE = 200_000
"""Indices drawn per round: what a processor keeps at hand."""
_ITEMS_OF_A_KIND = 20
"""Items for each different score, on average, from which it is quicker to draw how many of each."""


@dataclass(frozen=True)
class Interval:
    """A mean with its 95 % percentile interval, in the unit of the scores."""

    mean: float
    low: float
    high: float


def p_value_text(p_value: float) -> str:
    """Three digits; what rounds to nothing is not nothing.

    >>> p_value_text(0.0123), p_value_text(0.0002)
    ('0.012', '<0.001')
    """
    return f"{p_value:.3f}" if p_value >= 0.0005 else "<0.001"


@dataclass(frozen=True)
class Difference(Interval):
    """Mean of ours minus theirs with its 95 % interval."""

    p_value: float
    """Two-sided: how often chance alone would reach so large a difference; at least 2 / (samples + 1)."""


def interval(scores: NDArray[np.float64], *, samples: int = SAMPLES, seed: int = 0) -> Interval:
    """The mean of per-item scores and where it would lie on other test sets of this kind.

    Args:
        scores: One score for each item, (items,).
        samples: Test sets drawn with replacement.
        seed: Equal seeds give equal intervals.

    Raises:
        ValueError: If there are no items or no samples.
    """
    means = _bootstrap_means(scores, samples=samples, seed=seed)
    low, high = np.percentile(means, [2.5, 97.5])
    return Interval(float(scores.mean()), float(low), float(high))


def compare(
    ours: NDArray[np.float64],
    theirs: NDArray[np.float64],
    *,
    samples: int = SAMPLES,
    seed: int = 0,
) -> Difference:
    """How much better we are than they on the same items, and whether chance explains it.

    Args:
        ours: One score for each item, (items,).
        theirs: The other system's scores of the same items, (items,).
        samples: Test sets drawn with replacement.
        seed: Equal seeds give equal results.

    Raises:
        ValueError: If the numbers of items differ, or there are none.
    """
    if ours.shape != theirs.shape:
        raise ValueError(
            f"a paired comparison needs scores of the same items, got {ours.shape} and {theirs.shape}."
        )
    differences = ours - theirs
    if differences.sum() < 0:
        # What is better draws first, so that both orders of two systems find the same.
        turned = compare(theirs, ours, samples=samples, seed=seed)
        return Difference(-turned.mean, -turned.high, -turned.low, turned.p_value)
    means = _bootstrap_means(differences, samples=samples, seed=seed)
    low, high = np.percentile(means, [2.5, 97.5])
    # One is added so that no p-value is smaller than the number of samples can tell.
    tail = min(int((means <= 0).sum()), int((means >= 0).sum()))
    p_value = min(1.0, 2 * (tail + 1) / (samples + 1))
    return Difference(float(differences.mean()), float(low), float(high), p_value)


def holm(p_values: Sequence[float]) -> list[float]:
    """Raise p-values so that among all of them one false alarm is as rare as alone (Holm, 1979).

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = largest
    return adjusted


def _bootstrap_means(
    values: NDArray[np.float64], *, samples: int, seed: int
) -> NDArray[np.float64]:
    """Means of `samples` draws of all items with replacement, (samples,), in whatever order they come."""
    if not len(values) or samples < 1:
        raise ValueError(f"needs items and samples, got {len(values)} items and {samples} samples.")
    random = np.random.default_rng(seed)
    different, counts = np.unique(values, return_counts=True)
    if len(different) * _ITEMS_OF_A_KIND <= len(values):
        # Right or wrong, and little between: how often each value is drawn says all.
        draws = random.multinomial(len(values), counts / len(values), size=samples)
        return draws @ different / len(values)
    # Draws name places; what stands there may not depend on how a file is sorted.
    ordered = np.sort(values)
    return np.concatenate(
        [
            ordered[random.integers(len(values), size=(rows, len(values)), dtype=np.int32)].mean(1)
            for rows in _rounds(samples, max(1, _ITEMS_AT_ONCE // len(values)))
        ]
    )


def _rounds(total: int, largest: int) -> Iterator[int]:
    for start in range(0, total, largest):
        yield min(largest, total - start)
