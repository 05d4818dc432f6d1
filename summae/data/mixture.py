"""Batches of mined pseudo-pairs and buried headlines, a pure function of their number.

`MixtureDataset[n]` is always the same batch, whatever came before. Training resumes after a kill by
asking for the next number, with no sampler state to save.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import Dataset

from summae.data.batches import Seq2SeqBatch, collate
from summae.data.noise import bury
from summae.data.pack import TokenPack
from summae.data.settings import MixtureSettings
from summae.errors import InputError
from summae.text.vocabulary import LENGTH_BUCKETS, nearest_bucket


class MixtureDataset(Dataset[Seq2SeqBatch]):
    """Training batches from a pack.

    Args:
        pack: The corpus.
        settings: The mixture.
        num_batches: Batches of the whole run; the mixture changes over them.
        seed: Of everything drawn.
    """

    def __init__(
        self, pack: TokenPack, settings: MixtureSettings, *, num_batches: int, seed: int
    ) -> None:
        self.pack = pack
        self.settings = settings
        self.num_batches = num_batches
        self.seed = seed
        shares = _source_shares(pack, settings)
        pairs = _best_pairs(pack, shares, int(settings.pairs_share * len(pack.documents)))
        if len(pairs) == 0:
            raise InputError(
                "the pack has no pseudo-pairs: documents and headlines share no events. "
                "Add headlines from the same period and subjects as the documents"
            )
        # Nested tiers: the best third is in all three parts, the middle third in two.
        parts = [pairs[: len(pairs) * (t + 1) // settings.tiers] for t in range(settings.tiers)]
        self._tiered_pairs = np.concatenate(parts)
        self._source_shares = shares
        self._headlines_by_source = [
            np.flatnonzero(pack.headline_source == source) for source in range(len(shares))
        ]
        length_ids = {bucket: pack.vocabulary.length_id(bucket) for bucket in LENGTH_BUCKETS}
        self._length_id = np.array([length_ids[nearest_bucket(n)] for n in range(256)])

    def __len__(self) -> int:
        return self.num_batches

    def __getitem__(self, number: int) -> Seq2SeqBatch:
        """Batch `number`, counted from 0."""
        settings = self.settings
        group, place = divmod(number, settings.bucket_batches)
        pairs = self._sorted_pairs(group)
        order = np.random.default_rng([self.seed, 1, group]).permutation(settings.bucket_batches)
        mine = pairs[order[place] * settings.batch_size :][: settings.batch_size]
        draw = np.random.default_rng([self.seed, 2, number])
        done = number / max(1, self.num_batches - 1)
        share = settings.denoising_start + done * (
            settings.denoising_end - settings.denoising_start
        )
        noisy = draw.random(len(mine)) < share
        sources, headlines = [], []
        for pair, is_noisy in zip(mine, noisy, strict=True):
            document = self.pack.documents[self.pack.pair_document[pair]]
            headline = int(self.pack.pair_headline[pair])
            if is_noisy:
                headline = self._any_headline(draw)
                document = bury(
                    self.pack.headlines[headline],
                    document[: settings.source_tokens],
                    settings.noise,
                    draw,
                    limit=settings.source_tokens,
                )
            sources.append(document[: settings.source_tokens])
            headlines.append(headline)
        return collate(
            sources,
            [self.pack.headlines[h] for h in headlines],
            [int(self._length_id[self.pack.headline_characters[h]]) for h in headlines],
        )

    def _sorted_pairs(self, group: int) -> NDArray[np.int64]:
        """The pairs of one group of batches, sorted by source length."""
        size = self.settings.batch_size * self.settings.bucket_batches
        epoch_size = max(size, len(self._tiered_pairs))
        first = group * size
        positions = np.arange(first, first + size)
        drawn = np.empty(size, dtype=np.int64)
        for epoch in np.unique(positions // epoch_size):
            here = positions // epoch_size == epoch
            permutation = np.random.default_rng([self.seed, 0, int(epoch)]).permutation(
                np.resize(self._tiered_pairs, epoch_size)
            )
            drawn[here] = permutation[positions[here] % epoch_size]
        offsets = self.pack.documents.offsets
        rows = self.pack.pair_document[drawn]
        lengths = np.minimum(offsets[rows + 1] - offsets[rows], self.settings.source_tokens)
        return drawn[np.argsort(lengths, kind="stable")]

    def _any_headline(self, draw: np.random.Generator) -> int:
        """A headline from a source drawn by its share, so that the largest does not set the style."""
        source = draw.choice(len(self._source_shares), p=self._source_shares)
        headlines = self._headlines_by_source[source]
        return int(headlines[draw.integers(len(headlines))])


def _source_shares(pack: TokenPack, settings: MixtureSettings) -> NDArray[np.float64]:
    present = np.bincount(pack.headline_source) > 0
    shares: NDArray[np.float64] = np.array(
        settings.source_shares or (1.0,) * len(present), dtype=np.float64
    )
    if len(shares) != len(present):
        raise InputError(
            f"source_shares names {len(shares)} headline sources, the pack has {len(present)}"
        )
    shares *= present
    shares /= shares.sum()
    return shares


def _best_pairs(pack: TokenPack, shares: NDArray[np.float64], wanted: int) -> NDArray[np.int64]:
    """The best pairs of each source, `wanted` in all if there are so many, best first."""
    source = pack.headline_source[pack.pair_headline]
    parts = [
        np.flatnonzero(source == number)[: int(share * wanted)]
        for number, share in enumerate(shares)
    ]
    return np.sort(np.concatenate(parts))
