"""A bag of tokens by numpy alone: the mean of their vectors, through a small perceptron.

The network is `summae.representations.encoders.BagEncoder`; here are its weights as an export
stores them, in half precision or with a table of 8-bit integers and a scale for each row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from summae.errors import ModelError
from summae.inference.encoder_folder import WEIGHTS, EncoderFolder

BIGRAM_FACTOR = 1_000_003
"""Tokens a, b hash to bucket (a * BIGRAM_FACTOR + b) mod `bigrams`, as in training."""

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]


@dataclass(frozen=True)
class BagPart:
    """The weights of one encoder in float32."""

    table: Floats
    """Vectors of tokens, then those of the buckets of bigrams, (vocabulary + bigrams, width)."""
    bigrams: int
    layers: tuple[tuple[Floats, Floats], ...]
    """Weight (out, in) and bias (out,) of each linear map; there is a ramp between them."""

    def encode(self, ids: Ids, lengths: Ids) -> Floats:
        """Vectors of sentences.

        Args:
            ids: Padded token ids, longest sentence first, (N, T).
            lengths: Tokens of each sentence, falling, at least 1, (N,).

        Returns:
            (N, output)
        """
        sums = np.zeros((len(ids), self.table.shape[1]), np.float32)
        _add_rows(sums, self.table, ids, lengths)
        counts = lengths
        if self.bigrams:
            buckets = (ids[:, :-1] * BIGRAM_FACTOR + ids[:, 1:]) % self.bigrams
            words = len(self.table) - self.bigrams
            _add_rows(sums, self.table, words + buckets, lengths - 1)
            counts = 2 * lengths - 1
        vectors: Floats = np.divide(sums, counts[:, None], dtype=np.float32)
        last = len(self.layers) - 1
        for number, (weight, bias) in enumerate(self.layers):
            vectors = vectors @ weight.T + bias
            if number < last:
                np.maximum(vectors, 0, out=vectors)
        return vectors


class BagBackend:
    """One or several bags whose vectors stand side by side.

    Args:
        folder: Where the weights are.

    Raises:
        ModelError: They cannot be read or do not fit together.
    """

    def __init__(self, folder: EncoderFolder) -> None:
        self._parts = read_parts(folder)

    def encode(self, sentences: Sequence[Sequence[int]]) -> Floats:
        """See `EncoderBackend.encode`."""
        return encode_by(self._parts, sentences)


def encode_by(parts: Sequence[BagPart], sentences: Sequence[Sequence[int]]) -> Floats:
    """Vectors of token ids, longest sentence first, the parts' side by side, (N, dimensions)."""
    lengths = np.array([len(sentence) for sentence in sentences], np.int64)
    ids = np.zeros((len(lengths), int(lengths.max(initial=0))), np.int64)
    is_real = np.arange(ids.shape[1]) < lengths[:, None]
    ids[is_real] = np.fromiter(chain.from_iterable(sentences), np.int64, count=int(lengths.sum()))
    return np.concatenate([part.encode(ids, lengths) for part in parts], axis=1)


def stored(part: BagPart, number: int, *, in_8_bits: bool) -> dict[str, NDArray[Any]]:
    """The arrays of part `number` as `weights.npz` holds them.

    Args:
        part: The weights.
        number: Which of the parts it is.
        in_8_bits: Store the table in 8 bits, each row in steps of a 127th of its largest number;
            else in half precision, as the layers always are.
    """
    arrays: dict[str, NDArray[Any]] = {}
    if in_8_bits:
        largest = np.abs(part.table).max(axis=1, keepdims=True)
        scale = np.where(largest > 0, largest / 127, 1).astype(np.float32)
        arrays[f"{number}.table"] = np.rint(part.table / scale).astype(np.int8)
        arrays[f"{number}.scale"] = scale
    else:
        arrays[f"{number}.table"] = part.table.astype(np.float16)
    for place, (weight, bias) in enumerate(part.layers):
        arrays[f"{number}.weight.{place}"] = weight.astype(np.float16)
        arrays[f"{number}.bias.{place}"] = bias
    return arrays


def restored(arrays: Mapping[str, NDArray[Any]], number: int, bigrams: int) -> BagPart:
    """What `stored` stored, as far as it can be known again.

    Raises:
        KeyError: An array is missing.
        ValueError: The arrays do not fit together.
    """
    table = arrays[f"{number}.table"].astype(np.float32)
    if f"{number}.scale" in arrays:
        table *= arrays[f"{number}.scale"]
    layers: list[tuple[Floats, Floats]] = []
    width = table.shape[1]
    while f"{number}.weight.{len(layers)}" in arrays:
        weight = arrays[f"{number}.weight.{len(layers)}"].astype(np.float32)
        bias = arrays[f"{number}.bias.{len(layers)}"].astype(np.float32)
        if weight.shape != (len(bias), width):
            raise ValueError(f"layer {len(layers)} has shape {weight.shape} after width {width}")
        layers.append((weight, bias))
        width = len(bias)
    return BagPart(table, bigrams, tuple(layers))


def read_parts(folder: EncoderFolder) -> list[BagPart]:
    """The parts of an exported bag.

    Raises:
        ModelError: They cannot be read or do not fit together.
    """
    try:
        bigrams = int(folder.shape.get("bigrams", 0))
        with np.load(folder.path / WEIGHTS, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        parts = [restored(arrays, number, bigrams) for number in range(folder.parts)]
        width = sum(
            len(part.layers[-1][1]) if part.layers else part.table.shape[1] for part in parts
        )
        if width != folder.dimensions:
            raise ValueError(f"vectors are {width} wide, {folder.dimensions} expected")
    except (OSError, ValueError, KeyError, IndexError, BadZipFile) as error:
        raise ModelError(
            f"{folder.path / WEIGHTS} cannot be read: {error}; copy or export the encoder again"
        ) from error
    return parts


def _add_rows(sums: Floats, table: Floats, ids: Ids, lengths: Ids) -> None:
    # Column by column: each step adds to rows that are still in the cache, and no padding is read.
    for place in range(ids.shape[1]):
        count = int(np.count_nonzero(lengths > place))
        if count:
            sums[:count] += table[ids[:count, place]]
