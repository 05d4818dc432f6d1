"""Quick-thought: of all sentences around, find the neighbours of this one (Logeswaran & Lee, 2018).

https://arxiv.org/abs/1803.02893. Two encoders f and g share nothing; the score of a sentence s and a
candidate c is f(s) · g(c), nothing in between, so that the vectors have to do the work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import nn

from summae.data.sentence_batches import SentenceBatch
from summae.objectives.contrastive import effective_rank, info_nce
from summae.objectives.loss import Loss
from summae.representations.gathering import all_rows, is_repeated

_RANKED = 64
"""Vectors, evenly spread, whose rank is looked at while training: more would cost more than learning."""


class QuickThought(nn.Module):
    """Two encoders, trained to agree on what stands beside what.

    Args:
        query: f, of the sentence whose neighbours are looked for.
        candidate: g, of the sentences that may be them.
        context: Sentences before and behind that are to be found.
    """

    def __init__(self, query: nn.Module, candidate: nn.Module, *, context: int = 1) -> None:
        super().__init__()
        self.query, self.candidate, self.context = query, candidate, context
        _hold_shift(candidate)

    @property
    def encoders(self) -> Sequence[nn.Module]:
        """The vector of a sentence is that of f and that of g, end to end."""
        return self.query, self.candidate

    def forward(self, batch: SentenceBatch) -> Loss:
        """InfoNCE over the sentences of the batch, those in other processes included.

        Parts beside those of `info_nce`: `accuracy_within`, among the sentences of the document
        alone, where its subject is no help; and `rank`, the effective rank of at most 64 vectors
        of f.
        """
        queries = self.query(batch.ids, batch.mask)  # (N, D)
        candidates = all_rows(self.candidate(batch.ids, batch.mask))  # (M, D)
        document, place = all_rows(batch.document), all_rows(batch.place)  # (M,)
        # Large scores in half precision would be all alike.
        with torch.autocast(queries.device.type, enabled=False):
            scores = queries.float() @ candidates.float().T  # (N, M)
        is_same_document = batch.document[:, None] == document
        distance = (batch.place[:, None] - place).abs()
        # Its own likeness is no neighbour; in the paper's code it remains a weak candidate.
        allowed = ~(is_same_document & (distance == 0)) & ~is_repeated(document, place)
        positive = is_same_document & (distance <= self.context)
        loss = info_nce(scores, positive, allowed)
        with torch.no_grad():
            inside = allowed & is_same_document
            has_others = (inside & ~positive).any(dim=1, keepdim=True)
            within = info_nce(scores, positive & has_others, inside)
            rank = effective_rank(queries[:: max(1, len(queries) // _RANKED)][:_RANKED])
        more = {"accuracy_within": within.parts["accuracy"], "rank": rank}
        return replace(loss, parts={**loss.parts, **more})


def _hold_shift(encoder: nn.Module) -> None:
    """Keep the bias of the last linear map at 0.

    The loss is the same for candidates that are all shifted alike, so that the bias has no gradient
    but what rounding leaves, and AdamW makes full steps of that.
    """
    for last in [module for module in encoder.modules() if isinstance(module, nn.Linear)][-1:]:
        nn.init.zeros_(last.bias).requires_grad_(False)
