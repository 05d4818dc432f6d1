"""What is displayed must be what was measured."""

from __future__ import annotations

import json

import pytest

from summae.evaluation.report import as_dict, markdown, tables
from summae.evaluation.runner import Report, evaluate


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
        signature="rouge:f1|n:2",
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
    assert text.splitlines()[-1] == "`rouge:f1|n:2`"
    assert "| ours | 33.33 |" in text


def test_what_could_not_be_counted_is_a_dash(report: Report) -> None:
    numbers = next(row for row in tables(report)[-1].rows if row[0] == "numbers in document")
    assert numbers == ["numbers in document", "–", "–", "–"]


def test_json_keeps_shares_and_names_the_lead_of_each_part(report: Report) -> None:
    found = json.loads(json.dumps(as_dict(report)))
    assert found["system"]["rouge_1"]["f1"] == pytest.approx(1 / 3)
    assert found["system"]["rouge_1"]["recall"] == pytest.approx(1 / 2)
    assert found["system"]["behind"] is None
    assert [part["name"] for part in found["parts"]] == ["a", "b"]
    assert found["parts"][0]["lead"]["statistics"]["mean_length"] == 4.0
