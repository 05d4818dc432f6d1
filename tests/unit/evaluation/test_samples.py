"""Rows to browse: the worst are always there, and what is marked is true."""

from __future__ import annotations

import json

import numpy as np

from summae.evaluation.results import Report
from summae.evaluation.rows import System
from summae.evaluation.runner import evaluate
from summae.evaluation.samples import LONGEST_DOCUMENT, samples


def report_of(predictions: list[str], references: list[str], documents: list[str]) -> Report:
    return evaluate(predictions, references, documents, rankings=())


def test_a_row_shows_what_was_copied_and_what_was_made_up() -> None:
    (row,) = samples(report_of(["今晚台风NASA"], ["台风"], ["台风于今晚登陆"]))
    assert row["copies"] == [[0, 2, 3], [2, 4, 0]]
    assert row["unsupported"] == [[4, 8]]
    # 今晚台风nasa are five tokens, two of them shared with two: F1 2 * 2 / (5 + 2).
    assert row["rouge_1"] == round(4 / 7, 4)
    assert (row["number"], row["length"], row["more"]) == (1, 7, 0)


def test_the_worst_are_kept_when_there_are_too_many() -> None:
    references = ["今晚有雨"] * 500
    predictions = ["今晚有雨" if place % 9 else "晴" for place in range(500)]
    report = report_of(predictions, references, references)
    rows = samples(report, limit=300)
    assert len(rows) == 300
    worst = np.flatnonzero(report.system.scores.rouge_1.f1 == 0) + 1
    assert set(worst.tolist()) <= {row["number"] for row in rows}
    assert [row["number"] for row in rows] == sorted(row["number"] for row in rows)


def test_an_endless_document_is_cut_and_says_so() -> None:
    (row,) = samples(report_of(["晴"], ["晴"], ["晴" * (LONGEST_DOCUMENT + 5)]))
    assert (len(row["document"]), row["more"]) == (LONGEST_DOCUMENT, 5)


def test_a_number_behind_the_cut_is_still_supported() -> None:
    (row,) = samples(report_of(["2030年"], ["2030年"], ["晴" * LONGEST_DOCUMENT + "2030年"]))
    assert row["unsupported"] == []


def test_other_systems_and_token_scores_go_along() -> None:
    report = evaluate(
        ["有雨"],
        ["有雨"],
        rivals=[System("theirs", ["雨"])],
        token_scores=[[("有", 0.5), ("雨", -1.0)]],
    )
    (row,) = samples(report)
    assert row["rivals"] == [["theirs", "雨", round(2 / 3, 4)]]  # 1 shared: 2 * 1 / (1 + 2)
    assert row["tokens"] == [["有", 0.5], ["雨", -1.0]]
    assert "document" not in row
    json.dumps(row)
