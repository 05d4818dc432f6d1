"""Bootstrap intervals: where the answer is known without drawing, and against theory."""

from __future__ import annotations

import numpy as np
import pytest

from summae.evaluation import significance
from summae.evaluation.significance import compare, holm, interval


def test_constant_scores_have_no_width() -> None:
    found = interval(np.full(50, 0.3))
    assert (found.mean, found.low, found.high) == pytest.approx((0.3, 0.3, 0.3))


def test_interval_is_as_wide_as_theory_says() -> None:
    # 400 scores, half 0 and half 1: standard error 0.5 / sqrt(400) = 0.025, so mean ± 1.96 * 0.025.
    found = interval(np.repeat([0.0, 1.0], 200))
    assert found.mean == 0.5
    assert found.low == pytest.approx(0.5 - 1.96 * 0.025, abs=0.006)
    assert found.high == pytest.approx(0.5 + 1.96 * 0.025, abs=0.006)


def test_how_many_of_each_score_are_drawn_or_each_item_comes_to_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scores = np.repeat([0.0, 0.5, 1.0], [20, 30, 70])
    of_kinds = interval(scores, samples=20_000)
    monkeypatch.setattr(significance, "_ITEMS_OF_A_KIND", 1000)
    of_items = interval(scores, samples=20_000)
    assert (of_kinds.low, of_kinds.high) == pytest.approx((of_items.low, of_items.high), abs=0.005)


def test_equal_systems_do_not_differ() -> None:
    scores = np.linspace(0, 1, 30)
    found = compare(scores, scores)
    assert (found.mean, found.low, found.high, found.p_value) == (0.0, 0.0, 0.0, 1.0)


def test_a_small_but_constant_lead_is_certain_because_items_are_paired() -> None:
    # Unpaired, 0.01 would drown in scores between 0 and 1.
    theirs = np.linspace(0, 0.9, 100)
    found = compare(theirs + 0.01, theirs, samples=999)
    assert found.low == pytest.approx(0.01)
    assert found.p_value == 2 / 1000  # no sample at or below 0: 2 * (0 + 1) / (999 + 1)


def test_p_value_is_about_the_share_of_chance() -> None:
    # A draw does not exceed 0 if at most 50 of its 100 differences are 1, each with probability
    # 0.55: 50.5 is (55 - 50.5) / sqrt(100 * 0.55 * 0.45) = 0.905 deviations below, on both sides 0.366.
    differences = np.repeat([1.0, -1.0], [55, 45])
    found = compare(differences, np.zeros(100))
    assert found.p_value == pytest.approx(0.366, abs=0.05)


def test_chance_alone_is_found_significant_as_often_as_it_says() -> None:
    # 400 experiments without any difference: about 5 % have p < 0.05, on 60 rows a little more.
    random = np.random.default_rng(5)
    p_values = [
        compare(random.normal(size=60), random.normal(size=60), samples=400).p_value
        for _ in range(400)
    ]
    assert 0.02 < np.mean(np.array(p_values) < 0.05) < 0.09


def test_swapping_the_systems_swaps_the_sign() -> None:
    random = np.random.default_rng(3)
    ours, theirs = random.random(80), random.random(80)
    forward, backward = compare(ours, theirs), compare(theirs, ours)
    assert forward.mean == pytest.approx(-backward.mean)
    assert forward.p_value == pytest.approx(backward.p_value)


def test_equal_seeds_give_equal_intervals_however_many_rounds_it_takes() -> None:
    scores = np.random.default_rng(1).random(3000)  # more than one round of draws
    assert interval(scores, seed=4) == interval(scores, seed=4)
    assert interval(scores, seed=4) != interval(scores, seed=5)


def test_other_numbers_of_items_are_refused() -> None:
    with pytest.raises(ValueError, match="same items"):
        compare(np.zeros(3), np.zeros(4))


def test_no_items_are_refused() -> None:
    with pytest.raises(ValueError, match="0 items"):
        interval(np.zeros(0))


def test_holm_multiplies_the_smallest_most_and_keeps_the_order() -> None:
    # Sorted 0.01, 0.03, 0.04: 3 * 0.01 = 0.03; 2 * 0.03 = 0.06; 1 * 0.04, raised to 0.06.
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_the_order_of_the_rows_changes_nothing() -> None:
    random = np.random.default_rng(2)
    ours, theirs = random.random(300), random.random(300)
    order = random.permutation(300)
    for found, again in [
        (interval(ours), interval(ours[order])),
        (compare(ours, theirs), compare(ours[order], theirs[order])),
    ]:
        assert vars(found) == pytest.approx(vars(again), abs=1e-12)
