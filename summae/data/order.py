"""Which rows a batch holds: every row once per epoch, rows of like length together.

The answer is a pure function of the batch's number, so a run that was killed goes on by asking for
the next number. A group of batches is therefore always of one size; where `even` is "tokens", only
the cuts between its batches move.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from summae.data.settings import BatchSettings

Lengths = NDArray[np.integer[Any]]


class EpochOrder:
    """Rows of batch 0, 1, 2, … without end.

    Laid end to end, the batches are one permutation of all rows after the other. Within an epoch,
    rows alike in length are gathered over a group of `bucket_batches` batches, which are shuffled.

    Args:
        source_lengths: Tokens read of each row, (rows,).
        settings: Sizes.
        seed: Of the permutations.
        target_lengths: Tokens written for each row, (rows,), where that is known.
    """

    def __init__(
        self,
        source_lengths: Lengths,
        settings: BatchSettings,
        *,
        seed: int,
        target_lengths: Lengths | None = None,
    ) -> None:
        self._source_lengths = source_lengths
        self._target_lengths = target_lengths
        self._settings = settings
        self._seed = seed

    def rows(self, number: int) -> NDArray[np.int64]:
        """Rows of batch `number`, int64, (B,)."""
        group, place = divmod(number, self._settings.bucket_batches)
        size = self._settings.batch_size * self._settings.bucket_batches
        positions = np.arange(group * size, (group + 1) * size)
        total = len(self._source_lengths)
        epochs = positions // total
        rows = np.empty(size, dtype=np.int64)
        for epoch in np.unique(epochs):
            here = epochs == epoch
            permutation = self._generator(0, int(epoch)).permutation(total)
            # Each epoch by itself, so that none begins before the last row of the one before.
            rows[here] = self._alike(permutation[positions[here] % total])
        spans = batch_spans(self._lengths(rows), self._settings)
        chosen: NDArray[np.int64] = rows[spans[self._batch_order(group, epochs, spans)[place]]]
        return chosen

    def _alike(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows with alike ones beside each other."""
        written = None if self._target_lengths is None else self._target_lengths[rows]
        return rows[alike(self._source_lengths[rows], written, self._settings)]

    def _lengths(self, rows: NDArray[np.int64]) -> Lengths:
        """Tokens read and written for the rows, (rows,)."""
        read = self._source_lengths[rows]
        return read if self._target_lengths is None else read + self._target_lengths[rows]

    def _batch_order(
        self, group: int, epochs: NDArray[np.int64], spans: Sequence[slice]
    ) -> NDArray[np.int64]:
        """A shuffle that moves no batch past one of another epoch."""
        shuffled = self._generator(1, group).permutation(len(spans))
        # Two batches have the same sum only if both lie within one and the same epoch.
        sums = np.array([epochs[span.start] + epochs[span.stop - 1] for span in spans])
        return shuffled[np.argsort(sums[shuffled], kind="stable")]

    def _generator(self, purpose: int, number: int) -> np.random.Generator:
        return np.random.default_rng([self._seed, purpose, number])


def alike(read: Lengths, written: Lengths | None, settings: BatchSettings) -> NDArray[np.int64]:
    """Places of a group's rows, alike ones beside each other; int64, (rows,).

    Bands of like targets, each sorted by source: a padded target token costs a softmax over the
    vocabulary, and long documents are all cut to the same length.

    Args:
        read: Tokens read of each row, (rows,).
        written: Tokens written for each row, (rows,); None where that is not known.
        settings: Sizes.
    """
    if written is None:
        return np.argsort(read, kind="stable")
    by_target = np.argsort(written, kind="stable")
    bands = np.array_split(by_target, max(1, round(settings.bucket_batches**0.5)))
    return np.concatenate([band[np.argsort(read[band], kind="stable")] for band in bands])


def batch_spans(lengths: Lengths, settings: BatchSettings) -> list[slice]:
    """The rows of each batch of a group whose rows were laid beside alike ones.

    Args:
        lengths: Tokens of each row, (batch_size * bucket_batches,).
        settings: Sizes, and what batches have equally many of.
    """
    count, size = settings.bucket_batches, settings.batch_size
    ends = np.arange(1, count + 1) * size
    if settings.even == "tokens":
        tokens = np.cumsum(lengths)
        ends = np.searchsorted(tokens, tokens[-1] * np.arange(1, count + 1) / count) + 1
        # No batch is empty, however long a single row is.
        ends = np.maximum.accumulate(ends - np.arange(count)) + np.arange(count)
        ends = np.minimum(ends, len(lengths) - np.arange(count)[::-1])
    return [slice(int(a), int(b)) for a, b in pairwise([0, *ends])]
