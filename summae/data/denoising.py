"""Batches of buried headlines and nothing else: what can be learned without a single mined pair."""

from __future__ import annotations

import numpy as np
from torch.utils.data import Dataset

from summae.data.batches import Seq2SeqBatch, collate
from summae.data.headlines import HeadlineDraw, length_ids
from summae.data.noise import bury
from summae.data.order import EpochOrder
from summae.data.pack import TokenPack
from summae.data.settings import MixtureSettings


class DenoisingDataset(Dataset[Seq2SeqBatch]):
    """Each document once per epoch, a headline of another text torn apart among its words.

    Args:
        pack: The corpus; its mined pairs are not looked at.
        settings: Sizes, the share of each headline source, and how headlines are buried.
        num_batches: Batches of the whole run.
        seed: Of everything drawn.
    """

    def __init__(
        self, pack: TokenPack, settings: MixtureSettings, *, num_batches: int, seed: int
    ) -> None:
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

    def __getitem__(self, number: int) -> Seq2SeqBatch:
        """Batch `number`, counted from 0."""
        pack, settings = self.pack, self.settings
        rows = self._order.rows(number)
        draw = np.random.default_rng([self.seed, 2, number])
        headlines = self._headlines.rows(len(rows), draw)
        sources = [
            bury(
                pack.headlines[headline],
                pack.documents[row][: settings.source_tokens],
                settings.noise,
                draw,
                limit=settings.source_tokens,
            )
            for row, headline in zip(rows, headlines, strict=True)
        ]
        return collate(
            sources,
            [pack.headlines[headline] for headline in headlines],
            [int(self._length_id[pack.headline_characters[headline]]) for headline in headlines],
        )
