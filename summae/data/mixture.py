"""Batches of mined pseudo-pairs, buried headlines and a model's own summaries, a pure function of their number.

`MixtureDataset[n]` is always the same batch, whatever came before. Training resumes after a kill by
asking for the next number, with no sampler state to save.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import Dataset

from summae.data.batches import Seq2SeqBatch, collate
from summae.data.headlines import HeadlineDraw, length_ids
from summae.data.noise import bury
from summae.data.order import alike, batch_spans
from summae.data.pack import Ragged, TokenPack, WrittenSummaries
from summae.data.settings import MixtureSettings
from summae.errors import InputError
from summae.text.vocabulary import OPEN_LENGTH


class MixtureDataset(Dataset[Seq2SeqBatch]):
    """Training batches from a pack.

    Args:
        pack: The corpus.
        settings: The mixture.
        num_batches: Batches of the whole run; the mixture changes over them.
        seed: Of everything drawn.

    Raises:
        InputError: The pack has no pseudo-pairs, or no summaries by a model where they are asked for.
    """

    def __init__(
        self, pack: TokenPack, settings: MixtureSettings, *, num_batches: int, seed: int
    ) -> None:
        self.pack = pack
        self.settings = settings
        self.num_batches = num_batches
        self.seed = seed
        self._headlines = HeadlineDraw(pack, settings.source_shares)
        self._pairs = self._tiered(settings.pairs_share)
        late = settings.late_pairs_share
        self._late_pairs = self._pairs if late is None else self._tiered(late)
        # What may have to be written: headlines, and after them a model's summaries.
        self._targets, self._characters = pack.headlines, pack.headline_characters
        self._written = _written(pack) if settings.written_share else None
        if self._written is not None:
            self._targets = self._targets + self._written.summaries
            self._characters = np.concatenate([self._characters, self._written.characters])
        self._length_id = length_ids(pack.vocabulary)
        self._open_length_id = pack.vocabulary.ids[OPEN_LENGTH]

    def __len__(self) -> int:
        return self.num_batches

    def __getitem__(self, number: int) -> Seq2SeqBatch:
        """Batch `number`, counted from 0."""
        settings = self.settings
        group, place = divmod(number, settings.bucket_batches)
        rows = self._sorted_rows(group)
        order = np.random.default_rng([self.seed, 1, group]).permutation(settings.bucket_batches)
        mine = batch_spans(rows.lengths, settings)[order[place]]
        draw = np.random.default_rng([self.seed, 2, number])
        sources, targets = [], rows.target[mine]
        for document, target, is_noisy in zip(
            rows.document[mine], targets, rows.is_noisy[mine], strict=True
        ):
            source = self.pack.documents[document][: settings.source_tokens]
            if is_noisy:
                source = bury(
                    self._targets[target],
                    source,
                    settings.noise,
                    draw,
                    limit=settings.source_tokens,
                )
            sources.append(source[: settings.source_tokens])
        return collate(
            sources,
            [self._targets[target] for target in targets],
            self._length_ids(targets, number),
        )

    def _length_ids(self, targets: NDArray[np.int64], number: int) -> list[int]:
        """The length token of each target, or the one that leaves the length open."""
        settings = self.settings
        ids = self._length_id[self._characters[targets]]
        if number >= settings.open_length_after * self.num_batches:
            draw = np.random.default_rng([self.seed, 4, number])
            ids[draw.random(len(ids)) < settings.open_length_share] = self._open_length_id
        return [int(index) for index in ids]

    def _sorted_rows(self, group: int) -> _Rows:
        """The rows of one group of batches, alike ones beside each other."""
        settings = self.settings
        pairs = self._drawn_pairs(group)
        draw = np.random.default_rng([self.seed, 3, group])
        done = group * settings.bucket_batches / max(1, self.num_batches - 1)
        share = settings.denoising_start + min(1.0, done) * (
            settings.denoising_end - settings.denoising_start
        )
        is_noisy = draw.random(len(pairs)) < share
        target = self.pack.pair_headline[pairs].astype(np.int64)
        target[is_noisy] = self._headlines.rows(int(is_noisy.sum()), draw)
        document = self.pack.pair_document[pairs].astype(np.int64)
        if self._written is not None:
            is_written = ~is_noisy & (draw.random(len(pairs)) < settings.written_share)
            drawn = draw.integers(len(self._written), size=int(is_written.sum()))
            target[is_written] = len(self.pack.headlines) + drawn
            document[is_written] = self._written.document[drawn]
        read = np.minimum(_lengths(self.pack.documents, document), settings.source_tokens)
        written = _lengths(self._targets, target)
        rows = _Rows(document, target, is_noisy, read + written)
        return rows[alike(read, written, settings)]

    def _tiered(self, share: float) -> NDArray[np.int64]:
        """The best pairs, at most `share` of the number of documents, the better ones several times."""
        wanted = int(share * len(self.pack.documents))
        pairs = _best_pairs(self.pack, self._headlines.source_shares, wanted)
        if len(pairs) == 0:
            raise InputError(
                "the pack has no pseudo-pairs: documents and headlines share no events. "
                "Add headlines from the same period and subjects as the documents"
            )
        # Nested tiers: the best third is in all three parts, the middle third in two.
        tiers = self.settings.tiers
        return np.concatenate([pairs[: len(pairs) * (t + 1) // tiers] for t in range(tiers)])

    def _drawn_pairs(self, group: int) -> NDArray[np.int64]:
        """The pairs of one group of batches; each epoch is a permutation of all."""
        settings = self.settings
        is_late = group * settings.bucket_batches >= settings.late_pairs_after * self.num_batches
        pairs = self._late_pairs if is_late else self._pairs
        size = settings.batch_size * settings.bucket_batches
        epoch_size = max(size, len(pairs))
        positions = np.arange(group * size, (group + 1) * size)
        drawn = np.empty(size, dtype=np.int64)
        for epoch in np.unique(positions // epoch_size):
            here = positions // epoch_size == epoch
            permutation = np.random.default_rng([self.seed, 0, int(epoch)]).permutation(
                np.resize(pairs, epoch_size)
            )
            drawn[here] = permutation[positions[here] % epoch_size]
        return drawn


@dataclass(frozen=True)
class _Rows:
    """What each row of some batches is made of."""

    document: NDArray[np.int64]
    target: NDArray[np.int64]
    is_noisy: NDArray[np.bool_]
    """The target is to be found among words of the document rather than written for it."""
    lengths: NDArray[np.int64]
    """Tokens read and written."""

    def __getitem__(self, order: NDArray[np.int64]) -> _Rows:
        return _Rows(
            self.document[order], self.target[order], self.is_noisy[order], self.lengths[order]
        )


def _written(pack: TokenPack) -> WrittenSummaries:
    if pack.written is None or not len(pack.written):
        raise InputError(
            "mixture.written_share asks for summaries that a model wrote, and the pack has none: "
            "name the model in data.written_by"
        )
    return pack.written


def _lengths(texts: Ragged, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Tokens of some of the texts."""
    return texts.offsets[rows + 1] - texts.offsets[rows]


def _best_pairs(pack: TokenPack, shares: NDArray[np.float64], wanted: int) -> NDArray[np.int64]:
    """The best pairs of each source, at most its share of `wanted`, best first."""
    source = pack.headline_source[pack.pair_headline]
    parts = [
        np.flatnonzero(source == number)[: int(share * wanted)]
        for number, share in enumerate(shares)
    ]
    return np.sort(np.concatenate(parts))
