"""Put shuffled sentences back into order: after the first comes what scores best behind it, and so on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from summae.evaluation.embeddings.documents import Documents
from summae.evaluation.embeddings.systems import Score, Scores

_PUZZLES_AT_ONCE = 64


@dataclass(frozen=True)
class Puzzle:
    """Neighbouring sentences of a document; the first is given, for a cosine knows no direction."""

    first: str
    others: tuple[str, ...]
    """Shuffled."""
    order: tuple[int, ...]
    """The true place of each of the others, from 0."""


def puzzles(documents: Documents, *, sentences: int = 5, seed: int) -> list[Puzzle]:
    """One of each document that has so many sentences, from a place drawn at random."""
    random = np.random.default_rng(seed)
    found = []
    for texts in documents.sentences:
        if len(texts) < sentences:
            continue
        start = int(random.integers(len(texts) - sentences + 1))
        order = tuple(int(place) for place in random.permutation(sentences - 1))
        others = tuple(texts[start + 1 + place] for place in order)
        found.append(Puzzle(texts[start], others, order))
    return found


def order_taus(score: Score, puzzles: Sequence[Puzzle]) -> NDArray[np.float64]:
    """Kendall's tau between the true order of the others and the greedy chain, (n,).

    A random order has 0 in the mean. What scores the same is taken in its shuffled order.
    """
    taus = []
    for start in range(0, len(puzzles), _PUZZLES_AT_ONCE):
        block = puzzles[start : start + _PUZZLES_AT_ONCE]
        texts = [text for puzzle in block for text in (puzzle.first, *puzzle.others)]
        scores = score(texts, texts)
        begin = 0
        for puzzle in block:
            own = slice(begin, begin + 1 + len(puzzle.others))
            chain = greedy_chain(scores[own, own])
            taus.append(kendall_tau([puzzle.order[place - 1] for place in chain[1:]]))
            begin = own.stop
    return np.array(taus)


def greedy_chain(scores: Scores) -> list[int]:
    """From the first, each time to the one that scores best behind the last and is not yet there.

    Args:
        scores: How well the column's sentence follows the row's, (n, n).
    """
    chain, left = [0], list(range(1, len(scores)))
    while left:
        chain.append(max(left, key=scores[chain[-1]].__getitem__))
        left.remove(chain[-1])
    return chain


def kendall_tau(order: Sequence[int]) -> float:
    """How much of an order is right: pairs that stand right minus pairs that stand wrong, as a share.

    >>> kendall_tau([0, 1, 2]), kendall_tau([2, 1, 0])
    (1.0, -1.0)
    """
    signs = [1 if first < second else -1 for first, second in combinations(order, 2)]
    return sum(signs) / len(signs)
