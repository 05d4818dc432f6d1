"""Tables say what was scored, and a difference only with its interval."""

from __future__ import annotations

import json

import numpy as np
import pytest

from summae.evaluation.embeddings.documents import Documents
from summae.evaluation.embeddings.report import (
    Report,
    as_dict,
    comparisons,
    markdown,
    report,
    signature,
)
from summae.evaluation.embeddings.suite import Bench, Judged, Outcome


def judged(
    name: str, scores: list[list[float]], speed: float | None = 100.0, revision: str = ""
) -> Judged:
    return Judged(name, {"next": Outcome(np.array(scores), chance=0.1)}, speed, revision)


OURS = judged("ours", [[1, 1, 0, 1] * 5, [1, 1, 1, 1] * 5], 50.0, "4f2a")
THEIRS = judged("theirs", [[1, 0, 0, 1] * 5, [0, 0, 1, 1] * 5], 100.0)


def test_documents_are_paired_after_the_mean_over_seeds() -> None:
    # Per document, ours (1, 1, .5, 1) minus theirs (.5, 0, .5, 1) = (.5, 1, 0, 0): mean 0.375.
    (found,) = comparisons([THEIRS, OURS], [("ours", "theirs")])
    difference = found.differences["next"]
    assert difference.mean == pytest.approx(0.375)
    assert 0 < difference.low < 0.375 < difference.high < 1
    assert found.p_holm["next"] == difference.p_value  # one comparison only: nothing to raise


def test_p_values_are_raised_over_all_comparisons() -> None:
    both = comparisons([THEIRS, OURS], [("ours", "theirs"), ("theirs", "ours")])
    p_value = both[0].differences["next"].p_value
    assert both[0].p_holm["next"] == pytest.approx(2 * p_value)


def test_among_many_comparisons_a_plain_difference_is_still_found() -> None:
    plain = judged("ours", [[1] * 40]), judged("theirs", [[0] * 40])
    many = comparisons(plain, [("ours", "theirs")] * 100)
    assert many[0].p_holm["next"] < 0.05


def test_tables_hold_means_chance_range_and_speed() -> None:
    rows = markdown(Report([THEIRS, OURS, judged("ceiling", [[1.0]], None)], [], "signed"))
    # Theirs: 10 of 20 in both seeds. Ours: 15 and 20 of 20, mean 0.875.
    assert "| next | 0.100 | 0.500 | 0.875 | 1.000 |" in rows
    assert "| next | 0.500–0.500 | 0.750–1.000 |  |" in rows
    assert "| texts/s ÷ theirs's |  | 1.00 | 0.50 |  |" in rows
    assert "minus" not in rows
    assert rows.endswith("`signed`")


def test_the_report_is_json(documents: Documents) -> None:
    found = report([THEIRS, OURS], [("ours", "theirs")], Bench(documents, documents))
    content = json.loads(json.dumps(as_dict(found), allow_nan=False))
    assert content["chance"] == {"next": 0.1}
    assert content["embedders"][1] == {
        "name": "ours",
        "revision": "4f2a",
        "speed": 0.5,
        "tasks": {"next": {"mean": 0.875, "by_seed": [0.75, 1.0], "documents": 20}},
    }
    assert content["comparisons"][0]["differences"]["next"]["mean"] == pytest.approx(0.375)


def test_the_signature_changes_with_what_is_asked(documents: Documents) -> None:
    bench = Bench(documents, documents)
    assert signature(bench) == signature(Bench(documents, documents))
    assert signature(bench) != signature(Bench(documents, documents, seeds=(5,)))
    assert signature(bench) != signature(Bench(documents, documents.take(range(29))))
    assert "|n:30|" in signature(bench)
    assert "|systems:ours@4f2a|" in signature(bench, [THEIRS, OURS])
