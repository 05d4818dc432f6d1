"""How telling a pair of characters is: in how few documents it stands."""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from summae.errors import InputError, ModelError

UNREADABLE = (OSError, EOFError, ValueError, KeyError, RuntimeError, BadZipFile, zlib.error)
"""What reading a damaged `.npz` file may raise; NotImplementedError is a RuntimeError."""
_STEP = 0.05
"""Nats between two stored values; 8 bits reach to 12.75, one document of 300,000."""


@dataclass(frozen=True)
class BigramIdf:
    """Inverse document frequencies of bigrams of characters, in nats."""

    keys: NDArray[np.uint64]
    """Sorted; both characters' code points in one number."""
    values: NDArray[np.uint8]
    unseen: float
    """Of a bigram that is rarer than those that are kept."""

    def __len__(self) -> int:
        return len(self.keys)

    def __call__(self, bigrams: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """Idf of each bigram."""
        wanted = np.array([_key(*bigram) for bigram in bigrams], np.uint64)
        if not len(self.keys):
            return np.full(len(wanted), self.unseen)
        places = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        found = self.keys[places] == wanted
        return np.where(found, _STEP * self.values[places], self.unseen)

    @classmethod
    def train(cls, documents: Iterable[str], *, fewest: int = 5) -> BigramIdf:
        """Count in how many documents each bigram stands.

        Args:
            documents: Cleaned, in simplified characters, as much of each as a summarizer looks at.
            fewest: Documents that a bigram stands in at least to be kept.

        Raises:
            InputError: There are no documents.
        """
        counts: Counter[tuple[str, str]] = Counter()
        total = 0
        for document in documents:
            counts.update(set(pairwise(document)))
            total += 1
        if not total:
            raise InputError("document frequencies are learned from documents, and there are none")
        kept = sorted((_key(*bigram), n) for bigram, n in counts.items() if n >= fewest)
        idf = [math.log((total + 1) / (n + 1)) for _, n in kept]
        return cls(
            np.array([key for key, _ in kept], np.uint64),
            np.clip(np.rint(np.array(idf) / _STEP), 0, 255).astype(np.uint8),
            unseen=math.log((total + 1) / 2),
        )

    def save(self, path: str | Path) -> None:
        """Write an `.npz` file."""
        # Steps between sorted numbers are small, and so is what is written of them.
        steps = np.diff(self.keys, prepend=np.uint64(0))
        np.savez_compressed(path, keys=steps, values=self.values, unseen=self.unseen)

    @classmethod
    def load(cls, path: str | Path) -> BigramIdf:
        """Read what `save` wrote.

        Raises:
            ModelError: It cannot be read.
        """
        try:
            with Path(path).open("rb") as raw, np.load(raw, allow_pickle=False) as file:
                keys = np.cumsum(file["keys"], dtype=np.uint64)
                values, unseen = file["values"], float(file["unseen"])
            if len(keys) != len(values):
                raise ValueError(f"{len(keys)} bigrams and {len(values)} values")
        except UNREADABLE as error:
            raise ModelError(
                f"{path} cannot be read: {error}; copy or export the model again"
            ) from error
        return cls(keys, values, unseen)


def _key(first: str, second: str) -> int:
    return ord(first) << 21 | ord(second)
