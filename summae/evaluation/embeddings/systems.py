"""What is judged: texts to vectors, or two lists of texts to a score for every pair."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from summae.errors import needs_extra

FEATURE = "judging embeddings"

Vectors = NDArray[np.float32]
"""One row for each text, (n, D); a scipy matrix where most is zero, as in TF-IDF."""
Scores = NDArray[np.float32]
"""One row for each query, one column for each candidate, (n, m); higher fits better."""

Embed = Callable[[Sequence[str]], Vectors]
Score = Callable[[Sequence[str], Sequence[str]], Scores]


@dataclass(frozen=True)
class System:
    """An embedder under its name in the tables."""

    name: str
    embed: Embed
    score: Score | None = None
    """How well a candidate follows a query; None: the cosine of their vectors."""
    revision: str = ""
    """What a signature says of it, such as the hash of its folder."""

    @property
    def scores(self) -> Score:
        """Its own score or the cosine."""
        return self.score or cosine(self.embed)


def cosine(embed: Embed) -> Score:
    """The same both ways round; a text without a vector, all zeros, is like nothing."""

    def score(queries: Sequence[str], candidates: Sequence[str]) -> Scores:
        return dense(unit_rows(embed(queries)) @ unit_rows(embed(candidates)).T)

    return score


def inner_product(ask: Embed, answer: Embed) -> Score:
    """What two encoders, trained to agree on neighbours, say of a pair (https://arxiv.org/abs/1803.02893)."""
    ask, answer = remembered(ask), remembered(answer)

    def score(queries: Sequence[str], candidates: Sequence[str]) -> Scores:
        return dense(ask(queries) @ answer(candidates).T)

    return score


def halves(embed: Embed) -> Score:
    """The inner product of two encoders whose vectors stand one behind the other, (n, 2 D)."""
    embed = remembered(embed)

    def score(queries: Sequence[str], candidates: Sequence[str]) -> Scores:
        asked, answered = embed(queries), embed(candidates)
        middle = asked.shape[1] // 2
        return dense(asked[:, :middle] @ answered[:, middle:].T)

    return score


def remembered(embed: Embed) -> Embed:
    """The same vectors, computed once for each text: the tasks ask for a sentence many times."""
    places: dict[str, int] = {}
    kept: list[Vectors] = []

    def look_up(texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in places]
        if new:
            vectors = embed(new)
            if vectors.ndim != 2 or len(new) != vectors.shape[0]:
                raise ValueError(
                    f"an embedder makes one row for each text: {len(new)} texts got {vectors.shape}."
                )
            places.update(zip(new, range(len(places), len(places) + len(new)), strict=True))
            kept[:] = [_stacked([*kept, vectors])]
        if not kept:
            raise ValueError("no texts to embed.")
        return kept[0][[places[text] for text in texts]]

    return look_up


def unit_rows(vectors: Vectors) -> Vectors:
    """Each row with length 1, rows of zeros as they are.

    Raises:
        ValueError: There is a number that is not finite.
    """
    with needs_extra(FEATURE, "train"):
        from sklearn.preprocessing import normalize
    found: Vectors = normalize(vectors)
    return found


def dense(matrix: Any) -> Scores:
    """An array, also of a sparse matrix."""
    found: Scores = matrix.toarray() if hasattr(matrix, "toarray") else matrix
    return found


def _stacked(parts: list[Vectors]) -> Vectors:
    if len(parts) == 1:
        return parts[0]
    if not hasattr(parts[0], "tocsr"):
        return np.concatenate(parts)
    from scipy.sparse import vstack

    found: Vectors = vstack(parts, format="csr")
    return found
