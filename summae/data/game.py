"""Batches of the seq2seq2seq game: documents beside unrelated headlines, the chances by which
summaries are drawn, and pairs to hold on to.

The chances come with the batch rather than out of the device's random state: however many processes
share a batch, each document meets the same luck.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from summae.data.batches import Batch, Seq2SeqBatch, UnpairedBatch


@dataclass(frozen=True)
class GameBatch(Batch):
    """What the players are given at a turn."""

    texts: UnpairedBatch
    """Documents and headlines of other texts."""
    chances: Tensor
    """Uniform numbers in [0, 1) for whatever is drawn for a document; float64, (B, C)."""
    pairs: Seq2SeqBatch | None = None
    """Documents with targets to be learned by teacher forcing, where the recipe has any."""


class GameDataset(Dataset[GameBatch]):
    """Batch n is a pure function of n.

    Args:
        texts: Documents and headlines.
        num_chances: Uniform numbers for each document.
        seed: Of the chances.
        pairs: Pairs to hold on to, batch for batch.
    """

    def __init__(
        self,
        texts: Dataset[UnpairedBatch],
        *,
        num_chances: int,
        seed: int,
        pairs: Dataset[Seq2SeqBatch] | None = None,
    ) -> None:
        self.texts = texts
        self.pairs = pairs
        self.num_chances = num_chances
        self.seed = seed

    def __len__(self) -> int:
        return len(self.texts)  # type: ignore[arg-type]

    def __getitem__(self, number: int) -> GameBatch:
        """Batch `number`, counted from 0."""
        texts = self.texts[number]
        draw = np.random.default_rng([self.seed, 5, number])
        return GameBatch(
            texts,
            torch.from_numpy(draw.random((len(texts.source_ids), self.num_chances))),
            None if self.pairs is None else self.pairs[number],
        )
