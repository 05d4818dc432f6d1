"""Which rows a batch holds: every row once per epoch, rows of like length together.

The answer is a pure function of the batch's number, so a run that was killed goes on by asking for
the next number.
"""

from __future__ import annotations

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
        self._batch_size = settings.batch_size
        self._num_batches = settings.bucket_batches
        self._seed = seed

    def rows(self, number: int) -> NDArray[np.int64]:
        """Rows of batch `number`, int64, (B,)."""
        group, place = divmod(number, self._num_batches)
        size = self._batch_size * self._num_batches
        positions = np.arange(group * size, (group + 1) * size)
        total = len(self._source_lengths)
        epochs = positions // total
        rows = np.empty(size, dtype=np.int64)
        for epoch in np.unique(epochs):
            here = epochs == epoch
            permutation = self._generator(0, int(epoch)).permutation(total)
            # Each epoch by itself, so that none begins before the last row of the one before.
            rows[here] = self._alike(permutation[positions[here] % total])
        chosen = self._batch_order(group, epochs)[place]
        return rows[chosen * self._batch_size :][: self._batch_size]

    def _alike(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows with alike ones beside each other."""
        if self._target_lengths is None:
            return rows[np.argsort(self._source_lengths[rows], kind="stable")]
        # Bands of like targets, each sorted by source: a padded target token costs a softmax.
        by_target = rows[np.argsort(self._target_lengths[rows], kind="stable")]
        bands = np.array_split(by_target, max(1, round(self._num_batches**0.5)))
        return np.concatenate(
            [band[np.argsort(self._source_lengths[band], kind="stable")] for band in bands]
        )

    def _batch_order(self, group: int, epochs: NDArray[np.int64]) -> NDArray[np.int64]:
        """A shuffle that moves no batch past one of another epoch."""
        shuffled = self._generator(1, group).permutation(self._num_batches)
        spans = epochs.reshape(self._num_batches, -1)
        # Two batches have the same sum only if both lie within one and the same epoch.
        return shuffled[np.argsort((spans[:, 0] + spans[:, -1])[shuffled], kind="stable")]

    def _generator(self, purpose: int, number: int) -> np.random.Generator:
        return np.random.default_rng([self._seed, purpose, number])
