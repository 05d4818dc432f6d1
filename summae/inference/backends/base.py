"""What an engine must do for the summarizer: pieces of documents in, pieces of summaries out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from summae.inference.options import DecodingOptions


@dataclass(frozen=True)
class Hypothesis:
    """A summary as the model wrote it."""

    pieces: list[str]
    """SentencePiece pieces, without the prefix that was asked for and without the end token."""
    score: float
    """Mean log-probability in nats of the written tokens, the end token included."""


class Backend(Protocol):
    """An engine that holds a loaded generator."""

    jobs: int
    """Batches that it decodes at the same time."""

    def generate(
        self,
        sources: Sequence[list[str]],
        prefixes: Sequence[list[str]] | None,
        options: DecodingOptions,
    ) -> list[list[Hypothesis]]:
        """Write summaries of each document, in order; those of one document likeliest first.

        Args:
            sources: Pieces of each document, the end token included.
            prefixes: Pieces that each summary must begin with, all of one length; None lets the
                model begin as it likes.
            options: How to search.
        """
        ...


class EncoderBackend(Protocol):
    """An engine that holds a loaded sentence encoder."""

    def encode(self, sentences: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """Vectors of sentences, of whatever length they come out.

        Args:
            sentences: Token ids of each sentence, at least one, longest sentence first.

        Returns:
            (sentences, dimensions)
        """
        ...
