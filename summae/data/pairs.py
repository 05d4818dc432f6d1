"""Batches of true pairs, for the recipes that measure what true pairs would be worth.

Only a pack that was made with `data.supervised` has them; nothing that is called unpaired reads
them.
"""

from __future__ import annotations

import numpy as np
from torch.utils.data import Dataset

from summae.data.batches import Seq2SeqBatch, collate
from summae.data.headlines import length_ids
from summae.data.order import EpochOrder
from summae.data.pack import TokenPack, TruePairs
from summae.data.settings import PairsSettings
from summae.errors import InputError


class PairsDataset(Dataset[Seq2SeqBatch]):
    """Documents with their own headlines; batch n is a pure function of n.

    Args:
        pack: One that has true pairs.
        settings: Sizes, and how many pairs may be seen.
        num_batches: Batches of the whole run.
        seed: Of everything drawn, the chosen pairs included.

    Raises:
        InputError: The pack has no true pairs, or fewer than `settings.count`.
    """

    def __init__(
        self, pack: TokenPack, settings: PairsSettings, *, num_batches: int, seed: int
    ) -> None:
        self.pairs = _pairs_of(pack, settings)
        self.settings = settings
        self.num_batches = num_batches
        # Chosen by a permutation of all: the first thousand are among the first ten thousand.
        chosen = np.random.default_rng([seed, 3]).permutation(len(self.pairs))[: settings.count]
        self.chosen = np.sort(chosen)
        """Rows of the pairs that are used, rising; int64, (count,)."""
        read = np.minimum(np.diff(self.pairs.documents.offsets), settings.source_tokens)
        self._order = EpochOrder(
            read[self.chosen],
            settings,
            seed=seed,
            target_lengths=np.diff(self.pairs.headlines.offsets)[self.chosen],
        )
        self._length_id = length_ids(pack.vocabulary)

    def __len__(self) -> int:
        return self.num_batches

    def __getitem__(self, number: int) -> Seq2SeqBatch:
        """Batch `number`, counted from 0."""
        rows = self.chosen[self._order.rows(number)]
        pairs = self.pairs
        return collate(
            [pairs.documents[row][: self.settings.source_tokens] for row in rows],
            [pairs.headlines[row] for row in rows],
            [int(self._length_id[pairs.headline_characters[row]]) for row in rows],
        )


def _pairs_of(pack: TokenPack, settings: PairsSettings) -> TruePairs:
    if pack.supervised is None or not len(pack.supervised):
        raise InputError(
            "the pack has no true pairs: name their source in data.supervised and make the pack "
            "again; it holds them for upper bounds only"
        )
    if settings.count is not None and not 1 <= settings.count <= len(pack.supervised):
        raise InputError(
            f"{settings.count} true pairs were asked for, the pack has {len(pack.supervised)}: "
            f"set count to 1 … {len(pack.supervised)}, or leave it out to use all"
        )
    return pack.supervised
