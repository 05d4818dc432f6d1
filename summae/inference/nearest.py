"""Which vectors are nearest: exactly, block by block, or by an index of faiss where there are many."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from summae.errors import InputError

Floats = NDArray[np.float32]
Places = NDArray[np.int64]

MANY = 50_000
"""Vectors from which all-against-all is left to faiss if it is installed: minutes become seconds."""
MOST_PAIRS = 1_000_000
_BLOCK = 1024
_NEIGHBOURS = 32
"""Of each vector that an index is asked for; a larger heap of copies is still found piece by piece."""
_INDEX_DEGREE = 32
_SEARCHED = 128
"""Candidates that the index keeps while it searches: of 32 neighbours it misses few."""


def uses_index(vectors: int) -> bool:
    """Whether all-against-all of so many vectors is searched approximately."""
    return vectors >= MANY and find_spec("faiss") is not None


def nearest(queries: Floats, vectors: Floats, count: int) -> tuple[Floats, Places]:
    """The vectors with the largest inner products, exactly; of equals the earlier one first.

    Args:
        queries: (Q, D)
        vectors: (N, D)
        count: How many of each query are wanted; no more than N come.

    Returns:
        Inner products, falling, and places in `vectors`, both (Q, count).
    """
    count = min(count, len(vectors))
    scores = np.empty((len(queries), count), np.float32)
    places = np.empty((len(queries), count), np.int64)
    for start in range(0, len(queries), _BLOCK):
        block = queries[start : start + _BLOCK] @ vectors.T
        found = _largest(block, count)
        places[start : start + _BLOCK] = found
        scores[start : start + _BLOCK] = np.take_along_axis(block, found, axis=1)
    return scores, places


def neighbours(vectors: Floats, count: int) -> tuple[Floats, Places]:
    """Of each vector the nearest others, as `nearest` gives them, both (N, at most `count`).

    From `MANY` vectors on by faiss, if it is installed, which may miss one now and then.
    """
    search = _indexed if uses_index(len(vectors)) else nearest
    scores, places = search(vectors, vectors, count + 1)
    if not places.size:
        return scores, places
    is_other = places != np.arange(len(vectors))[:, None]
    # Where copies have pushed a vector out of its own list, the last of them goes instead.
    is_other[is_other.all(axis=1), -1] = False
    shape = len(vectors), places.shape[1] - 1
    return scores[is_other].reshape(shape), places[is_other].reshape(shape)


def close_pairs(vectors: Floats, threshold: float) -> tuple[Floats, Places]:
    """All pairs whose inner product is at least `threshold`, the nearest first.

    From `MANY` vectors on by faiss, if it is installed, which looks at 32 neighbours of each.

    Args:
        vectors: Of length 1, (N, D).
        threshold: A cosine.

    Returns:
        Inner products (pairs,) and places of the two, the earlier first, (pairs, 2).

    Raises:
        InputError: There are more than a million.
    """
    blocks = _indexed_pairs if uses_index(len(vectors)) else _exact_pairs
    all_scores: list[Floats] = [np.zeros(0, np.float32)]
    all_places: list[Places] = [np.zeros((0, 2), np.int64)]
    total = 0
    for scores, places in blocks(vectors, threshold):
        total += len(scores)
        if total > MOST_PAIRS:
            raise InputError(
                f"more than {MOST_PAIRS:,} pairs are alike by {threshold}; ask for a higher one"
            )
        all_scores.append(scores)
        all_places.append(places)
    joined, pairs = np.concatenate(all_scores), np.concatenate(all_places)
    order = np.lexsort((pairs[:, 1], pairs[:, 0], -joined))
    return joined[order], pairs[order]


def _largest(block: Floats, count: int) -> Places:
    if count < block.shape[1]:
        candidates = np.argpartition(-block, count - 1, axis=1)[:, :count]
        candidates.sort(axis=1)  # so that of equals the earlier one comes first
    else:
        candidates = np.broadcast_to(np.arange(block.shape[1]), block.shape)
    order = np.argsort(-np.take_along_axis(block, candidates, axis=1), axis=1, kind="stable")
    places: Places = np.take_along_axis(candidates, order, axis=1)
    return places


def _exact_pairs(vectors: Floats, threshold: float) -> Iterator[tuple[Floats, Places]]:
    for start in range(0, len(vectors), _BLOCK):
        block = vectors[start : start + _BLOCK]
        for other in range(start, len(vectors), _BLOCK):
            scores = block @ vectors[other : other + _BLOCK].T
            rows, columns = np.nonzero(scores >= threshold)
            is_first = rows + start < columns + other
            rows, columns = rows[is_first], columns[is_first]
            yield scores[rows, columns], np.stack([rows + start, columns + other], axis=1)


def _indexed_pairs(vectors: Floats, threshold: float) -> Iterator[tuple[Floats, Places]]:
    scores, places = neighbours(vectors, _NEIGHBOURS)
    rows, columns = np.nonzero(scores >= threshold)
    pairs = np.sort(np.stack([rows, places[rows, columns]], axis=1), axis=1)
    # Each may have found the other.
    unique, first = np.unique(pairs, axis=0, return_index=True)
    yield scores[rows, columns][first], unique


def _indexed(queries: Floats, vectors: Floats, count: int) -> tuple[Floats, Places]:
    import faiss

    index = faiss.IndexHNSWFlat(vectors.shape[1], _INDEX_DEGREE, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efSearch = max(_SEARCHED, 2 * count)
    index.add(np.ascontiguousarray(vectors))
    scores, places = index.search(np.ascontiguousarray(queries), min(count, len(vectors)))
    # Where it runs out of candidates it says -1.
    return nearest(queries, vectors, count) if (places < 0).any() else (scores, places)
