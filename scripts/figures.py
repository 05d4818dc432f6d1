"""Figures as the cells of tables have them."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from summae.evaluation.significance import Difference


def ranged(values: Sequence[float]) -> str:
    """One value, or the mean of several seeds with their range.

    >>> ranged([31.614]), ranged([31.0, 33.0])
    ('31.61', '32.00 (31.00–33.00)')
    """
    mean = f"{statistics.fmean(values):.2f}"
    return mean if len(values) == 1 else f"{mean} ({min(values):.2f}–{max(values):.2f})"


def signed(difference: Difference) -> str:
    """A difference of shares in hundredths, with its interval.

    >>> signed(Difference(0.0125, -0.01, 0.035, 0.2))
    '+1.25 [-1.00, 3.50]'
    """
    low, high = 100 * difference.low, 100 * difference.high
    return f"{100 * difference.mean:+.2f} [{low:.2f}, {high:.2f}]"
