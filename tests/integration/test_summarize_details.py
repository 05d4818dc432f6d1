"""How sure a summary is, in tables, as a bar, and explained."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from summae.cli.summarize import main

ROWS = (
    {"text": "受冷空气影响，北方多地今晚气温下降超过10度，部分山区出现小雪。", "id": 1},
    {"text": "市图书馆新馆本周六向读者开放，馆内设有三百个座位。", "id": 2},
    {"text": "雨", "id": 3},
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "news.jsonl"
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS)
    file.write_text("".join(lines), encoding="utf-8")
    return file


def rows(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_details_stand_beside_the_summary(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(table), "--details"]) == 0
    found = rows(capsys.readouterr().out)
    assert [row["id"] for row in found] == [1, 2, 3]
    assert all(0 <= float(str(row["summary_confidence"])) <= 1 for row in found)
    assert {row["summary_source"] for row in found} <= {"generated", "extracted"}
    assert found[2] == {
        **ROWS[2],
        "summary": "雨",
        "summary_confidence": 1.0,
        "summary_source": "extracted",
    }


def test_a_csv_has_them_too(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(table), "--details", "--format", "csv"]) == 0
    header, *body = csv.reader(io.StringIO(capsys.readouterr().out))
    assert header == ["text", "id", "summary_confidence", "summary_source", "summary"]
    assert len(body) == 3


def test_parquet_has_them_too(table: Path, tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    first, second = tmp_path / "a.parquet", tmp_path / "b.parquet"
    assert main([str(table), "--details", "--output", str(first)]) == 0
    assert pq.read_table(first)["summary_confidence"].to_pylist()[2] == 1.0
    assert main([str(first), "--details", "--output", str(second), "--column", "again"]) == 0
    assert pq.read_table(second).column_names[-3:] == ["again_confidence", "again_source", "again"]


def test_a_parquet_file_may_begin_with_empty_summaries(table: Path, tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    out = tmp_path / "out.parquet"
    options = ["--min-confidence", "1", "--batch-size", "1", "--jobs", "1"]
    table.write_text(table.read_text("utf-8") * 9, encoding="utf-8")  # several windows of rows
    assert main([str(table), *options, "--details", "--output", str(out)]) == 0
    found = pq.read_table(out)
    assert found["summary"].to_pylist() == [None, None, "雨"] * 9
    assert found.schema.field("summary_confidence").type == "double"


def test_text_has_no_place_for_them(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(table), "--details", "--format", "text"]) == 2
    assert "--format jsonl or --format csv" in capsys.readouterr().err


def test_what_a_reader_hardly_finds_good_is_left_empty_and_counted(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(table), "--min-confidence", "1", "--details"]) == 0
    told = capsys.readouterr()
    found = rows(told.out)
    assert [row["summary"] for row in found] == [None, None, "雨"]
    assert all(row["summary_source"] for row in found)  # an editor can sort by them
    assert "left empty: 2 summaries below --min-confidence 1" in told.err
    assert main([str(table), "--min-confidence", "0"]) == 0
    assert all(row["summary"] for row in rows(capsys.readouterr().out))


@pytest.mark.parametrize("bar", ["2", "-0.1", "much"])
def test_a_bar_that_is_no_probability_is_refused(
    table: Path, bar: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(table), "--min-confidence", bar]) == 2
    assert "--min-confidence" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_an_interrupted_table_with_details_goes_on(table: Path, tmp_path: Path, form: str) -> None:
    whole, torn = tmp_path / f"whole.{form}", tmp_path / f"torn.{form}"
    options = [str(table), "--details", "--min-confidence", "0.9"]
    assert main([*options, "--output", str(whole)]) == 0
    content = whole.read_bytes()
    torn.write_bytes(content[: len(content) * 2 // 3])
    assert main([*options, "--output", str(torn), "--resume"]) == 0
    assert torn.read_bytes() == content


def test_an_interrupted_text_with_empty_lines_goes_on(table: Path, tmp_path: Path) -> None:
    whole, torn = tmp_path / "whole.txt", tmp_path / "torn.txt"
    options = [str(table), "--min-confidence", "1", "--format", "text"]
    assert main([*options, "--output", str(whole)]) == 0
    torn.write_bytes(whole.read_bytes()[:1])
    assert main([*options, "--output", str(torn), "--resume"]) == 0
    assert torn.read_bytes() == whole.read_bytes()


def test_details_never_replace_a_column_of_the_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "news.jsonl"
    file.write_text(json.dumps(ROWS[0] | {"summary_source": "wire"}) + "\n", encoding="utf-8")
    assert main([str(file), "--details"]) == 1
    assert "has a column 'summary_source' already" in capsys.readouterr().err


def test_a_summary_is_explained(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(table), "--explain"]) == 0
    page = capsys.readouterr().out
    assert "confidence" in page
    assert "candidates, " in page
    assert "coverage" in page


@pytest.mark.parametrize(
    "option", [["--details"], ["--format", "jsonl"], ["--min-confidence", "0.5"]]
)
def test_explaining_takes_no_option_of_writing(
    table: Path, option: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(table), "--explain", *option]) == 2
    assert f"takes no {option[0]}" in capsys.readouterr().err
