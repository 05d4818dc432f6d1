"""Skip-thought: from the vector of a sentence, write the one before and the one after (2015).

Kiros et al., https://arxiv.org/abs/1506.06726. Two decoders with weights of their own read words
from one table and write them by one softmax matrix. A single decoder that writes the sentence itself
makes of it a sequence auto-encoder (Dai & Le, 2015, https://arxiv.org/abs/1511.01432), beside which
one sees what neighbours teach.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from summae.data.sentence_batches import SentenceBatch
from summae.objectives.loss import Loss
from summae.representations.decoders import DecoderKind, build_decoder

Target = Literal["neighbours", "itself"]

_PADDING, _UNKNOWN, _BEGIN, _END = range(4)
"""Ids that every tokenizer of ours has."""
_SWAPPED = 16
"""Sentences, evenly spread, whose vectors are swapped while training to see what they are worth."""


class SkipThought(nn.Module):
    """An encoder, and two decoders that have its vector and the words before.

    Args:
        encoder: Of a sentence.
        dimensions: Of its vectors.
        vocab_size: Pieces of the tokenizer.
        decoder: What writes.
        target: What is written.
        width: Of its words and states.
        word_dropout: Share of the words before that a decoder does not get to read while training,
            so that it has to ask the vector (Bowman et al., 2016, arXiv 1511.06349).
    """

    def __init__(
        self,
        encoder: nn.Module,
        dimensions: int,
        vocab_size: int,
        *,
        decoder: DecoderKind = "gru",
        target: Target = "neighbours",
        width: int = 256,
        word_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.encoder, self.target, self.word_dropout = encoder, target, word_dropout
        self.words = nn.Embedding(vocab_size, width)
        if target == "itself":
            self.itself = build_decoder(decoder, width, dimensions)
        else:
            self.previous = build_decoder(decoder, width, dimensions)
            self.next = build_decoder(decoder, width, dimensions)
        self.vocabulary = nn.Linear(width, vocab_size)  # V, of both

    @property
    def encoders(self) -> Sequence[nn.Module]:
        """Decoders are for training only."""
        return (self.encoder,)

    def forward(self, batch: SentenceBatch) -> Loss:
        """Mean negative log-likelihood of what is written in nats per token, `</s>` included.

        The first sentence of a document has nothing to write before it, the last nothing after it.

        Returns:
            It weighs as many tokens as were written. Parts: `nll_previous` and `nll_next`, or
            `nll_itself`; and `told_previous` and the like, by how many nats per token some of them
            rise where a decoder is given the vector of a sentence of another document. A decoder
            that does without the vector shows as 0.
        """
        vectors = self.encoder(batch.ids, batch.mask)  # (N, D)
        read, written = self._shown(batch)
        nlls: list[Tensor] = []
        parts: dict[str, Tensor] = {}
        for name, decoder, given, wanted in self._tasks(batch):
            asked, other = _strangers(batch.document[given])
            nll = self._nll(decoder, vectors[given], read[wanted], written[wanted])
            with torch.no_grad():
                shown = read[wanted[asked]], written[wanted[asked]]
                own = self._nll(decoder, vectors[given[asked]], *shown)
                swapped = self._nll(decoder, vectors[given[other]], *shown)
                parts |= {f"nll_{name}": _mean(nll), f"told_{name}": _mean(swapped - own)}
            nlls.append(nll)
        every = torch.cat(nlls)
        return Loss(_mean(every), parts, weight=float(len(every)))

    def _tasks(self, batch: SentenceBatch) -> list[tuple[str, nn.Module, Tensor, Tensor]]:
        """For each decoder the rows whose vectors it is given, and those that it writes, (P,) each."""
        if self.target == "itself":
            every = torch.arange(len(batch), device=batch.document.device)
            return [("itself", self.itself, every, every)]
        before = (batch.document[:-1] == batch.document[1:]).nonzero().flatten()
        return [
            ("previous", self.previous, before + 1, before),
            ("next", self.next, before, before + 1),
        ]

    def _shown(self, batch: SentenceBatch) -> tuple[Tensor, Tensor]:
        """What a decoder reads, `<s>` and words, and what it writes, words and `</s>`, (N, T + 1)."""
        written = F.pad(batch.ids, (0, 1))
        written.scatter_(1, batch.mask.sum(dim=1, keepdim=True), _END)
        read = F.pad(batch.ids, (1, 0), value=_BEGIN)
        kept = F.dropout(
            torch.ones(read.shape, device=read.device), self.word_dropout, self.training
        )
        is_lost = (kept == 0) & (read != _PADDING) & (read != _BEGIN)
        return read.masked_fill(is_lost, _UNKNOWN), written

    def _nll(self, decoder: nn.Module, vectors: Tensor, read: Tensor, written: Tensor) -> Tensor:
        """Of each real token in nats, sentence after sentence, (tokens,)."""
        is_real = written != _PADDING
        # The softmax costs most by far, and padding needs none.
        states = decoder(self.words(read), vectors)[is_real]  # (tokens, width)
        scores = self.vocabulary(states).float()
        return F.cross_entropy(scores, written[is_real], reduction="none")


def _strangers(document: Tensor) -> tuple[Tensor, Tensor]:
    """Some rows, and as many others each of which is of another document than its partner."""
    rows = torch.arange(len(document), device=document.device)
    others = (rows + len(rows) // 2) % max(1, len(rows))
    rows = rows[document != document[others]]
    rows = rows[:: max(1, len(rows) // _SWAPPED)][:_SWAPPED]
    return rows, others[rows]


def _mean(values: Tensor) -> Tensor:
    """0 of nothing, and part of the graph all the same."""
    return values.sum() / max(1, values.numel())
