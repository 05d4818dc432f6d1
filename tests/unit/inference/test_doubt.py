"""What gives a poor line away, and what it makes of its probability."""

from __future__ import annotations

import math

import pytest

from summae.inference.doubt import Doubt, Signs, signs
from summae.inference.ranking import READ

DOCUMENT = "受冷空气影响，北方多地今晨降温8度，部分山区出现小雪。"


def test_signs_by_hand() -> None:
    # 方|降温8|人: two joints, and 8 is followed by 度 alone; it begins behind 北.
    seen = signs("方降温8人", DOCUMENT, likelihood=-0.5)
    assert (seen.likelihood, seen.splices, seen.misplaced) == (-0.5, 2, 1)
    assert (seen.begins_inside, seen.breaks_off) == (1, 0)
    assert signs("北方多地今晨降", DOCUMENT, likelihood=0).breaks_off == 1
    assert signs("北方多地", DOCUMENT, likelihood=0).begins_inside == 0


def test_a_line_that_crosses_sentences_is_told() -> None:
    document = "总理李强会见来宾。习近平主席去年访问了格鲁吉亚。"
    assert signs("习近平会见来宾", document, likelihood=0).crossings == 1
    assert signs("李强会见来宾", document, likelihood=0).crossings == 0


def test_what_the_model_never_read_explains_nothing() -> None:
    late = "晴" * READ + "北方降温"
    assert signs("北方降温", late, likelihood=0).splices > 0


def test_probability_is_logistic_in_the_weighted_signs() -> None:
    seen = Signs(
        likelihood=-1.0, splices=2, crossings=0, misplaced=0, begins_inside=1, breaks_off=0
    )
    doubt = Doubt(bias=0.5, likelihood=-1.0, splices=0.25, begins_inside=-2.0, breaks_off=9.0)
    assert doubt.probability(seen) == pytest.approx(0.5)  # 0.5 + 1 + 0.5 - 2 = 0
    doubt = Doubt(bias=1.0, likelihood=0.0)
    assert doubt.probability(seen) == pytest.approx(1 / (1 + math.exp(-1)))


def test_by_default_the_unlikelier_line_is_doubted_more() -> None:
    sure, unsure = (signs("北方多地", DOCUMENT, likelihood=value) for value in (-0.2, -1.5))
    assert Doubt().probability(sure) < Doubt().probability(unsure)
