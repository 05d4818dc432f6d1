"""What is seen of a candidate, and what it is worth."""

from __future__ import annotations

import math

import pytest

from summae.inference.options import DecodingOptions
from summae.inference.ranking import OPENING, Ranking, breaks_off, faults, features

DOCUMENT = "受冷空气影响，北方多地今晨降温，部分山区出现小雪。"


def test_features_by_hand() -> None:
    # 北方, 方降, 降温: the first stands at place 7, the third too, 方降 nowhere.
    seen = features("北方降温", DOCUMENT, likelihood=-0.5)
    assert (seen.likelihood, seen.characters, seen.start) == (-0.5, 4, 0.07)
    assert seen.coverage == pytest.approx(2 / 3)
    assert seen.log_characters == pytest.approx(math.log(5))
    assert (seen.variety, features("降温降温", DOCUMENT, likelihood=0).variety) == (1.0, 0.5)
    # 北方 and 降温 once each, 方降 never.
    assert seen.frequency == pytest.approx(2 / 3 * math.log(2))
    assert features("北方", DOCUMENT * 2, likelihood=0).frequency == pytest.approx(math.log(3))


@pytest.mark.parametrize("text", ["", "雨", "晴天"])
def test_a_text_without_support_starts_as_late_as_can_be(text: str) -> None:
    seen = features(text, DOCUMENT, likelihood=0)
    assert (seen.coverage, seen.start) == (0, 1)


def test_what_stands_behind_the_opening_supports_nothing() -> None:
    late = "。" * OPENING + "北方降温"
    assert features("北方", late, likelihood=0).coverage == 0


def test_worth_is_the_weighted_sum_and_by_default_the_likelihood_less_the_splices() -> None:
    seen = features("北方降温", DOCUMENT, likelihood=-0.5)
    assert seen.splices == 1  # 北方|降温
    assert Ranking().worth(seen) == -1.0
    # -0.5 + 0.1 * 4 - 2 * 0.07
    assert Ranking(characters=0.1, start=-2, splices=0).worth(seen) == pytest.approx(-0.24)


@pytest.mark.parametrize(
    ("is_cut", "is_stump", "cost"),
    # Six characters were asked for, two are missing: 0.3 each.
    [(False, False, 0.6), (False, True, 2.4), (True, False, 3.6), (True, True, 3.6)],
)
def test_a_length_that_was_asked_for_is_better_met_and_not_by_cutting(
    is_cut: bool, is_stump: bool, cost: float
) -> None:
    seen = features("北方降温", DOCUMENT, likelihood=-0.5)
    found = Ranking().bounded_cost(seen, 6, is_cut=is_cut, is_stump=is_stump)
    assert found == pytest.approx(cost)


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("北方多地今晨降", True),  # 降温 goes on
        ("北方多地今晨降温", False),  # a comma follows
        ("山区出现小雪", False),  # a full stop follows
        ("今晨北方降温了", False),  # ends in words of its own
        ("部分山区出现", True),
        ("北方", True),
        ("雪", False),  # too little to tell the place
        ("", False),
    ],
)
def test_a_candidate_that_stops_within_a_clause_of_the_document_breaks_off(
    text: str, broken: bool
) -> None:
    assert breaks_off(text, DOCUMENT) is broken


def test_what_ends_a_clause_at_one_of_several_places_does_not_break_off() -> None:
    assert not breaks_off("北方降温", "北方降温多时。南方升温，北方降温。")


def test_faults_by_hand() -> None:
    # 8 stands nowhere; 降温 twice. 南 stands nowhere, and counts once.
    assert faults("8地降温降温", DOCUMENT) == (1, 1)
    assert faults("南方多地南方", DOCUMENT)[0] == 1
    assert faults("北方多地今晨", DOCUMENT) == (0, 1)  # 降温 goes on
    assert faults("北方多地今晨", DOCUMENT, is_bounded=True) == (0, 0)


def test_a_model_folder_brings_its_weights() -> None:
    options = DecodingOptions.from_mapping({"ranking": {"coverage": 2.5}})
    assert options.ranking == Ranking(coverage=2.5)


@pytest.mark.parametrize(
    ("ranking", "what"),
    [({"covrage": 1}, "covrage"), ({"start": "late"}, "start"), ([1.0], "by name")],
)
def test_weights_that_mean_nothing_are_refused(ranking: object, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        DecodingOptions.from_mapping({"ranking": ranking})
