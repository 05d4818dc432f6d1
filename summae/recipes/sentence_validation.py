"""Which of ten sentences comes next? Asked of held-out documents while sentence encoders train."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from summae.data.batches import pad
from summae.data.sentences_pack import SentencePack
from summae.objectives.contrastive import alignment, effective_rank, uniformity
from summae.text.vocabulary import PAD_ID

_ROWS = 256
"""Sentences encoded at a time."""


class NextSentence:
    """One question for each held-out document, the other choices being answers of others.

    Args:
        pack: The corpus.
        questions: At most so many, of documents evenly spread.
        choices: Sentences to choose from, where there are as many documents.
        seed: Of what is asked; the same each time.
    """

    def __init__(
        self, pack: SentencePack, *, questions: int = 1000, choices: int = 10, seed: int = 1
    ) -> None:
        draw = np.random.default_rng(seed)
        documents = np.flatnonzero(pack.is_held_out & (pack.sentence_counts > 1))
        spread = np.linspace(0, len(documents) - 1, min(questions, len(documents)))
        documents = documents[spread.astype(int)]
        counts = pack.sentence_counts[documents]
        asked = pack.document_starts[documents] + draw.integers(0, np.maximum(counts - 1, 1))
        self._sentences = [pack.sentences[row] for row in asked]
        self._answers = [pack.sentences[row + 1] for row in asked]
        total = len(asked)
        others = [draw.permutation(total - 1)[: choices - 1] for _ in range(total)]
        # The answer first; a number from the question's own on stands for the next one.
        rows = [np.append(n, other + (other >= n)) for n, other in enumerate(others)]
        self._choices = torch.from_numpy(np.stack(rows)) if rows else torch.zeros(0, 1).long()

    def __len__(self) -> int:
        """Questions."""
        return len(self._sentences)

    @torch.no_grad()
    def measures(self, query: nn.Module, candidate: nn.Module) -> dict[str, float]:
        """How often the next sentence has the highest score, and how the vectors lie.

        Args:
            query: Encoder of the sentences asked about.
            candidate: Encoder of what may come next; the same one, in methods that have one. The
                score of two sentences is the product of their vectors.

        Returns:
            `next_sentence`, a share, sentences of equal score sharing the point; of the candidates
            `uniformity`, of both `alignment`, of the queries `rank`. Nothing without questions.
        """
        if len(self) < 2:
            return {}
        queries = _encoded(query, self._sentences)
        candidates = _encoded(candidate, self._answers)
        return {
            "next_sentence": self.accuracy(queries, candidates),
            "alignment": float(alignment(queries, candidates)),
            "uniformity": float(uniformity(candidates)),
            "rank": float(effective_rank(queries)),
        }

    def accuracy(self, queries: Tensor, candidates: Tensor) -> float:
        """Share of the questions answered by the highest product.

        Args:
            queries: Of the sentences asked about, (questions, D).
            candidates: Of their answers, (questions, D).
        """
        options = candidates[self._choices.to(candidates.device)]  # (Q, choices, D)
        scores = torch.einsum("qd,qcd->qc", queries, options)
        is_best = scores == scores.amax(dim=1, keepdim=True)
        return float((is_best[:, 0] / is_best.sum(dim=1)).mean())


def _encoded(encoder: nn.Module, sentences: Sequence[NDArray[np.uint16]]) -> Tensor:
    device = next(encoder.parameters()).device
    vectors = []
    for start in range(0, len(sentences), _ROWS):
        ids = pad(sentences[start : start + _ROWS], PAD_ID).to(device)
        vectors.append(encoder(ids, ids != PAD_ID).float())
    return torch.cat(vectors)
