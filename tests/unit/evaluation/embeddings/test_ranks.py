"""Ranks by hand, and what happens where scores are the same."""

from __future__ import annotations

import numpy as np
import pytest

from summae.evaluation.embeddings.ranks import label_precision, places


def test_ranks_are_counted_from_above() -> None:
    found = places(np.array([[0.9, 0.5, 0.1], [0.9, 0.5, 0.1]]), [0, 2])
    assert found.above.tolist() == [0, 2]
    assert found.recall(1).tolist() == [1, 0]
    assert found.recall(3).tolist() == [1, 1]
    assert found.reciprocal_rank.tolist() == pytest.approx([1, 1 / 3])


def test_a_lot_decides_between_equal_scores() -> None:
    # One above, three beside each other: ranks 2, 3 and 4 are as likely.
    found = places(np.array([[5.0, 1.0, 1.0, 1.0]]), [2])
    assert found.recall(1)[0] == 0
    assert found.recall(2)[0] == pytest.approx(1 / 3)
    assert found.recall(4)[0] == 1
    assert found.reciprocal_rank[0] == pytest.approx((1 / 2 + 1 / 3 + 1 / 4) / 3)


def test_the_last_digit_of_a_sum_is_no_difference() -> None:
    found = places(np.array([[0.3, 0.3 + 1e-8], [3e4, 3e4 + 1e-3]]), [0, 0])
    assert found.tied.tolist() == [2, 2]


def test_precision_counts_labels_among_the_nearest() -> None:
    # Nearest two of text 0 are 1 and 2, of which 1 has its label. Its own likeness does not count.
    similarity = np.array([[9, 3, 2, 1], [3, 9, 2, 1], [2, 2, 9, 2], [1, 1, 2, 9]], float)
    found = label_precision(similarity, ["a", "a", "b", "b"], k=2)
    assert found[:2].tolist() == [0.5, 0.5]
    # Text 2 is as near to all three others: two of them by lot, one of the three is of its label.
    assert found[2] == pytest.approx(1 / 3)
    # Text 3: one for sure (2, its label), the other by lot of two strangers: 1 of 2.
    assert found[3] == pytest.approx(0.5)


def test_precision_asks_for_neighbours_that_are_there() -> None:
    with pytest.raises(ValueError, match="10 neighbours are asked of 4 texts"):
        label_precision(np.eye(4), list("abab"))


def test_what_is_not_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="not finite"):
        places(np.array([[np.nan, 1.0]]), [0])
