"""Weights are finite numbers, whatever a file says."""

from __future__ import annotations

import math

import pytest

from summae.inference.clause_ranking import ClauseRanking
from summae.inference.doubt import Doubt, Signs
from summae.inference.ranking import Ranking
from summae.inference.weights import Weights


@pytest.mark.parametrize("weight", ["0.3", None, True, math.nan, math.inf, [1.0]])
@pytest.mark.parametrize(
    ("kind", "name", "told"),
    [
        (Ranking, "likelihood", "the weight likelihood of a ranking is a finite number"),
        (Doubt, "splices", "the weight splices of a doubt is a finite number"),
        (ClauseRanking, "order", "the weight order of clauses is a finite number"),
    ],
)
def test_what_is_no_finite_number_is_refused_by_name(
    kind: type[Weights], name: str, told: str, weight: object
) -> None:
    with pytest.raises(ValueError, match=told):
        kind(**{name: weight})


def test_every_sign_counts_with_its_own_weight() -> None:
    signs = Signs(
        likelihood=-1.0,
        splices=2.0,
        crossings=0.0,
        misplaced=3.0,
        begins_inside=1.0,
        breaks_off=0.0,
    )
    weights = Doubt(
        bias=9.0, likelihood=2.0, splices=0.5, misplaced=0.25, begins_inside=1.0, breaks_off=7.0
    )
    assert weights.sum_over(signs) == pytest.approx(-2.0 + 1.0 + 0.75 + 1.0)
    assert weights.probability(signs) == pytest.approx(1 / (1 + math.exp(-9.75)))
