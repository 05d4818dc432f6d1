"""What an embedder must beat: chance, n-grams of characters counted, and those in as few dimensions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from summae.errors import needs_extra
from summae.evaluation.embeddings.documents import Documents
from summae.evaluation.embeddings.probes import probe
from summae.evaluation.embeddings.systems import FEATURE, System, remembered

_FEATURES = 60_000
"""N-grams that are counted, the most frequent ones."""


def tf_idf(training: Documents) -> System:
    """Characters and pairs of them, weighted by how few sentences have them; sparse vectors."""
    return System("TF-IDF", remembered(_fitted(training).transform))


def lsa(training: Documents, dimensions: int, *, seed: int = 0) -> System:
    """TF-IDF in its strongest directions (Deerwester et al., 1990).

    Args:
        training: Their sentences decide the directions.
        dimensions: As many as the embedder's that it stands beside.
        seed: Of the randomised decomposition.
    """
    with needs_extra(FEATURE, "train"):
        from sklearn.decomposition import TruncatedSVD
    vectorizer = _fitted(training)
    decomposition = TruncatedSVD(dimensions, random_state=seed)
    decomposition.fit(vectorizer.transform(training.every_sentence))

    def embed(texts: Sequence[str]) -> NDArray[np.float32]:
        found: NDArray[np.float32] = decomposition.transform(vectorizer.transform(texts))
        return found.astype(np.float32)

    return System(f"LSA-{dimensions}", remembered(embed))


def supervised_ceiling(training: Documents, held_out: Documents) -> NDArray[np.float64]:
    """1 where a classifier that may choose its own weights of n-grams finds the label, (held out,)."""
    texts = ["".join(sentences) for sentences in training.sentences]
    vectorizer = _vectorizer().fit(texts)
    return probe(
        vectorizer.transform(texts),
        training.labels,
        vectorizer.transform(["".join(sentences) for sentences in held_out.sentences]),
        held_out.labels,
    )


def chance_recall(k: int, candidates: int) -> float:
    """Of finding the right one among `k` of so many drawn at random."""
    return min(k, candidates) / candidates


def chance_reciprocal_rank(candidates: int) -> float:
    """Mean of 1, 1/2, ... 1/candidates: each rank is as likely."""
    return float((1 / np.arange(1, candidates + 1)).mean())


def chance_precision(labels: Sequence[str]) -> float:
    """That two different texts have the same label, however many neighbours are asked."""
    counts = Counter(labels).values()
    return sum(n * (n - 1) for n in counts) / (len(labels) * (len(labels) - 1))


def chance_label(training: Sequence[str], held_out: Sequence[str]) -> float:
    """Of always saying the label that is most frequent in training."""
    counts = Counter(training)
    usual = max(counts, key=counts.__getitem__)
    return sum(label == usual for label in held_out) / len(held_out)


def _fitted(training: Documents) -> Any:
    return _vectorizer().fit(training.every_sentence)


def _vectorizer() -> Any:
    with needs_extra(FEATURE, "train"):
        from sklearn.feature_extraction.text import TfidfVectorizer
    return TfidfVectorizer(
        analyzer="char",
        ngram_range=(1, 2),
        max_features=_FEATURES,
        sublinear_tf=True,
        dtype=np.float32,
    )
