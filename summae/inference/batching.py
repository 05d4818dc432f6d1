"""Cut an endless stream of documents into windows, and a window into batches of similar length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from summae.errors import SummaeError

Item = TypeVar("Item")

_FEWEST_BATCHES = 8
"""Batches in a window: enough to sort documents by length, few enough to keep results flowing."""
_BATCHES_A_JOB = 2
"""With one for each job, all would wait for the slowest."""


def window_size(batch_size: int, jobs: int) -> int:
    """Documents of a window."""
    return batch_size * max(_FEWEST_BATCHES, _BATCHES_A_JOB * jobs)


def windows(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield lists of `size` consecutive items, the last one shorter; holds one window at a time.

    If reading fails with a `SummaeError`, what came before it is yielded first, so that an error
    in item 1000 costs none of the 999 before it.
    """
    iterator = iter(items)
    while True:
        window: list[Item] = []
        try:
            for item in islice(iterator, size):
                window.append(item)
        except SummaeError:
            if window:
                yield window
            raise
        if not window:
            return
        yield window


def batches_by_length(lengths: Sequence[int], batch_size: int) -> list[list[int]]:
    """Positions of a window grouped into batches of similar length, so that little is padding.

    >>> batches_by_length([5, 90, 6, 88], batch_size=2)
    [[1, 3], [2, 0]]
    """
    order = sorted(range(len(lengths)), key=lambda position: -lengths[position])
    return [order[start : start + batch_size] for start in range(0, len(order), batch_size)]
