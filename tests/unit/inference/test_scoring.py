"""Each term by hand on a document of one sentence."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from summae.inference.candidates import Candidate
from summae.inference.judges import Judges
from summae.inference.scoring import NAMES, Pool, terms
from summae.inference.spans import Span
from summae.text.boundaries import Boundaries
from summae.text.frequencies import BigramIdf
from summae.text.ngrams import NGramModel

DOCUMENT = "北方今晚降温，山区有雪，北方明天转晴。"


def seen(candidates: list[Candidate], judges: Judges = Judges()) -> list[dict[str, float]]:  # noqa: B008
    (found,) = terms([Pool(DOCUMENT, candidates)], judges)
    return [dict(zip(NAMES, row, strict=True)) for row in found.tolist()]


def test_what_the_generator_says_of_its_lines() -> None:
    written, span = seen(
        [Candidate("北方降温", "generated", log_prob=-3.5), Candidate("山区有雪", "extracted")]
    )
    assert (written["log_prob"], span["log_prob"]) == (-3.5, 0)


def test_consensus_is_the_mean_agreement_with_what_was_written() -> None:
    # 北方降温 has the bigrams 北方 方降 降温, 北方转晴 has 北方 方转 转晴: F1 = 2 * 1 / 6.
    one, other, span = seen(
        [
            Candidate("北方降温", "generated", log_prob=-1.0),
            Candidate("北方转晴", "generated", log_prob=-1.0),
            Candidate("北方", "extracted"),
        ]
    )
    assert one["consensus"] == other["consensus"] == pytest.approx((1 + 1 / 3) / 2)
    assert span["consensus"] == pytest.approx(2 * 1 / 4)


def test_coverage_counts_the_documents_bigrams_by_how_telling_and_how_often() -> None:
    idf = BigramIdf.train(["北方有雨", "北方多云", "山区有雪"], fewest=1)
    (span,) = seen([Candidate("北方晴", "extracted")], Judges(idf=idf))
    # 北方 stands twice in the document, 方晴 not at all.
    assert span["coverage"] == pytest.approx(math.log(4 / 3) * math.log(3), abs=0.05)


def test_the_language_model_tells_beginning_and_end() -> None:
    headlines = NGramModel.train(["北方今晚降温", "山区有雪"] * 3, fewest=(1, 1, 1))
    whole, cut = seen(
        [Candidate("北方今晚降温", "extracted"), Candidate("今晚降", "extracted")],
        Judges(headlines=headlines),
    )
    (log_probs,) = headlines.log_probs(["今晚降"])
    assert cut["language_model"] == pytest.approx(float(log_probs.sum()))
    assert cut["beginning"] == pytest.approx(float(log_probs[:2].sum()))
    assert cut["ending"] == pytest.approx(float(log_probs[-1]))
    assert whole["ending"] > cut["ending"]
    assert whole["beginning"] > cut["beginning"]


def test_position_is_told_in_hundreds_of_characters() -> None:
    first, last = seen(
        [Candidate("北方今晚降温", "extracted"), Candidate("北方明天转晴", "extracted")]
    )
    assert (first["position"], last["position"]) == (0, 0.12)


def test_fusions_are_those_of_written_lines() -> None:
    written, span = seen(
        [Candidate("北方降温", "generated", log_prob=-1.0), Candidate("北方降温了", "extracted")]
    )
    assert (written["fusions"], span["fusions"]) == (1, 0)


def test_clauses_that_lead_up_to_another_are_told() -> None:
    boundaries = Boundaries(leads={"由于": 2.0}, ends={"表示": 3.0})
    leading, said, whole = seen(
        [
            Candidate(text, "extracted")
            for text in ("由于冷空气", "气象台表示", "由于冷空气，北方降温")
        ],
        Judges(boundaries=boundaries),
    )
    assert [one["ends_incomplete"] for one in (leading, said, whole)] == [2, 3, 0]


def test_what_somebody_only_says_is_marked() -> None:
    said, told = seen(
        [
            Candidate("北方今晚降温", "extracted", span=Span(0, 6, is_reported=True)),
            Candidate("山区有雪", "extracted", span=Span(7, 11)),
        ]
    )
    assert (said["unattributed"], told["unattributed"]) == (1, 0)


def test_a_length_that_was_asked_for_may_be_missed() -> None:
    pool = Pool(DOCUMENT, [Candidate("山区有雪", "extracted")], max_characters=6)
    cut = replace(pool, candidates=[replace(pool.candidates[0], is_truncated=True)])
    found = [dict(zip(NAMES, rows[0], strict=True)) for rows in terms([pool, cut], Judges())]
    assert [(one["length_error"], one["truncated"]) for one in found] == [(2, 0), (2, 1)]


def test_without_judges_their_terms_are_nothing() -> None:
    (span,) = seen([Candidate("山区有雪", "extracted")])
    assert (span["language_model"], span["beginning"], span["ending"]) == (0, 0, 0)
    assert span["coverage"] > 0  # every bigram counts alike


def test_pools_are_scored_together_as_apart() -> None:
    headlines = NGramModel.train(["北方今晚降温", "山区有雪"] * 3, fewest=(1, 1, 1))
    pools = [
        Pool(
            DOCUMENT, [Candidate("山区有雪", "extracted"), Candidate("北方今晚降温", "extracted")]
        ),
        Pool("雨", []),
        Pool("南方今晚有雨。", [Candidate("南方今晚有雨", "extracted")]),
    ]
    together = terms(pools, Judges(headlines=headlines))
    assert [len(one) for one in together] == [2, 0, 1]
    for pool, found in zip(pools, together, strict=True):
        (alone,) = terms([pool], Judges(headlines=headlines))
        np.testing.assert_allclose(found, alone)
