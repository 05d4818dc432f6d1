"""The highest weighted sum wins, unless what it says is false."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from summae.inference.candidates import Candidate
from summae.inference.reranking import OWN_WORDS, WIDEST, Choice, Confidence, Scorer, choose, vector
from summae.inference.scoring import NAMES, Pool, Terms

DOCUMENT = "北方今晚降温8度，山区有雪。"


def chosen(lines: dict[str, Terms], scorer: Scorer, document: str = DOCUMENT) -> Choice | None:
    """Of lines with their terms."""
    pool = Pool(document, [Candidate(text, "extracted") for text in lines])
    seen = np.array([vector(terms) for terms in lines.values()]).reshape(-1, len(NAMES))
    return choose(pool, seen, scorer)


def test_the_highest_weighted_sum_wins() -> None:
    scorer = Scorer(weights=Terms(log_prob=1.0, coverage=2.0, position=-3.0))
    found = chosen(
        {
            "北方降温": Terms(log_prob=-1.0, coverage=2.0),  # -1 + 4 = 3
            "北方今晚降温": Terms(log_prob=-2.0, coverage=3.0),  # -2 + 6 = 4
            "山区有雪": Terms(coverage=3.0, position=1.0),  # 6 - 3 = 3
        },
        scorer,
    )
    assert found is not None
    assert (found.candidate.text, found.score) == ("北方今晚降温", 4.0)
    assert dict(zip(NAMES, found.terms, strict=True))["coverage"] == 3.0


def test_a_term_without_a_weight_counts_nothing() -> None:
    lines = {"北方降温": Terms(consensus=1.0), "山区有雪": Terms(coverage=99.0)}
    found = chosen(lines, Scorer(weights=Terms(consensus=1.0)))
    assert found is not None
    assert found.candidate.text == "北方降温"


def test_of_equal_sums_the_first_of_the_pool_is_taken() -> None:
    lines = ["山区有雪", "北方降温", "北方今晚降温"]
    for order in (lines, lines[::-1]):
        found = chosen({text: Terms(coverage=1.0) for text in order}, Scorer())
        assert found is not None
        assert found.candidate.text == order[0]


def test_an_unsupported_fact_is_passed_over_whatever_its_sum() -> None:
    lines = {
        "北方降温9度": Terms(log_prob=100.0),  # 8 degrees, says the document
        "LG降温8度": Terms(log_prob=10.0),
        "降温8度": Terms(log_prob=-10.0),
        "山区有雪": Terms(log_prob=-20.0),
    }
    found = chosen(lines, Scorer(weights=Terms(log_prob=1.0)))
    assert found is not None
    assert (found.candidate.text, found.score) == ("降温8度", -10.0)


def test_nothing_is_chosen_where_every_line_is_false_or_there_is_none() -> None:
    assert chosen({"北方降温9度": Terms(), "LG降温": Terms()}, Scorer()) is None
    assert chosen({}, Scorer()) is None


def test_own_words_are_what_the_search_finds_best_whatever_it_says() -> None:
    lines = {
        "北方降温9度": Terms(log_prob=-30.0),  # 8, says the document
        "山区有雪": Terms(log_prob=-20.0, coverage=50.0),
    }
    found = chosen(lines, OWN_WORDS)
    assert found is not None
    assert found.candidate.text == "北方降温9度"
    assert not OWN_WORDS.spans


def test_confidence_is_the_logistic_of_what_is_known_of_the_chosen_line() -> None:
    confidence = Confidence(bias=1.0, characters=-0.25, beginning=0.5, position=-2.0, margin=0.75)
    found = chosen(
        {
            "山区有雪": Terms(log_prob=-6.0),
            "北方降温": Terms(log_prob=-4.0, beginning=-2.0, position=0.5),
        },
        Scorer(weights=Terms(log_prob=1.0), confidence=confidence),
    )
    assert found is not None
    # 1 - 0.25 · 4 characters + 0.5 · -2 - 2 · 0.5 + 0.75 · (-4 - -6) = -0.5
    assert found.confidence == pytest.approx(1 / (1 + math.exp(0.5)))


def test_where_nothing_is_fitted_confidence_is_a_half() -> None:
    found = chosen(
        {"北方降温": Terms(log_prob=-4.0, beginning=-2.0)}, Scorer(confidence=Confidence())
    )
    assert found is not None
    assert found.confidence == 0.5


@pytest.mark.parametrize(
    ("others", "margin"),
    [
        ({"山区有雪": Terms(log_prob=-1.5)}, 1.5),
        ({"山区有雪": Terms(log_prob=-9.0)}, WIDEST),
        ({}, WIDEST),
        # What invents is no rival.
        ({"降温9度": Terms(log_prob=-0.5), "山区有雪": Terms(log_prob=-2.0)}, 2.0),
        ({"降温9度": Terms(log_prob=5.0), "山区有雪": Terms(log_prob=-2.0)}, 2.0),
    ],
)
def test_the_margin_is_to_the_next_line_that_tells_the_facts(
    others: dict[str, Terms], margin: float
) -> None:
    scorer = Scorer(weights=Terms(log_prob=1.0), confidence=Confidence(margin=1.0))
    found = chosen({"北方降温": Terms(), **others}, scorer)
    assert found is not None
    assert found.candidate.text == "北方降温"
    assert found.confidence == pytest.approx(1 / (1 + math.exp(-margin)))


def test_a_scorer_is_read_from_a_mapping() -> None:
    scorer = Scorer.from_mapping(
        {
            "weights": {"log_prob": 1, "position": -2.5},
            "confidence": {"bias": 0.5, "margin": 0.25},
            "spans": False,
        }
    )
    assert scorer.weights == Terms(log_prob=1.0, position=-2.5)
    assert scorer.confidence == Confidence(bias=0.5, margin=0.25)
    assert scorer.spans is False


def test_what_a_folder_does_not_say_is_the_default() -> None:
    assert Scorer.from_mapping({}) == Scorer()
    assert Scorer.from_mapping({"confidence": {"bias": 1.0}}).weights == Scorer().weights


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        (
            {"weight": {}},
            "unknown parts of the scorer weight; known: checks_facts, confidence, spans, weights",
        ),
        ({"weights": {"likelihood": 1.0}}, "unknown weights likelihood; known: beginning, "),
        ({"confidence": {"coverage": 1.0}}, "unknown confidence coverage; known: beginning, bias"),
        ({"weights": [1.0]}, r"weights holds numbers by name, got \[1.0\]"),
        ({"confidence": None}, "confidence holds numbers by name, got None"),
        ({"spans": 1}, "spans is true or false, got 1"),
    ],
)
def test_what_no_scorer_has_is_refused_by_name(values: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Scorer.from_mapping(values)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, "1", None, True])
@pytest.mark.parametrize(("part", "name"), [("weights", "coverage"), ("confidence", "bias")])
def test_a_weight_that_is_no_finite_number_is_refused_by_name(
    part: str, name: str, value: Any
) -> None:
    with pytest.raises(ValueError, match=f"{name} of {part} is a finite number, got {value!r}"):
        Scorer.from_mapping({part: {name: value}})
