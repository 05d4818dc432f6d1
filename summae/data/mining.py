"""Pseudo-pairs by retrieval: for a document, the human headlines of *other* texts that it covers best.

Outlets report the same events. A headline written for another text about today's rain often fits
our document about today's rain too, and a document beside a fitting headline is a training pair
that nobody wrote as one. No document ever meets its own headline: the two sets are disjoint, as
`summae.data.unpaired` checks.

The score of a headline for a document is ``c * sqrt(m)``: `c` is the share of the headline's idf
mass (over character bigrams) that the document has, `m` the idf mass that its first 90 characters
have, for news says first what the headline says. Short lucky matches have little mass, long vague
ones little share. Reports of one event come close together: a pair within three days counts 1.4
times. Where a sentence encoder is at hand, the squared cosine of the headline and the document's
first sentence counts as well: it knows that two reports tell of the same thing in other words, and
that two others only share a name. All of it was measured against unseen true headlines
(evaluation/mining.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer

from summae.data.settings import MiningSettings
from summae.text.facts import facts_agree
from summae.text.sentences import split_sentences

Scores = NDArray[np.floating[Any]]
Encode = Callable[[Sequence[str]], NDArray[np.floating[Any]]]
"""Texts to vectors of length 1, (texts, D)."""
_BLOCK = 512
"""Documents handled at a time; bounds memory."""
_ENCODED = 50_000
"""Texts encoded at a time, for the same reason."""


@dataclass(frozen=True)
class MinedPairs:
    """Documents beside headlines of other texts, best score first; all arrays are (N,)."""

    document: NDArray[np.int32]
    """Index of the document, int32."""
    headline: NDArray[np.int32]
    """Index of the headline, int32."""
    score: NDArray[np.float32]
    """``c * sqrt(m)``, in square roots of nats, times what nearness and likeness count; comparable
    within one run only. float32."""

    def __len__(self) -> int:
        return len(self.score)

    def select(self, rows: NDArray[np.integer[Any]] | NDArray[np.bool_]) -> MinedPairs:
        """The pairs at `rows`, an index or boolean array."""
        return MinedPairs(self.document[rows], self.headline[rows], self.score[rows])


def mine(
    documents: Sequence[str],
    headlines: Sequence[str],
    *,
    document_days: NDArray[np.int64] | None = None,
    headline_days: NDArray[np.int64] | None = None,
    settings: MiningSettings = MiningSettings(),  # noqa: B008  (frozen)
    encode: Encode | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> MinedPairs:
    """Find, for each document, the headlines that score highest.

    Args:
        documents: Cleaned documents.
        headlines: Normalised headlines of other texts, in the same script.
        document_days: Day number of each document, -1 where unknown.
        headline_days: Day number of each headline, -1 where unknown.
        settings: How far to look and how much to keep.
        encode: A sentence encoder, by which pairs of one matter count more; None goes by words alone.
        progress: Called with (documents done, documents in all).

    Returns:
        Pairs whose headline the searched part of the document supports, best first.
    """
    if not settings.per_document:
        return MinedPairs(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.float32))
    index = _Index.build(documents, headlines, settings)
    nearness = _Nearness.build(document_days, headline_days, len(documents), len(headlines))
    likeness = _Likeness.build(documents, headlines, encode) if encode else None
    found: list[tuple[NDArray[np.int64], NDArray[np.int32], Scores]] = []
    for start in range(0, len(documents), _BLOCK):
        for row, candidates, scores in index.candidates(start, 16 * settings.per_document):
            scores = scores * np.where(
                nearness.days(row, candidates) <= settings.window_days, settings.near_factor, 1.0
            )
            if likeness is not None:
                scores = scores * likeness.cosines(row, candidates) ** 2
            searched = documents[row][: settings.document_characters]
            best: list[int] = []
            for i in np.argsort(-scores, kind="stable"):
                if len(best) == settings.per_document or scores[i] <= 0:
                    break
                if _is_supported(headlines[candidates[i]], searched, settings):
                    best.append(int(i))
            found.append((np.full(len(best), row, np.int64), candidates[best], scores[best]))
        if progress is not None:
            progress(min(start + _BLOCK, len(documents)), len(documents))
    pairs = MinedPairs(
        np.concatenate([f[0] for f in found]).astype(np.int32),
        np.concatenate([f[1] for f in found]).astype(np.int32),
        np.concatenate([f[2] for f in found]).astype(np.float32),
    )
    pairs = pairs.select(np.argsort(-pairs.score, kind="stable"))
    return pairs.select(_first_occurrences(pairs.headline, settings.per_headline))


def _is_supported(headline: str, searched: str, settings: MiningSettings) -> bool:
    """Whether the generator could have written the headline from what it reads."""
    present = sum(character in searched for character in headline)
    return present >= settings.minimum_coverage * len(headline) and facts_agree(headline, searched)


def _first_occurrences(values: NDArray[np.integer[Any]], limit: int) -> NDArray[np.bool_]:
    """True where a value has come fewer than `limit` times before."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    rank = np.arange(len(values)) - np.repeat(starts, np.diff(np.r_[starts, len(values)]))
    keep = np.empty(len(values), dtype=bool)
    keep[order] = rank < limit
    return keep


@dataclass(frozen=True)
class _Index:
    """Character bigrams of documents, of their leads and of headlines, with idf weights."""

    document_bigrams: sparse.csr_matrix  # (documents, bigrams), 0 or 1
    lead_bigrams: sparse.csr_matrix  # (documents, bigrams), 0 or 1
    headline_weights: sparse.csr_matrix  # (headlines, bigrams), idf where present
    headline_mass: Scores  # (headlines,)

    @classmethod
    def build(
        cls, documents: Sequence[str], headlines: Sequence[str], settings: MiningSettings
    ) -> _Index:
        vectorizer = CountVectorizer(
            analyzer="char", ngram_range=(2, 2), binary=True, dtype=np.float32
        )
        headline_bigrams = vectorizer.fit_transform(headlines)
        inside = vectorizer.transform([text[: settings.document_characters] for text in documents])
        lead = vectorizer.transform([text[: settings.lead_characters] for text in documents])
        frequency = np.asarray(inside.sum(axis=0)).ravel()
        idf = np.log((1 + len(documents)) / (1 + frequency)).astype(np.float32)
        # Bigrams in more than one document of ten cost most of the time and decide nothing.
        idf[frequency > max(1, len(documents) / 10)] = 0.0
        weights = headline_bigrams.multiply(sparse.csr_matrix(idf)).tocsr()
        weights.eliminate_zeros()
        mass = np.asarray(weights.sum(axis=1)).ravel() + 1e-6
        return cls(inside.tocsr(), lead.tocsr(), weights, mass)

    def candidates(self, start: int, most: int) -> Iterator[tuple[int, NDArray[np.int32], Scores]]:
        """(document, headlines, scores) for a block of documents; nearness is not in yet."""
        matched = (self.document_bigrams[start : start + _BLOCK] @ self.headline_weights.T).tocsr()
        for local in range(matched.shape[0]):
            span = slice(matched.indptr[local], matched.indptr[local + 1])
            headlines, mass = matched.indices[span], matched.data[span]
            share = mass / self.headline_mass[headlines]
            rough = share * np.sqrt(mass)
            if len(rough) > most:
                kept = np.argpartition(-rough, most)[:most]
                headlines, share = headlines[kept], share[kept]
            lead = self.lead_bigrams[start + local]
            lead_mass = np.asarray((self.headline_weights[headlines] @ lead.T).todense()).ravel()
            yield start + local, headlines, share * np.sqrt(lead_mass)


@dataclass(frozen=True)
class _Nearness:
    """When documents and headlines appeared, as day numbers; -1 is unknown."""

    document_days: NDArray[np.int64]
    headline_days: NDArray[np.int64]

    @classmethod
    def build(
        cls,
        document_days: NDArray[np.int64] | None,
        headline_days: NDArray[np.int64] | None,
        num_documents: int,
        num_headlines: int,
    ) -> _Nearness:
        if document_days is None or headline_days is None:
            return cls(np.full(num_documents, -1), np.full(num_headlines, -1))
        return cls(np.asarray(document_days), np.asarray(headline_days))

    def days(self, row: int, columns: NDArray[np.int32]) -> NDArray[np.float64]:
        """Days between a document and headlines; infinite where either day is unknown."""
        day, others = self.document_days[row], self.headline_days[columns]
        known = (day >= 0) & (others >= 0)
        return np.where(known, np.abs(others - day).astype(float), np.inf)


@dataclass(frozen=True)
class _Likeness:
    """What documents and headlines are about, in half precision, for there are many."""

    document_vectors: NDArray[np.float16]  # (documents, D), of length 1
    headline_vectors: NDArray[np.float16]  # (headlines, D), of length 1

    @classmethod
    def build(cls, documents: Sequence[str], headlines: Sequence[str], encode: Encode) -> _Likeness:
        def vectors(texts: Sequence[str]) -> NDArray[np.float16]:
            # As many at a time as do not fill the memory in full precision.
            parts = [
                encode(texts[start : start + _ENCODED]).astype(np.float16)
                for start in range(0, len(texts), _ENCODED)
            ]
            return np.concatenate(parts)

        return cls(vectors([_first_sentence(text) for text in documents]), vectors(headlines))

    def cosines(self, row: int, columns: NDArray[np.int32]) -> Scores:
        """Between a document and headlines; 0 instead of less, which says as little."""
        found: Scores = (
            self.headline_vectors[columns].astype(np.float32) @ self.document_vectors[row]
        )
        return found.clip(min=0)


def _first_sentence(document: str) -> str:
    """What news says first is what it is about."""
    return next(iter(split_sentences(document)), "").strip() or document
