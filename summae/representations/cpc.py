"""Contrastive predictive coding: from what was read, tell what comes k steps later (CPC, 2018).

van den Oord et al., https://arxiv.org/abs/1807.03748. Steps are the sentences of a document, or
windows of a sentence; the code is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from summae.data.sentence_batches import SentenceBatch
from summae.objectives.contrastive import info_nce
from summae.objectives.loss import Loss
from summae.representations.critics import BilinearCritic
from summae.representations.gathering import all_rows, is_repeated

Level = Literal["sentences", "windows"]
_PLACES = 1 << 16
"""More than a document has sentences."""


class Cpc(nn.Module):
    """An encoder of steps, a memory of those read, and a critic for each distance ahead.

    Args:
        encoder: Of one step.
        dimensions: Of its vectors.
        steps: How far ahead to look, K.
        history: Whether the memory holds what was read before; without, it sees one step only, by
            which one knows what order is worth.
        level: What a step is. Windows do not overlap, for the next would be known by what it
            shares: a convolution whose stride is its width, and whose kernel is the encoder.
        window: Tokens of a window.
    """

    def __init__(
        self,
        encoder: nn.Module,
        dimensions: int,
        *,
        steps: int = 3,
        history: bool = True,
        level: Level = "sentences",
        window: int = 4,
    ) -> None:
        super().__init__()
        self.encoder, self.history, self.level, self.window = encoder, history, level, window
        self.memory = nn.GRU(dimensions, dimensions, batch_first=True)
        self.critics = nn.ModuleList(BilinearCritic(dimensions, dimensions) for _ in range(steps))

    @property
    def encoders(self) -> Sequence[nn.Module]:
        """Memory and critics are for training only."""
        return (self.encoder,)

    def forward(self, batch: SentenceBatch) -> Loss:
        """InfoNCE over the steps of the batch, those in other processes included.

        Returns:
            A mean over all predictions, of which the shorter distances have a few more. Parts
            `nll_k`, `accuracy_k` and `bound_k` in nats, for each distance k.
        """
        if self.level == "windows":
            batch = windows(batch, self.window)
        vectors = self.encoder(batch.ids, batch.mask)  # z (N, D)
        contexts = self.contexts(vectors, batch)  # c (N, D)
        candidates = all_rows(vectors)  # (M, D)
        document, place = all_rows(batch.document), all_rows(batch.place)  # (M,)
        is_same_document = batch.document[:, None] == document
        ahead = place - batch.place[:, None]  # (N, M)
        # What has been read is no candidate: to know it again would be a use of memory, but no
        # foresight.
        allowed = ~(is_same_document & (ahead <= 0)) & ~is_repeated(document, place)
        return _together(
            [
                info_nce(critic(contexts, candidates), is_same_document & (ahead == k), allowed)
                for k, critic in enumerate(self.critics, start=1)
            ]
        )

    def contexts(self, vectors: Tensor, batch: SentenceBatch) -> Tensor:
        """What is known after each step: the state of the memory, begun anew with each document.

        Args:
            vectors: Of the steps, (N, D).
            batch: Where they stand.

        Returns:
            (N, D).
        """
        if not self.history:
            contexts: Tensor = self.memory(vectors[:, None])[0][:, 0]
            return contexts
        names, row = torch.unique_consecutive(batch.document, return_inverse=True)  # row (N,)
        # Padding stands behind the last step, and the memory reads forward only.
        padded = vectors.new_zeros(len(names), int(batch.place.max()) + 1, vectors.shape[1])
        padded = padded.index_put((row, batch.place), vectors)
        states: Tensor = self.memory(padded)[0]
        return states[row, batch.place]


def windows(batch: SentenceBatch, size: int) -> SentenceBatch:
    """Each sentence as a document whose sentences are its windows of `size` tokens.

    Windows that are not full are left out, but a sentence's first one.
    """
    missing = -batch.ids.shape[1] % size
    mask = F.pad(batch.mask, (0, missing)).view(len(batch), -1, size)  # (N, windows, size)
    ids = F.pad(batch.ids, (0, missing)).view(len(batch), -1, size)
    place = torch.arange(mask.shape[1], device=mask.device).expand(mask.shape[:2])
    kept = mask.all(dim=2) | (place == 0)
    sentence = (batch.document * _PLACES + batch.place)[:, None].expand(mask.shape[:2])
    return SentenceBatch(ids[kept], mask[kept], sentence[kept], place[kept])


def _together(losses: Sequence[Loss]) -> Loss:
    """Weighed by their numbers of predictions, so that processes and parts of a batch add up."""
    weights = torch.stack([torch.as_tensor(loss.weight) for loss in losses])
    values = torch.stack([loss.value for loss in losses])
    total = weights.sum()
    parts = {
        f"{name}_{k}": loss.parts[name]
        for k, loss in enumerate(losses, start=1)
        for name in ("nll", "accuracy", "bound")
    }
    return Loss((values * weights).sum() / total.clamp(min=1), parts, weight=total)
