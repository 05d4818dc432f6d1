"""Shuffled sentences, the chain that puts them in order, and tau by hand."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from summae.evaluation.embeddings.documents import Documents
from summae.evaluation.embeddings.sentence_order import (
    greedy_chain,
    kendall_tau,
    order_taus,
    puzzles,
)
from summae.evaluation.embeddings.systems import Embed, Score, cosine


def test_tau_is_right_pairs_minus_wrong_ones() -> None:
    # 0 before 2, 0 before 1 and 0, 1, 2 before 3 stand right, 2 before 1 stands wrong: (5 - 1) / 6.
    assert kendall_tau([0, 2, 1, 3]) == pytest.approx(4 / 6)
    assert np.mean([kendall_tau(order) for order in permutations(range(4))]) == 0  # chance


def test_the_chain_goes_to_what_is_best_behind_the_last() -> None:
    # 0 -> 2 (0.9), 2 -> 1 (0.4, for 0 is taken), then 3 is left.
    scores = np.array([[0, 0.1, 0.9, 0.2], [0, 0, 0, 0], [0.8, 0.4, 0, 0.3], [0, 0, 0, 0]])
    assert greedy_chain(scores.astype(np.float32)) == [0, 2, 1, 3]


def test_puzzles_are_neighbours_shuffled(documents: Documents) -> None:
    found = puzzles(documents, seed=0)
    assert len(found) == len(documents)
    for number, puzzle in enumerate(found):
        own = documents.sentences[number]
        start = own.index(puzzle.first)
        told = {place: text for place, text in zip(puzzle.order, puzzle.others, strict=True)}
        assert [told[place] for place in range(4)] == own[start + 1 : start + 5]
    assert len({puzzle.order for puzzle in found}) > 10
    assert puzzles(documents, sentences=8, seed=0) == []


def test_who_knows_the_order_has_tau_1(knows_order: Score, documents: Documents) -> None:
    found = puzzles(documents, seed=0)
    # More than one block of them.
    assert order_taus(knows_order, found * 3).tolist() == [1.0] * 90


@pytest.mark.parametrize("who", ["knows_nothing", "says_one_thing"])
def test_who_does_not_has_tau_0_in_the_mean(
    who: str, documents: Documents, request: pytest.FixtureRequest
) -> None:
    # Tau of four in random order has variance 2 (2 * 4 + 5) / (9 * 4 * 3) = 0.241:
    # 600 puzzles, 0 ± 4 * sqrt(0.241 / 600) = 0 ± 0.080.
    embed: Embed = request.getfixturevalue(who)
    taus = [order_taus(cosine(embed), puzzles(documents, seed=seed)) for seed in range(20)]
    assert np.mean(taus) == pytest.approx(0, abs=0.080)
