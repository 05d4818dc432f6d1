"""Batches of documents beside unrelated headlines: what every unpaired recipe learns from.

`UnpairedDataset[n]` is always the same batch, whatever came before. Documents come in epochs, each
once; headlines are drawn by a generator that has never heard of them.
"""

from __future__ import annotations

import numpy as np
from torch.utils.data import Dataset

from summae.data.batches import UnpairedBatch, collate_unpaired
from summae.data.headlines import HeadlineDraw, length_ids
from summae.data.order import EpochOrder
from summae.data.pack import TokenPack
from summae.data.settings import UnpairedSettings
from summae.errors import InputError


class UnpairedDataset(Dataset[UnpairedBatch]):
    """Documents and headlines of a pack, drawn independently.

    Args:
        pack: The corpus; its mined pairs are not looked at.
        settings: Sizes, and the share of each headline source.
        num_batches: Batches of the whole run.
        seed: Of everything drawn.

    Raises:
        InputError: The pack lacks documents or headlines, or has other sources than there are
            shares.
    """

    def __init__(
        self, pack: TokenPack, settings: UnpairedSettings, *, num_batches: int, seed: int
    ) -> None:
        if not len(pack.documents) or not len(pack.headlines):
            raise InputError(
                f"the pack has {len(pack.documents)} documents and {len(pack.headlines)} "
                "headlines; training needs both: make it again with `summae pack`"
            )
        self.pack = pack
        self.settings = settings
        self.num_batches = num_batches
        self.seed = seed
        lengths = np.minimum(np.diff(pack.documents.offsets), settings.source_tokens)
        self._order = EpochOrder(lengths, settings, seed=seed)
        self._headlines = HeadlineDraw(pack, settings.source_shares)
        self._length_id = length_ids(pack.vocabulary)

    def __len__(self) -> int:
        return self.num_batches

    def __getitem__(self, number: int) -> UnpairedBatch:
        """Batch `number`, counted from 0."""
        pack = self.pack
        rows = self._order.rows(number)
        draw = np.random.default_rng([self.seed, 2, number])
        headlines = self._headlines.rows(len(rows), draw)
        return collate_unpaired(
            [pack.documents[row][: self.settings.source_tokens] for row in rows],
            rows,
            [pack.headlines[headline] for headline in headlines],
            [int(self._length_id[pack.headline_characters[h]]) for h in headlines],
        )
