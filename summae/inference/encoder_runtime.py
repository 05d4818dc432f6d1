"""What runs inside a sentence encoder: texts to sentences, to ids, to vectors; without torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from summae.errors import InputError
from summae.inference.batching import batches_by_length
from summae.inference.encoder_folder import EncoderFolder
from summae.inference.long_documents import opening
from summae.text.script import to_simplified
from summae.text.sentences import split_sentences
from summae.text.tokenizer import Tokenizer

if TYPE_CHECKING:
    from summae.inference.backends.base import EncoderBackend

Vectors = NDArray[np.float32]
Unit = Literal["sentence", "document"]

_MOST_SENTENCES = 12
"""Of a document; encoders learn from as many."""
_SHORTEST_SENTENCE = 4
"""Characters; what is shorter tells little of its document (“完”)."""


class EncoderRuntime:
    """A folder in memory."""

    def __init__(self, folder: EncoderFolder, threads: int | None) -> None:
        self.folder = folder
        self._tokenizer = Tokenizer.from_dir(folder.path)
        self._backend = _load_backend(folder, threads)

    def encode(self, texts: list[list[str]], batch_size: int, is_unit_length: bool) -> Vectors:
        """Vectors of texts that are lists of cleaned sentences, (texts, dimensions)."""
        sentences = [sentence for text in texts for sentence in text]
        limit = self.folder.max_tokens
        ids = [row[:limit] for row in self._tokenizer.encode_batch(sentences)]
        vectors = np.empty((len(ids), self.folder.dimensions), np.float32)
        for batch in batches_by_length([len(row) for row in ids], batch_size):
            vectors[batch] = self._backend.encode([ids[place] for place in batch])
        if is_unit_length:
            vectors = _to_unit_length(vectors)
        if len(sentences) == len(texts):
            return vectors
        ends = np.cumsum([len(text) for text in texts])
        means = np.stack([rows.mean(axis=0) for rows in np.split(vectors, ends[:-1])])
        return _to_unit_length(means) if is_unit_length else means


def prepare(position: int, text: object, folder: EncoderFolder, per: Unit) -> list[str]:
    """The sentences whose mean stands for the text: cleaned, in simplified characters.

    Raises:
        InputError: The text is empty or not a string; the message names its position.
    """
    if not isinstance(text, str):
        raise InputError(
            f"text {position} (counted from 0) is of type {type(text).__name__}, not a string"
        )
    sentences = _MOST_SENTENCES if per == "document" else 1
    cleaned = opening(text, folder.max_tokens * sentences).text
    if not cleaned:
        raise InputError(
            f"text {position} (counted from 0) is empty or has only invisible characters; "
            "leave it out"
        )
    cleaned = to_simplified(cleaned)  # as in training, whatever the script
    return first_sentences(cleaned) if per == "document" else [cleaned]


def first_sentences(text: str) -> list[str]:
    """The sentences by which a cleaned document is known: the first twelve that say something.

    >>> first_sentences("今天有雨，气温下降。明天晴。好。")
    ['今天有雨，气温下降。', '明天晴。']
    """
    stripped = (sentence.strip() for sentence in split_sentences(text))
    telling = [sentence for sentence in stripped if len(sentence) >= _SHORTEST_SENTENCE]
    return telling[:_MOST_SENTENCES] or [text]


def _to_unit_length(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    # A vector of zeros has no direction and stays.
    unit: Vectors = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
    return unit


def _load_backend(folder: EncoderFolder, threads: int | None) -> EncoderBackend:
    if folder.kind == "bag":
        from summae.inference.backends.bag import BagBackend

        return BagBackend(folder)
    from summae.inference.backends.transformer_encoder import TransformerBackend

    return TransformerBackend(folder, threads=threads)
