"""Batches of neighbouring sentences: whole documents one after another, so that neighbours are rows.

`ContiguousSentences[n]` is always the same batch, whatever came before, so a run that was killed goes
on by asking for the next number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from summae.data.batches import Batch, pad
from summae.data.sentences_pack import SentencePack
from summae.data.settings import SentenceBatchSettings
from summae.errors import InputError
from summae.text.vocabulary import PAD_ID

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class SentenceBatch(Batch):
    """Sentences, each with its place; those of a document stand together and in order."""

    ids: Tensor
    """Token ids without special tokens, padded with 0; int64, (N, T)."""
    mask: Tensor
    """True at real tokens, (N, T)."""
    document: Tensor
    """Row of each sentence's document in the pack, int64, (N,)."""
    place: Tensor
    """Number of each sentence in its document, from 0; int64, (N,)."""

    def shard(self, index: int, count: int) -> SentenceBatch:
        """The documents that begin in the `index`-th of `count` equal stretches of rows.

        The share of one process: about as large as the others, and no document is torn apart.
        """
        begins = torch.ones(len(self), dtype=torch.bool)
        begins[1:] = self.document[1:].cpu() != self.document[:-1].cpu()
        first_row = begins.nonzero().flatten()[begins.cumsum(0) - 1]  # of each row's document
        mine = first_row * count // max(1, len(self)) == index
        return SentenceBatch(self.ids[mine], self.mask[mine], self.document[mine], self.place[mine])


class ContiguousSentences(Dataset[SentenceBatch]):
    """The documents of a pack in epochs, each once.

    A batch is filled with whole documents; the last one is cut to what fits. The last batch of an
    epoch holds what is left.

    Args:
        pack: The corpus.
        settings: Sizes.
        num_batches: Batches of the whole run.
        seed: Of the documents' order.
        held_out: Whether to read the documents that nothing is learned from, all of them, instead
            of those that may be learned from.

    Raises:
        InputError: There are no such documents.
    """

    def __init__(
        self,
        pack: SentencePack,
        settings: SentenceBatchSettings,
        *,
        num_batches: int,
        seed: int,
        held_out: bool = False,
    ) -> None:
        self.pack = pack
        self.settings = settings
        self.num_batches = num_batches
        self.seed = seed
        is_read = pack.is_held_out if held_out else ~pack.is_held_out
        self._documents = np.flatnonzero(is_read & (pack.sentence_counts > 0))
        if not len(self._documents):
            raise InputError(
                f"of the pack's {len(pack)} documents none "
                f"{'is held out' if held_out else 'may be learned from'}: give it more, or a "
                f"{'larger' if held_out else 'smaller'} data.held_out_share"
            )
        if settings.documents is not None and not held_out:
            # By a permutation of all: the first thousand are among the first ten thousand.
            drawn = np.random.default_rng([seed, 1 << 20]).permutation(self._documents)
            self._documents = np.sort(drawn[: settings.documents])
        self._starts = [0]  # first batch of each epoch that was looked at, and of the next
        self._newest: tuple[int, Rows, Rows] | None = None

    def __len__(self) -> int:
        return self.num_batches

    def __getitem__(self, number: int) -> SentenceBatch:
        """Batch `number`, counted from 0."""
        while self._starts[-1] <= number:
            epoch = len(self._starts) - 1
            self._starts.append(self._starts[-1] + len(self._epoch(epoch)[1]) - 1)
        epoch = int(np.searchsorted(self._starts, number, side="right")) - 1
        order, bounds = self._epoch(epoch)
        place = number - self._starts[epoch]
        return collate_sentences(
            self.pack,
            order[bounds[place] : bounds[place + 1]],
            limit=self.settings.sentences_per_batch,
        )

    def _epoch(self, epoch: int) -> tuple[Rows, Rows]:
        """Documents in the order of an epoch, and where in it each batch begins, the end included."""
        if self._newest is None or self._newest[0] != epoch:
            order = np.random.default_rng([self.seed, epoch]).permutation(self._documents)
            counts = self.pack.sentence_counts[order]
            self._newest = epoch, order, _bounds(counts, self.settings.sentences_per_batch)
        return self._newest[1:]


def _bounds(counts: Rows, limit: int) -> Rows:
    """First document of each batch, and the end, when the document that fills a batch ends it."""
    ends = np.cumsum(counts)
    bounds = [0]
    while bounds[-1] < len(counts):
        gone = ends[bounds[-1] - 1] if bounds[-1] else 0
        bounds.append(min(int(np.searchsorted(ends, gone + limit)) + 1, len(counts)))
    return np.array(bounds)


def collate_sentences(pack: SentencePack, documents: Rows, *, limit: int) -> SentenceBatch:
    """The first `limit` sentences of some documents of a pack, one document after another."""
    rows = [np.arange(*pack.document_starts[d : d + 2]) for d in documents]
    places = np.concatenate([np.arange(len(own)) for own in rows])[:limit]
    numbers = np.repeat(documents, [len(own) for own in rows])[:limit]
    sentences = [pack.sentences[row] for row in np.concatenate(rows)[:limit]]
    ids = pad(sentences, PAD_ID)
    lengths = torch.tensor([len(sentence) for sentence in sentences])
    return SentenceBatch(
        ids,
        torch.arange(ids.shape[1]) < lengths[:, None],
        torch.from_numpy(numbers),
        torch.from_numpy(places),
    )
