"""The command `summarize` on real files, with a tiny model: every way in, every way out."""

from __future__ import annotations

import csv
import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from summae import Length, Summarizer

Run = Callable[..., Any]


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_one_text_file_gives_its_summary(
    run: Run, tmp_path: Path, news: tuple[str, ...], expected: list[str]
) -> None:
    assert run(write(tmp_path / "a.txt", news[0])) == (0, f"{expected[0]}\n", "")


def test_several_files_are_named(
    run: Run, tmp_path: Path, news: tuple[str, ...], expected: list[str]
) -> None:
    files = [write(tmp_path / f"{number}.txt", news[number]) for number in (2, 0)]
    lines = [f"{files[0]}\t{expected[2]}\n", f"{files[1]}\t{expected[0]}\n"]
    assert run(*files) == (0, "".join(lines), "")


def test_a_folder_is_read_recursively(
    run: Run, tmp_path: Path, news: tuple[str, ...], expected: list[str]
) -> None:
    for number, text in enumerate(news):
        write(tmp_path / "articles" / f"{number}.txt", text)
    ended = run(tmp_path / "articles", "--recursive")
    assert [line.split("\t")[1] for line in ended.out.splitlines()] == expected


def test_lines_are_documents_on_request(
    run: Run, tmp_path: Path, news: tuple[str, ...], expected: list[str]
) -> None:
    file = write(tmp_path / "a.txt", "\n".join(news))
    assert run(file, "--per", "line").out.splitlines() == expected


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_the_encoding_of_a_file_is_found_out(
    run: Run, tmp_path: Path, news: tuple[str, ...], expected: list[str], encoding: str
) -> None:
    (tmp_path / "a.txt").write_bytes(news[0].encode(encoding))
    assert run(tmp_path / "a.txt") == (0, f"{expected[0]}\n", "")


def test_big5_is_found_out_and_answered_in_traditional_script(
    run: Run, tmp_path: Path, news: tuple[str, ...], expected: list[str]
) -> None:
    (tmp_path / "a.txt").write_bytes(news[8].encode("big5"))
    assert run(tmp_path / "a.txt") == (0, f"{expected[8]}\n", "")


def test_standard_input_is_read(
    news_jsonl: Path, command: Callable[..., list[str]], expected: list[str]
) -> None:
    arguments = command("-", "--field", "content", "--jobs", "2")
    with news_jsonl.open("rb") as stdin:
        ended = subprocess.run(arguments, stdin=stdin, capture_output=True, check=True)
    assert [json.loads(line)["summary"] for line in ended.stdout.splitlines()] == expected
    assert ended.stderr == b""


def test_a_document_of_a_million_characters_is_one_of_many(
    run: Run, tmp_path: Path, news: tuple[str, ...]
) -> None:
    file = write(tmp_path / "a.txt", news[0] * 25_000)
    started = time.perf_counter()
    ended = run(file)
    assert (ended.code, len(ended.out.splitlines())) == (0, 1)
    assert time.perf_counter() - started < 5


def test_jsonl_stays_jsonl_with_a_field_more(
    run: Run, news_jsonl: Path, news: tuple[str, ...], expected: list[str]
) -> None:
    rows = [json.loads(line) for line in run(news_jsonl).out.splitlines()]
    assert rows == [
        {"id": number, "content": text, "summary": summary}
        for number, (text, summary) in enumerate(zip(news, expected, strict=True))
    ]


def test_text_files_give_jsonl_on_request(
    run: Run, tmp_path: Path, news: tuple[str, ...], expected: list[str]
) -> None:
    file = write(tmp_path / "a.txt", news[0])
    row = json.loads(run(file, "--format", "jsonl").out)
    assert row == {"file": str(file), "summary": expected[0]}


def test_csv_stays_csv_with_a_column_more(
    run: Run, tmp_path: Path, news: tuple[str, ...], expected: list[str]
) -> None:
    file = write(tmp_path / "a.csv", "id,text\n" + "".join(f"7,{text}\n" for text in news))
    rows = list(csv.DictReader(run(file, "--column", "ours").out.splitlines()))
    assert [(row["id"], row["ours"]) for row in rows] == [("7", summary) for summary in expected]


def test_parquet_stays_parquet_with_a_column_more(
    run: Run, tmp_path: Path, news: tuple[str, ...], expected: list[str]
) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pyarrow.table({"document": list(news)}), tmp_path / "a.parquet")
    assert run(tmp_path / "a.parquet", "--output", tmp_path / "b.parquet").code == 0
    table = parquet.read_table(tmp_path / "b.parquet")
    assert table.column_names == ["document", "summary"]
    assert table["summary"].to_pylist() == expected


def test_the_length_is_kept(run: Run, news_jsonl: Path) -> None:
    for arguments, longest in ((("--length", "10"), 10), (("--length", "20%"), 10)):
        ended = run(news_jsonl, "--format", "text", *arguments)
        assert ended.code == 0
        assert all(0 < len(line) <= longest for line in ended.out.splitlines())


def test_beams_are_those_of_the_library(
    run: Run, tiny_runtime: Path, news_jsonl: Path, news: tuple[str, ...]
) -> None:
    summarizer = Summarizer.from_pretrained(tiny_runtime)
    greedy = summarizer.summarize(news, beams=1, length=Length.characters(18))
    ended = run(news_jsonl, "--format", "text", "--beams", "1", "--length", "18")
    assert ended.out.splitlines() == [summary.text for summary in greedy]


def test_json_lines_in_utf16_are_known_on_standard_input(
    command: Callable[..., list[str]], news: tuple[str, ...], expected: list[str]
) -> None:
    data = (json.dumps({"text": news[0]}, ensure_ascii=False) + "\n").encode("utf-16-le")
    ended = subprocess.run(command(), input=data, capture_output=True, check=True)
    assert json.loads(ended.stdout)["summary"] == expected[0]


def test_a_summary_in_the_input_is_kept_beside_the_new_one(
    run: Run, tmp_path: Path, news: tuple[str, ...], expected: list[str]
) -> None:
    file = write(tmp_path / "a.jsonl", json.dumps({"text": news[0], "summary": "有雨"}) + "\n")
    ended = run(file)
    row = {"text": news[0], "summary": "有雨", "summary_summae": expected[0]}
    assert (ended.code, json.loads(ended.out)) == (0, row)
    assert ended.err.startswith(f"summarize: {file} has a column 'summary' already; the summaries")
    assert ended.err.count("\n") == 1

    again = run(write(tmp_path / "b.jsonl", ended.out))
    assert json.loads(again.out) == {**row, "summary_summae_2": expected[0]}


def test_a_column_that_was_named_is_not_changed(run: Run, tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", '{"text": "今晚有雨。", "ours": "有雨"}\n')
    ended = run(file, "--column", "ours")
    assert (ended.code, ended.out) == (1, "")
    assert f"{file}, line 1: has a column 'ours' already; name another" in ended.err


@pytest.mark.parametrize("to_file", [False, True])
def test_tsv_stays_tsv(
    run: Run, tmp_path: Path, expected: list[str], news: Any, to_file: bool
) -> None:
    file = write(tmp_path / "a.tsv", f"id\ttext\n7\t{news[0]}\n")
    ended = run(file, *(("--output", tmp_path / "b.tsv") if to_file else ()))
    written = (tmp_path / "b.tsv").read_text(encoding="utf-8") if to_file else ended.out
    assert written == f"id\ttext\tsummary\n7\t{news[0]}\t{expected[0]}\n"


def test_tsv_to_csv_gets_commas(run: Run, tmp_path: Path) -> None:
    file = write(tmp_path / "a.tsv", "id\ttext\n7\t今晚有雨。\n")
    assert run(file, "--format", "csv").out.startswith("id,text,summary\n")


@pytest.mark.parametrize(
    ("name", "content", "out"),
    [
        ("a.csv", "id,text\n", "id,text,summary\n"),
        ("a.csv", "", ""),
        ("a.jsonl", "", ""),
        ("a.jsonl", "\n", ""),
    ],
)
def test_a_table_without_rows_is_no_error(
    run: Run, tmp_path: Path, name: str, content: str, out: str
) -> None:
    assert run(write(tmp_path / name, content)) == (0, out, "")


def test_a_summary_column_is_not_repeated_in_a_table_without_rows(run: Run, tmp_path: Path) -> None:
    ended = run(write(tmp_path / "a.csv", "text,summary\n"))
    assert (ended.code, ended.out) == (0, "text,summary,summary_summae\n")
    assert "the summaries go to 'summary_summae'" in ended.err


@pytest.mark.parametrize("name", ["a.parquet", "a.csv"])
def test_a_table_without_rows_gives_a_parquet_file_without_rows(
    run: Run, tmp_path: Path, name: str
) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    columns = pyarrow.schema([("id", pyarrow.string()), ("text", pyarrow.string())])
    parquet.write_table(columns.empty_table(), tmp_path / "a.parquet")
    write(tmp_path / "a.csv", "id,text\n")
    assert run(tmp_path / name, "--output", tmp_path / "b.parquet") == (0, "", "")
    table = parquet.read_table(tmp_path / "b.parquet")
    assert (table.num_rows, table.column_names) == (0, ["id", "text", "summary"])
