"""`summae evaluate` from the command line to the tables and files it leaves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from summae.cli.evaluate import main

ROWS = [
    {
        "document": "受冷空气影响，北方多地今晨降温。",
        "summary": "冷空气来袭北方降温",
        "set": "weather",
    },
    {"document": "主队昨晚以三比一获胜。", "summary": "主队三比一获胜", "set": "sport"},
    {"document": "新地铁线路今天开通。", "summary": "新地铁线路开通", "set": "traffic"},
    {"document": "台风今晚登陆，沿海停航。", "summary": "台风今晚登陆", "set": "weather"},
]


def write_lines(path: Path, rows: list[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "test.jsonl", ROWS)


@pytest.fixture
def perfect(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "perfect.jsonl", [{"summary": row["summary"]} for row in ROWS])


def test_perfect_summaries_score_a_hundred(
    data: Path, perfect: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(perfect), "--data", str(data), "--no-rankings"]) == 0
    printed = capsys.readouterr().out
    first = next(line for line in printed.splitlines() if line.strip().startswith("perfect"))
    assert first.split()[1:4] == ["100.00", "100.00", "100.00"]
    assert "weather, 2 rows" in printed
    assert "…" not in printed
    assert printed.splitlines()[-1].startswith("rouge:f1|unit:character|")


def test_all_baselines_stand_in_the_json_report(data: Path, perfect: Path, tmp_path: Path) -> None:
    pytest.importorskip("sumy")
    output = tmp_path / "report.json"
    assert main([str(perfect), "--data", str(data), "--json", str(output)]) == 0
    report = json.loads(output.read_text("utf-8"))
    names = [result["name"] for result in report["baselines"]]
    assert names == ["lead, equal length", "lead-20", "TextRank", "LexRank"]
    assert report["system"]["rouge_l"]["f1"] == 1.0
    assert "|sumy:" in report["signature"]


def test_limit_judges_the_summaries_of_the_rows_it_takes(
    data: Path, perfect: Path, tmp_path: Path
) -> None:
    output = tmp_path / "report.json"
    options = ["--limit", "2", "--no-rankings", "--json", str(output)]
    assert main([str(perfect), "--data", str(data), *options]) == 0
    report = json.loads(output.read_text("utf-8"))
    assert "|n:2|" in report["signature"]
    assert report["system"]["rouge_1"]["f1"] == 1.0
    assert [part["name"] for part in report["parts"]] == ["weather", "traffic"]


def test_markdown_holds_the_signature(data: Path, perfect: Path, tmp_path: Path) -> None:
    output = tmp_path / "report.md"
    assert (
        main([str(perfect), "--data", str(data), "--no-rankings", "--markdown", str(output)]) == 0
    )
    assert output.read_text("utf-8").splitlines()[-1].startswith("`rouge:f1|")


def test_a_model_folder_is_run_on_the_documents(
    data: Path, tiny_runtime: Path, tmp_path: Path
) -> None:
    output = tmp_path / "report.json"
    options = ["--no-rankings", "--json", str(output)]
    assert main([str(tiny_runtime), "--data", str(data), *options]) == 0
    report = json.loads(output.read_text("utf-8"))
    assert report["system"]["statistics"]["summaries"] == len(ROWS)
    assert "|decoding:beam_size=2,length_penalty=1.0," in report["signature"]
    assert "|system:tiny@" in report["signature"]


def test_other_numbers_of_summaries_and_rows_are_refused(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    system = write_lines(tmp_path / "short.jsonl", [{"summary": "晴"}])
    assert main([str(system), "--data", str(data)]) == 1
    message = capsys.readouterr().err
    assert "holds 1 summaries" in message
    assert "4 rows" in message


def test_a_missing_model_is_a_clear_message(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["no-such-model", "--data", str(data)]) == 1
    assert "no-such-model" in capsys.readouterr().err


def test_a_report_that_could_not_be_written_is_refused_before_the_work(
    data: Path, perfect: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "missing" / "report.json"
    assert main([str(perfect), "--data", str(data), "--json", str(output)]) == 1
    captured = capsys.readouterr()
    assert "there is no folder" in captured.err
    assert captured.out == ""


def test_a_wrong_command_line_is_exit_status_two(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["model"]) == 2
    assert "--data" in capsys.readouterr().err
