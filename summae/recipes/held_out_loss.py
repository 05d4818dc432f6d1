"""What a method says of itself on documents that it never learned from: its loss and the parts of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import torch
from torch import nn

from summae.data.sentence_batches import ContiguousSentences, SentenceBatch
from summae.data.sentences_pack import SentencePack
from summae.data.settings import SentenceBatchSettings
from summae.objectives.loss import Loss

_SENTENCES = 256
"""In a batch, whatever training takes, so that accuracies among so many compare."""


class HeldOutLoss:
    """The same batches of held-out documents each time.

    Args:
        pack: The corpus; one that holds nothing out is measured on nothing.
        settings: Of the batches.
        batches: How many, of documents drawn once.
    """

    def __init__(
        self, pack: SentencePack, settings: SentenceBatchSettings, *, batches: int = 16
    ) -> None:
        self._batches: list[SentenceBatch] = []
        if pack.is_held_out.any():
            settings = replace(settings, sentences_per_batch=_SENTENCES)
            drawn = ContiguousSentences(pack, settings, num_batches=batches, seed=1, held_out=True)
            # The documents are read once at most: no epoch but the first.
            left = int((pack.is_held_out & (pack.sentence_counts > 0)).sum())
            while left and len(self._batches) < batches:
                self._batches.append(drawn[len(self._batches)])
                left -= len(set(self._batches[-1].document.tolist()))

    @torch.no_grad()
    def measures(self, module: nn.Module) -> dict[str, float]:
        """`held_out_loss` and `held_out_…` for each part, means weighted as in training.

        Args:
            module: A method in evaluation mode, whose `forward(batch)` is its `Loss`.
        """
        device = next(module.parameters()).device
        sums: dict[str, float] = defaultdict(float)
        total = 0.0
        for batch in self._batches:
            loss: Loss = module(batch.to(device))
            total += float(loss.weight)
            for name, value in {"loss": loss.value, **loss.parts}.items():
                sums[f"held_out_{name}"] += float(loss.weight) * float(value)
        return {name: value / total for name, value in sums.items()} if total else {}
