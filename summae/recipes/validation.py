"""How a generator does on validation documents while it trains: greedy summaries, measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import PreTrainedModel

from summae.data.batches import pad
from summae.data.pack import Ragged, TokenPack
from summae.evaluation.faithfulness import supported_share
from summae.evaluation.rouge import score, tokenizer
from summae.evaluation.statistics import lead_copy_share, repetition_share
from summae.text.facts import numbers
from summae.text.vocabulary import CONTROL_TOKENS, EOS_ID, PAD_ID

_tokens = tokenizer("character")
MAX_TOKENS = 40
"""Longest summary of a validation document."""


@dataclass(frozen=True)
class Written:
    """Validation documents, as far as they were read, and what a generator wrote of them."""

    source_ids: Tensor
    """Documents ending in `</s>`, padded with 0, (B, S)."""
    summary_ids: Tensor
    """Summaries without length tokens, ending in `</s>`, padded with 0, (B, T)."""
    documents: Sequence[str]
    summaries: Sequence[str]


class Validation:
    """Validation documents of a pack.

    Args:
        pack: The corpus.
        source_tokens: Tokens read of each document.
        max_tokens: Longest summary.
        batch_size: Documents summarised at a time.
    """

    def __init__(
        self,
        pack: TokenPack,
        *,
        source_tokens: int,
        max_tokens: int = MAX_TOKENS,
        batch_size: int = 100,
    ) -> None:
        self._pack = pack
        self._max_tokens = max_tokens
        self._batch_size = batch_size
        self._last_special = pack.vocabulary.ids[CONTROL_TOKENS[-1]]
        documents = pack.validation_documents
        self._sources = [documents[row][:source_tokens] for row in range(len(documents))]

    def write(self, generator: PreTrainedModel, *, limit: int | None = None) -> Written:
        """Greedy summaries of the first `limit` documents, of all by default."""
        sources = self._sources[:limit]
        written: list[NDArray[np.int64]] = []
        for start in range(0, len(sources), self._batch_size):
            source_ids = _ended(sources[start : start + self._batch_size]).to(generator.device)
            ids = generator.generate(  # type: ignore[operator]
                input_ids=source_ids,
                attention_mask=(source_ids != PAD_ID).long(),
                max_new_tokens=self._max_tokens,
                num_beams=1,
                do_sample=False,
            )
            written += [row[row > self._last_special] for row in ids.cpu().numpy()]
        spell = self._pack.vocabulary.decode
        return Written(
            source_ids=_ended(sources).to(generator.device),
            summary_ids=_ended(written).to(generator.device),
            documents=[spell(ids) for ids in sources],
            summaries=[spell(ids) for ids in written],
        )

    def measures(self, written: Written) -> dict[str, float]:
        """Agreement of all summaries with the human headlines, and what the alarms watch.

        Shares in [0, 1]; lengths in characters.
        """
        scores = score(written.summaries, self._pack.validation_summaries)
        ours = [_tokens(summary) for summary in written.summaries]
        theirs = [_tokens(document) for document in written.documents]
        pairs = zip(written.summaries, written.documents, strict=True)
        supported = supported_share(pairs, numbers)
        return {
            "rouge_1": scores.rouge_1.mean.f1,
            "rouge_2": scores.rouge_2.mean.f1,
            "rouge_l": scores.rouge_l.mean.f1,
            "characters": float(np.mean([len(summary) for summary in written.summaries])),
            "lead_copy_rate": float(np.mean(list(map(lead_copy_share, ours, theirs)))),
            "repetition": float(np.mean(list(map(repetition_share, ours)))),
            **({} if supported is None else {"supported_numbers": supported}),
        }

    def __len__(self) -> int:
        """Documents."""
        return len(self._sources)

    def headlines(self) -> Tensor:
        """As many headlines of the corpus, evenly spread, ending in `</s>`, (B, T)."""
        headlines = self._pack.headlines
        rows = np.linspace(0, len(headlines) - 1, num=max(1, len(self))).astype(int)
        return _ended([headlines[row] for row in rows])

    def true_headlines(self) -> Tensor | None:
        """The validation documents' own headlines, ending in `</s>`, (B, T); None in older packs."""
        headlines = self._pack.validation_headlines or Ragged.of([])
        return _ended([headlines[row] for row in range(len(headlines))]) if len(headlines) else None


def _ended(sequences: Sequence[NDArray[np.integer[Any]]]) -> Tensor:
    """The sequences with `</s>` behind each, padded with 0, (B, longest)."""
    if not sequences:
        return torch.zeros((0, 1), dtype=torch.int64)
    return pad([np.append(ids, EOS_ID) for ids in sequences], PAD_ID)
