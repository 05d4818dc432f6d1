"""Documents as embedders are judged on them: sentences in order, a label, a day, perhaps a headline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from summae.errors import needs_extra
from summae.evaluation.embeddings.systems import FEATURE, Embed, Vectors, unit_rows
from summae.text.normalize import clean_document
from summae.text.script import to_simplified
from summae.text.sentences import split_sentences

SENTENCES = 12
"""Of a document that are read, from the first."""
_CHARACTERS = 1200
_SHORTEST = 4


@dataclass(frozen=True)
class Documents:
    """Lists of equal length, one entry for each document."""

    sentences: Sequence[Sequence[str]]
    labels: Sequence[str]
    """The source or topic that probes look for."""
    days: Sequence[int]
    """Days since any beginning; -1 where unknown."""
    headlines: Sequence[str] = ()
    """What a person wrote above each, or none at all."""

    def __post_init__(self) -> None:
        lengths = {len(self.sentences), len(self.labels), len(self.days)}
        lengths |= {len(self.headlines)} if self.headlines else set()
        if len(lengths) > 1:
            raise ValueError(
                f"each document needs sentences, a label and a day, got {len(self.sentences)}, "
                f"{len(self.labels)} and {len(self.days)}, and {len(self.headlines)} headlines."
            )
        if not all(self.sentences):
            raise ValueError("a document without a sentence has no vector: leave it out.")

    def __len__(self) -> int:
        return len(self.sentences)

    @property
    def every_sentence(self) -> list[str]:
        """All sentences, document after document."""
        return [sentence for sentences in self.sentences for sentence in sentences]

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where each document's sentences begin in `every_sentence`, and its end, (documents + 1,)."""
        return np.cumsum([0, *map(len, self.sentences)])

    def take(self, places: Iterable[int]) -> Documents:
        """The documents at these places, in their order."""
        chosen = list(places)
        return Documents(
            [self.sentences[place] for place in chosen],
            [self.labels[place] for place in chosen],
            [self.days[place] for place in chosen],
            [self.headlines[place] for place in chosen] if self.headlines else (),
        )


def sentences_of(text: str) -> list[str]:
    """The first sentences of a raw text: no dateline to know its source by, in simplified script.

    >>> sentences_of("新华社北京10月5日电 今天有雨，气温下降。明天晴。好。")
    ['今天有雨，气温下降。', '明天晴。']
    """
    sentences = split_sentences(to_simplified(clean_document(text[:_CHARACTERS])))
    kept = (sentence.strip() for sentence in sentences)
    return [sentence for sentence in kept if len(sentence) >= _SHORTEST][:SENTENCES]


def document_vectors(embed: Embed, documents: Documents) -> Vectors:
    """The mean of a document's sentences, each of length 1, again of length 1, (documents, D)."""
    with needs_extra(FEATURE, "train"):
        from scipy.sparse import csr_matrix
    starts = documents.starts
    # Ones where a sentence is the document's: one product for dense vectors and for sparse ones.
    belongs = csr_matrix(
        (np.ones(starts[-1], np.float32), np.arange(starts[-1]), starts),
        shape=(len(documents), starts[-1]),
    )
    return unit_rows(belongs @ unit_rows(embed(documents.every_sentence)))
