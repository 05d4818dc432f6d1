"""What speaks for a candidate, each in a number: the terms whose weighted sum is its score."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from summae.inference.candidates import Candidate
from summae.inference.judges import Judges
from summae.text.fusions import fusion_points

_COUNTED = 1000
"""Characters of the document in which bigrams are counted."""
_OPENING = 300
"""Characters in which the pieces of a candidate are looked up; models read not much more."""
_FIRST = 4
"""First characters of a candidate by which its place in the document is told."""

Floats = NDArray[np.float64]
Bigram = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What is seen of a candidate; or, of the same names, what each counts."""

    log_prob: float = 0.0
    """Sum of the log-probabilities in nats that the generator gave its tokens; 0 for a span."""
    consensus: float = 0.0
    """Mean F1 of its bigrams with those of each line that the generator wrote (minimum Bayes risk:
    Kumar and Byrne, 2004, https://aclanthology.org/N04-1022)."""
    coverage: float = 0.0
    """Salience of the document's bigrams that it has: the sum of idf · log(1 + tf)."""
    language_model: float = 0.0
    """Log-probability in nats that the language model of headlines gives it."""
    beginning: float = 0.0
    """Of that, what its first two characters have: low where a line leans on what stood before …"""
    ending: float = 0.0
    """… and its end: low where it breaks off."""
    ends_incomplete: float = 0.0
    """Log-odds in nats, by its last clause, that another has to follow; see `Boundaries`."""
    unattributed: float = 0.0
    """1 if it tells as a fact what somebody says in the document."""
    position: float = 0.0
    """Where in the document it begins, in hundreds of characters."""
    fusions: float = 0.0
    """Places where pieces of the document meet in it without a mark."""
    characters: float = 0.0
    """Its length."""
    truncated: float = 0.0
    """1 if it was cut to the length asked for inside a clause."""
    length_error: float = 0.0
    """Characters by which it misses the length asked for, if any."""


NAMES = tuple(field.name for field in fields(Terms))


@dataclass(frozen=True)
class Pool:
    """A document and what could be its summary."""

    document: str
    """Cleaned, in simplified characters, from its beginning."""
    candidates: Sequence[Candidate]
    max_characters: int | None = None
    """The length asked for."""


def terms(pools: Sequence[Pool], judges: Judges) -> list[Floats]:
    """The terms of each candidate of each pool, (candidates, terms), in the order of `NAMES`."""
    lines = [candidate.text for pool in pools for candidate in pool.candidates]
    log_probs: list[NDArray[np.float32]] = []
    if judges.headlines is not None:
        log_probs = judges.headlines.log_probs(lines)
    found, first = [], 0
    for pool in pools:
        last = first + len(pool.candidates)
        found.append(_of_pool(pool, judges, log_probs[first:last]))
        first = last
    return found


def _of_pool(pool: Pool, judges: Judges, log_probs: Sequence[NDArray[np.float32]]) -> Floats:
    bigrams = [set(pairwise(candidate.text)) for candidate in pool.candidates]
    written = [
        own
        for own, candidate in zip(bigrams, pool.candidates, strict=True)
        if candidate.origin == "generated"
    ]
    salience = _salience(pool.document, set().union(*bigrams), judges)
    opening = pool.document[:_OPENING]
    rows = []
    for place, (candidate, own) in enumerate(zip(pool.candidates, bigrams, strict=True)):
        text = candidate.text
        likely = log_probs[place] if log_probs else np.zeros(len(text) + 1, np.float32)
        is_span = candidate.origin == "extracted"
        seen = Terms(
            log_prob=candidate.log_prob or 0.0,
            consensus=_mean([_f1(own, other) for other in written]),
            coverage=sum(salience.get(bigram, 0.0) for bigram in own),
            language_model=float(likely.sum()),
            beginning=float(likely[:2].sum()),
            ending=float(likely[-1]),
            ends_incomplete=judges.boundaries.ends_incomplete(text),
            unattributed=candidate.span is not None and candidate.span.is_reported,
            position=max(0, pool.document.find(text[:_FIRST])) / 100,
            fusions=0 if is_span else len(fusion_points(text, opening)),
            characters=len(text),
            truncated=candidate.is_truncated,
            length_error=abs(len(text) - (pool.max_characters or len(text))),
        )
        rows.append([getattr(seen, name) for name in NAMES])
    return np.array(rows).reshape(len(rows), len(NAMES))


def _salience(document: str, wanted: set[Bigram], judges: Judges) -> dict[Bigram, float]:
    """Idf · log(1 + tf) of those of the wanted bigrams that the document has."""
    counts = Counter(pairwise(document[:_COUNTED]))
    present = [bigram for bigram in wanted if bigram in counts]
    idf = judges.idf(present) if judges.idf is not None else np.ones(len(present))
    return {
        bigram: float(weight) * math.log1p(counts[bigram])
        for bigram, weight in zip(present, idf, strict=True)
    }


def _f1(one: set[Bigram], other: set[Bigram]) -> float:
    return 2 * len(one & other) / max(1, len(one) + len(other))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
