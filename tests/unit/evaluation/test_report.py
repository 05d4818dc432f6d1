"""What is displayed must be what was measured."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from summae.evaluation.report import UPPER_BOUND, as_dict, markdown, tables
from summae.evaluation.results import Report
from summae.evaluation.rows import System
from summae.evaluation.runner import evaluate
from summae.evaluation.signature import Signature


@pytest.fixture
def report() -> Report:
    # 多云转晴 against 多云: ROUGE-1 and ROUGE-L have P 2/4, R 2/2, F1 2/3; ROUGE-2 has P 1/3, R 1/1,
    # F1 1/2. 雨 against 晴 is 0, so the means are 33.33 and 25.00.
    return evaluate(
        ["多云转晴", "雨"],
        ["多云", "晴"],
        ["今天多云转晴。", "明天有雨12毫米。"],
        sets=["a", "b"],
        name="ours",
        signature=Signature(system="ours@1", data="test@2", items=2),
        rivals=[System("theirs", ["多云", "晴"], revision="theirs@3")],
        rankings=(),
    )


def test_main_table_shows_percent_and_mean_length(report: Report) -> None:
    first = tables(report)[0].rows[0]
    assert first[:5] == ["ours", "33.33", "25.00", "33.33", "2.5"]


def test_every_row_is_as_wide_as_its_header(report: Report) -> None:
    for table in tables(report):
        assert {len(row) for row in table.rows} == {len(table.header)}, table.title


def test_markdown_ends_with_the_signature(report: Report) -> None:
    text = markdown(report)
    assert text.splitlines()[-1] == f"`{report.signature}`"
    assert "|system:theirs@3|" in text.splitlines()[-3]
    assert "| ours | 33.33 |" in text


def test_what_could_not_be_counted_is_a_dash(report: Report) -> None:
    numbers = next(row for row in tables(report)[-1].rows if row[0] == "numbers in document")
    assert numbers == ["numbers in document", *"––––"]


def test_json_keeps_shares_and_names_the_lead_of_each_part(report: Report) -> None:
    found = json.loads(json.dumps(as_dict(report)))
    assert found["system"]["rouge_1"]["f1"] == pytest.approx(1 / 3)
    assert found["system"]["rouge_1"]["recall"] == pytest.approx(1 / 2)
    assert found["system"]["behind"] is None
    assert [part["name"] for part in found["parts"]] == ["a", "b"]
    assert found["parts"][0]["lead"]["statistics"]["mean_length"] == 4.0


def test_precision_and_recall_stand_beside_each_other(report: Report) -> None:
    # Ours: R-1 P (2/4 + 0) / 2, R (2/2 + 0) / 2; R-2 P 1/3 / 2, R 1/1 / 2; R-L as R-1.
    rows = tables(report)[1].rows
    assert rows[0] == ["ours", "25.00", "50.00", "16.67", "50.00", "25.00", "50.00"]
    assert [row[0] for row in rows[:3]] == ["ours", "theirs", "lead, equal length"]


def test_comparisons_name_both_systems_and_correct_for_their_number(report: Report) -> None:
    table = next(one for one in tables(report) if one.header[-1] == "p, Holm")
    assert [row[:3] for row in table.rows] == [
        ["ours minus theirs", "R-1", "-66.67"],
        ["ours minus theirs", "R-2", "-25.00"],
        ["ours minus theirs", "R-L", "-66.67"],
    ]
    assert all(row[4] == row[5] for row in table.rows)  # one pair: nothing to correct


def test_a_few_rows_have_no_interval(report: Report) -> None:
    main = tables(report)[0]
    assert main.rows[0][5] == "–"
    assert main.rows[1][5:] == ["–", "-66.67", "–"]


def test_json_holds_every_class_of_rows_and_every_system(report: Report) -> None:
    found = as_dict(report)
    assert [one["name"] for one in found["rivals"]] == ["theirs"]
    difference = found["comparisons"][0]["differences"]["rouge_1"]
    assert difference["mean"] == pytest.approx(-2 / 3)
    assert difference["p_holm"] == difference["p_value"]  # one pair: nothing to correct
    assert [one["name"] for one in found["brackets"]] == []  # both summaries are in one
    assert [one["name"] for one in found["document_lengths"]] == ["7-7", "9-9"]
    assert found["document_lengths"][0]["rivals"][0]["name"] == "theirs"
    assert [one["signature"].split("|")[6] for one in found["baselines"][:3]] == [
        "system:lead, equal length",
        "system:lead, as long as theirs",
        "system:lead-20",
    ]


def test_what_share_of_the_upper_bound_is_reached(report: Report) -> None:
    titles = [table.title for table in tables(report)]
    assert "Share of the upper bound" not in titles  # theirs is none
    bound, title = report.rivals[0], "Share of the upper bound"
    bounded = replace(report, rivals=[replace(bound, name=f"theirs{UPPER_BOUND}")], parts=[])
    (table,) = [table for table in tables(bounded) if table.title == title]
    # 33.33 of 100, and 25.00 of 50: 晴 has no bigram to be alike.
    assert table.rows == [["all", "33.3%", "50.0%", "33.3%"]]
