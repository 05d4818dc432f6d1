"""Headlines drawn from a pack, each source by its share, so that the largest does not set the style."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from summae.data.pack import TokenPack
from summae.errors import InputError
from summae.text.vocabulary import LENGTH_BUCKETS, Vocabulary, nearest_bucket


class HeadlineDraw:
    """Draws headlines with replacement.

    Args:
        pack: Where they are.
        source_shares: Share of each headline source; empty: all alike. A source without headlines
            gets none.

    Raises:
        InputError: There are shares for another number of sources.
    """

    def __init__(self, pack: TokenPack, source_shares: Sequence[float] = ()) -> None:
        # The last sources may have no usable headline at all.
        named = len(pack.notes.get("settings", {}).get("headlines", ()))
        present = np.bincount(pack.headline_source, minlength=named) > 0
        shares: NDArray[np.float64] = np.array(
            source_shares or (1.0,) * len(present), dtype=np.float64
        )
        if len(shares) != len(present):
            raise InputError(
                f"source_shares names {len(shares)} headline sources, the pack has {len(present)}"
            )
        shares *= present
        shares /= shares.sum()
        self.source_shares = shares
        """Share of each source, adding up to 1; float64, (sources,)."""
        self._rows_by_source = [
            np.flatnonzero(pack.headline_source == source) for source in range(len(shares))
        ]

    def rows(self, count: int, generator: np.random.Generator) -> NDArray[np.int64]:
        """Rows of `count` headlines, each its source by its share, then any of that source."""
        sources = generator.choice(len(self.source_shares), size=count, p=self.source_shares)
        places = generator.random(count)
        found = np.empty(count, dtype=np.int64)
        for source, rows in enumerate(self._rows_by_source):
            here = sources == source
            found[here] = rows[(places[here] * len(rows)).astype(np.int64)]
        return found


def length_ids(vocabulary: Vocabulary) -> NDArray[np.int64]:
    """Id of the length token for every length below 256 characters; int64, (256,)."""
    ids = {bucket: vocabulary.length_id(bucket) for bucket in LENGTH_BUCKETS}
    return np.array([ids[nearest_bucket(characters)] for characters in range(256)])
