"""What a linear classifier reads off frozen vectors: the label, or that characters were swapped."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from summae.errors import needs_extra
from summae.evaluation.embeddings.documents import Documents
from summae.evaluation.embeddings.systems import FEATURE, Vectors

SWAPS = 0.1
"""Swaps of neighbours for each character of a sentence."""
_SHORTEST = 10


def probe(
    train: Vectors, train_labels: Sequence[str], test: Vectors, test_labels: Sequence[str]
) -> NDArray[np.float64]:
    """1 where logistic regression, fitted on the training vectors, finds the test vector's label, (n,).

    Dense vectors are standardised by the training vectors, so that an embedder's scale does not
    decide how much regularisation it gets; sparse ones are not, which would inflate rare n-grams.
    """
    with needs_extra(FEATURE, "train"):
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler
    if hasattr(train, "tocsr"):
        model = LogisticRegression(C=10.0, max_iter=2000)
    else:
        model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000))
    model.fit(train, np.array(train_labels))
    found: NDArray[np.float64] = (model.predict(test) == np.array(test_labels)).astype(np.float64)
    return found


def swapped(text: str, random: np.random.Generator) -> str:
    """Swap a tenth of the characters with their right neighbours, at least one; none moves twice.

    Neighbours that are equal are left alone; the characters as such stay the same, so that a bag
    of characters cannot tell.
    """
    characters = list(text)
    wanted = max(1, round(SWAPS * len(text)))
    moved: set[int] = set()
    for place in map(int, random.permutation(len(text) - 1)):
        if wanted and text[place] != text[place + 1] and not {place, place + 1} & moved:
            characters[place : place + 2] = text[place + 1], text[place]
            moved |= {place, place + 1}
            wanted -= 1
    return "".join(characters)


def swap_half(documents: Documents, *, seed: int) -> tuple[list[str], list[str]]:
    """A sentence of each document that has one of ten characters, every second one swapped by lot.

    Returns:
        The sentences, and for each of them "swapped" or "as written".
    """
    random = np.random.default_rng(seed)
    texts = []
    for sentences in documents.sentences:
        long = [text for text in sentences if len(text) >= _SHORTEST]
        if long:
            texts.append(long[int(random.integers(len(long)))])
    is_swapped = random.permutation(len(texts)) % 2 == 0
    labels = ["swapped" if swap else "as written" for swap in is_swapped]
    return [
        swapped(text, random) if swap else text
        for text, swap in zip(texts, is_swapped, strict=True)
    ], labels
