"""A compact n-gram language model of characters: how much does a line read like what people write?

Interpolated Kneser-Ney (Chen and Goodman, 1998, technical report TR-10-98, Harvard), pruned by count and
kept as sorted 32-bit hashes with 8-bit log-probabilities: a million and a half n-grams take a few
megabytes, and a line is scored in some ten microseconds, by numpy alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from summae.errors import InputError, ModelError
from summae.text.frequencies import UNREADABLE

Hashes = NDArray[np.uint64]
Numbers = NDArray[np.float64]

_BEGIN, _END = 0x110000, 0x110001
"""Stand before and behind a text; no character has these numbers."""
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_STEP = 1 / 12
"""Nats between two stored log-probabilities; 8 bits reach to -21."""
_FLOOR = -21.0
"""Natural logarithm of the probability of a character that was never seen."""


@dataclass(frozen=True)
class _Table:
    """The n-grams of one order: sorted hashes, and what is stored of each."""

    hashes: NDArray[np.uint32]
    log_probs: NDArray[np.uint8]
    backoffs: NDArray[np.uint8]

    def find(self, wanted: NDArray[np.uint32]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """The place of each n-gram, and whether it is there."""
        places = np.minimum(np.searchsorted(self.hashes, wanted), max(0, len(self.hashes) - 1))
        return places, self.hashes[places] == wanted if len(self.hashes) else wanted < 0


class NGramModel:
    """A trained model; make one with `train` or `load`.

    Args:
        tables: One for each order, from single characters up.
    """

    def __init__(self, tables: Sequence[_Table]) -> None:
        self._tables = tuple(tables)

    @property
    def order(self) -> int:
        """Characters of the longest n-grams."""
        return len(self._tables)

    def __len__(self) -> int:
        return sum(len(table.hashes) for table in self._tables)

    def log_probs(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        """Log-probability in nats of each character of each text, and of its end.

        Args:
            texts: Normalised, in simplified characters.

        Returns:
            Of each text its characters and one more.
        """
        codes, is_target, lengths = _codes(texts, self.order)
        found = self._look_up(codes, np.flatnonzero(is_target))
        return np.split(found, np.cumsum(lengths)[:-1]) if lengths else []

    def next_log_probs(
        self, beginnings: Sequence[str], characters: Sequence[str]
    ) -> NDArray[np.float32]:
        """Log-probability in nats of a character behind the beginning of a text.

        Args:
            beginnings: The text so far, from its first character on.
            characters: As many, each one that may follow.
        """
        pad = self.order - 1
        codes = np.full((len(beginnings), self.order), _BEGIN, np.uint32)
        for row, (text, character) in enumerate(zip(beginnings, characters, strict=True)):
            last = [*map(ord, text[-pad:])] if pad else []
            codes[row, pad - len(last) : pad] = last
            codes[row, pad] = ord(character)
        return self._look_up(codes.reshape(-1), np.arange(len(codes)) * self.order + pad)

    def _look_up(self, codes: NDArray[np.uint32], targets: NDArray[np.intp]) -> NDArray[np.float32]:
        """Of each target in a row of codes its log-probability after what stands before it."""
        every = _hashes(codes, self.order)
        found = np.full(len(targets), _FLOOR)
        waiting = np.arange(len(targets))
        backed_off = np.zeros(len(targets))
        for n in range(self.order, 0, -1):
            table = self._tables[n - 1]
            places, is_there = table.find(_short(every[n - 1][targets[waiting]]))
            hits = waiting[is_there]
            found[hits] = -_STEP * table.log_probs[places[is_there]] + backed_off[hits]
            waiting = waiting[~is_there]
            if n > 1:
                shorter = self._tables[n - 2]
                places, is_there = shorter.find(_short(every[n - 2][targets[waiting] - 1]))
                backed_off[waiting[is_there]] -= _STEP * shorter.backoffs[places[is_there]]
        floored: NDArray[np.float32] = np.maximum(found, _FLOOR).astype(np.float32)
        return floored

    @classmethod
    def train(cls, texts: Iterable[str], *, fewest: Sequence[int] = (1, 1, 2, 2, 3)) -> NGramModel:
        """Count.

        Args:
            texts: Normalised, in simplified characters.
            fewest: Of each order, how often an n-gram occurs at least to be kept; as many numbers as
                orders.

        Raises:
            InputError: There are no texts.
        """
        order = len(fewest)
        codes, is_target, lengths = _codes(list(texts), order)
        if not lengths:
            raise InputError("a language model is learned from texts, and there are none")
        # The mark before a text is a context like any other, though nobody writes it.
        is_context = np.append(~is_target[:-1] & is_target[1:], False)
        return cls(_tables(codes, np.flatnonzero(is_target | is_context), fewest))

    def save(self, path: str | Path) -> None:
        """Write an `.npz` file."""
        arrays: dict[str, Any] = {}
        for n, table in enumerate(self._tables, start=1):
            # Steps between sorted numbers are small, and so is what is written of them.
            arrays[f"{n}.hashes"] = np.diff(table.hashes, prepend=np.uint32(0))
            arrays[f"{n}.log_probs"] = table.log_probs
            if n < self.order:
                arrays[f"{n}.backoffs"] = table.backoffs
        np.savez_compressed(path, **arrays)

    @classmethod
    def load(cls, path: str | Path) -> NGramModel:
        """Read what `save` wrote.

        Raises:
            ModelError: It cannot be read.
        """
        try:
            with Path(path).open("rb") as raw, np.load(raw, allow_pickle=False) as file:
                order = max(int(name.partition(".")[0]) for name in file.files)
                return cls([_read(file, n, order) for n in range(1, order + 1)])
        except UNREADABLE as error:
            raise ModelError(
                f"{path} cannot be read: {error}; copy or export the model again"
            ) from error


def _read(file: Any, n: int, order: int) -> _Table:
    hashes = np.cumsum(file[f"{n}.hashes"], dtype=np.uint32)
    log_probs = file[f"{n}.log_probs"]
    backoffs = file[f"{n}.backoffs"] if n < order else np.zeros(0, np.uint8)
    if len(log_probs) != len(hashes):
        raise ValueError(f"order {n} has {len(hashes)} n-grams and {len(log_probs)} numbers")
    return _Table(hashes, log_probs, backoffs)


def _codes(
    texts: Sequence[str], order: int
) -> tuple[NDArray[np.uint32], NDArray[np.bool_], list[int]]:
    """All texts in one row, begin marks before each and an end mark behind it; where a character
    or an end stands; and how many of them each text has.
    """
    pad = order - 1
    lengths = [len(text) + 1 for text in texts]
    codes = np.full(sum(lengths) + pad * len(texts), _BEGIN, np.uint32)
    is_target = np.zeros(len(codes), bool)
    characters = np.frombuffer("".join(texts).encode("utf-32-le", "replace"), np.uint32)
    place = read = 0
    for text, length in zip(texts, lengths, strict=True):
        place += pad
        codes[place : place + length - 1] = characters[read : read + len(text)]
        codes[place + length - 1] = _END
        is_target[place : place + length] = True
        place, read = place + length, read + len(text)
    return codes, is_target, lengths


def _hashes(codes: NDArray[np.uint32], order: int) -> list[Hashes]:
    """Of each order, the hash of the n-gram that ends at each place."""
    found: list[Hashes] = []
    wide = codes.astype(np.uint64) + np.uint64(1)
    with np.errstate(over="ignore"):
        current = wide * _FACTOR
        for n in range(1, order + 1):
            found.append(current)
            if n < order:
                # What ends at i with n + 1 characters is character i - n, and then n characters.
                shifted = np.zeros_like(wide)
                shifted[n:] = wide[: len(wide) - n]
                mixed = (current ^ (current >> np.uint64(29))) * _FACTOR
                current = (mixed + shifted) * np.uint64(0xBF58476D1CE4E5B9)
    return found


def _short(hashes: Hashes) -> NDArray[np.uint32]:
    upper: NDArray[np.uint32] = (hashes >> np.uint64(32)).astype(np.uint32)
    return upper


def _tables(
    codes: NDArray[np.uint32], targets: NDArray[np.intp], fewest: Sequence[int]
) -> list[_Table]:
    order = len(fewest)
    hashes = _hashes(codes, order)
    kinds = [_Kinds.of(hashes[n][targets], targets) for n in range(order)]
    tables: list[_Table] = []
    lower: Numbers | None = None
    stored: list[Numbers] = []
    for n in range(order):
        kind = kinds[n]
        # Below the highest order an n-gram counts once for each character that it follows.
        counts = kind.counts if n == order - 1 else kind.spread(kinds[n + 1], hashes[n])
        counts = np.where(codes[kind.places] == _BEGIN, 0.0, counts)
        lower = _probabilities(kind, counts, n, hashes, kinds, lower)
        is_kept = kind.counts >= fewest[n]
        logs = np.log(np.maximum(lower, np.exp(_FLOOR)))
        stored.append(np.where(is_kept, logs, np.nan))
        tables.append(
            _Table(_short(kind.hashes[is_kept]), _stored(-logs[is_kept]), np.zeros(0, np.uint8))
        )
    return _with_backoffs(tables, kinds, stored, hashes)


@dataclass(frozen=True)
class _Kinds:
    """The different n-grams of one order."""

    hashes: Hashes
    """Sorted."""
    places: NDArray[np.intp]
    """Where in the texts each ends, once."""
    counts: Numbers

    @classmethod
    def of(cls, hashes: Hashes, targets: NDArray[np.intp]) -> _Kinds:
        values, first, counts = np.unique(hashes, return_index=True, return_counts=True)
        return cls(values, targets[first], counts.astype(np.float64))

    def index(self, wanted: Hashes) -> NDArray[np.intp]:
        return np.minimum(np.searchsorted(self.hashes, wanted), len(self.hashes) - 1)

    def spread(self, longer: _Kinds, hashes: Hashes) -> Numbers:
        """How many different longer n-grams end with each."""
        suffixes = self.index(hashes[longer.places])
        return np.bincount(suffixes, minlength=len(self.hashes)).astype(np.float64)


def _probabilities(
    kind: _Kinds,
    counts: Numbers,
    n: int,
    hashes: Sequence[Hashes],
    kinds: Sequence[_Kinds],
    lower: Numbers | None,
) -> Numbers:
    """Interpolated probability of the last character of each n-gram after those before it."""
    if lower is None:
        return np.asarray(counts / counts.sum())
    ones, twos = (counts == 1).sum(), (counts == 2).sum()
    discount = ones / max(1, ones + 2 * twos)
    _, context = np.unique(hashes[n - 1][kind.places - 1], return_inverse=True)
    total = np.bincount(context, counts)[context]
    different = np.bincount(context)[context]
    shorter = lower[kinds[n - 1].index(hashes[n - 1][kind.places])]
    kept = np.maximum(counts - discount, 0)
    return np.asarray((kept + discount * different * shorter) / np.maximum(total, 1))


def _with_backoffs(
    tables: Sequence[_Table],
    kinds: Sequence[_Kinds],
    stored: Sequence[Numbers],
    hashes: Sequence[Hashes],
) -> list[_Table]:
    """Give each context what is left for the characters that are not stored behind it."""
    finished: list[_Table] = []
    for n, table in enumerate(tables):
        if n == len(tables) - 1:
            finished.append(table)
            continue
        longer, is_kept = kinds[n + 1], ~np.isnan(stored[n + 1])
        places = longer.places[is_kept]
        taken = np.exp(stored[n + 1][is_kept])
        # What the order below would give to the same characters; where it is pruned, next to nothing.
        below = np.exp(np.nan_to_num(stored[n][kinds[n].index(hashes[n][places])], nan=_FLOOR))
        at, is_there = table.find(_short(hashes[n][places - 1]))
        sums = np.bincount(at[is_there], taken[is_there], minlength=len(table.hashes))
        sums_below = np.bincount(at[is_there], below[is_there], minlength=len(table.hashes))
        left = np.clip(1 - sums, 1e-6, 1) / np.clip(1 - sums_below, 1e-6, 1)
        finished.append(
            _Table(table.hashes, table.log_probs, _stored(-np.log(np.minimum(left, 1))))
        )
    return finished


def _stored(nats: Numbers) -> NDArray[np.uint8]:
    return np.clip(np.rint(nats / _STEP), 0, 255).astype(np.uint8)
