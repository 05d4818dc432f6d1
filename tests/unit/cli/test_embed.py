"""`summae embed`: a vector for each text, in files that can be read, whatever goes wrong."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from summae import SentenceEncoder
from summae.cli import vectors as module
from summae.cli.main import main
from summae.cli.reading import Record
from summae.cli.sources import Source

Run = Callable[..., int]


@pytest.fixture
def run(tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: main(["embed", *map(str, arguments), "-m", str(tiny_encoder)])


@pytest.fixture
def news_jsonl(tmp_path: Path, news: tuple[str, ...]) -> Path:
    rows = [{"content": text, "number": number} for number, text in enumerate(news)]
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    (tmp_path / "news.jsonl").write_text("".join(lines), encoding="utf-8")
    return tmp_path / "news.jsonl"


@pytest.fixture
def encoder(tiny_encoder: Path) -> SentenceEncoder:
    return SentenceEncoder.from_pretrained(tiny_encoder)


def test_rows_of_a_table_become_rows_of_an_array(
    run: Run, news_jsonl: Path, news: tuple[str, ...], encoder: SentenceEncoder
) -> None:
    assert run(news_jsonl, "--output", "v.npy") == 0
    expected = encoder.encode(news, per="document")
    found = np.load("v.npy")
    assert found.dtype == np.float32
    assert found == pytest.approx(expected, abs=1e-6)
    # Batches of 2 make several windows, hence several writes.
    assert run(news_jsonl, "--output", "v.npy", "--force", "--batch-size", 1) == 0
    assert np.load("v.npy") == pytest.approx(expected, abs=1e-6)


def test_parquet_keeps_the_columns(
    run: Run, news_jsonl: Path, news: tuple[str, ...], encoder: SentenceEncoder
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    assert run(news_jsonl, "-o", "v.parquet", "--column", "vector", "--batch-size", 1) == 0
    table = parquet.read_table("v.parquet")
    assert table.column_names == ["content", "number", "vector"]
    assert table["content"].to_pylist() == list(news)
    found = np.array(table["vector"].to_pylist(), np.float32)
    assert found == pytest.approx(encoder.encode(news, per="document"), abs=1e-6)
    # A parquet file as input, too, with all its columns.
    assert run("v.parquet", "-o", "again.parquet") == 0
    again = parquet.read_table("again.parquet")
    assert again.column_names == ["content", "number", "vector", "embedding"]
    assert np.array(again["embedding"].to_pylist()) == pytest.approx(found, abs=1e-6)


def test_sentences_say_where_they_stood(run: Run, tmp_path: Path, encoder: SentenceEncoder) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    (tmp_path / "a.txt").write_text("今晚有雨。明天放晴！\n气温回升。", encoding="gb18030")
    assert run("a.txt", "--per", "sentence", "-o", "v.parquet") == 0
    rows = parquet.read_table("v.parquet").to_pylist()
    texts = [row["sentence_text"] for row in rows]
    assert texts == ["今晚有雨。", "明天放晴！", "气温回升。"]
    assert [(row["file"], row["sentence"]) for row in rows] == [("a.txt", n) for n in (1, 2, 3)]
    found = np.array([row["embedding"] for row in rows], np.float32)
    assert found == pytest.approx(encoder.encode(texts), abs=1e-6)


def test_lines_folders_and_standard_input(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoder: SentenceEncoder
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("今晚有雨\n\n明天放晴\n", encoding="utf-8")
    (tmp_path / "in" / "b.csv").write_text("text\n气温回升\n", encoding="utf-8")
    assert run("in", "-r", "--per", "line", "-o", "v.npy") == 0
    expected = encoder.encode(["今晚有雨", "明天放晴", "气温回升"])
    assert np.load("v.npy") == pytest.approx(expected, abs=1e-6)
    stdin = io.TextIOWrapper(io.BufferedReader(io.BytesIO("今晚有雨\n".encode())))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert run("-", "-o", "w.npy") == 0
    assert np.load("w.npy") == pytest.approx(expected[:1], abs=1e-6)


@pytest.mark.parametrize(("policy", "rows"), [("skip", 2), ("null", 3)])
def test_an_unusable_text_costs_itself_alone(
    run: Run, tmp_path: Path, policy: str, rows: int, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = '{"text": "今晚有雨"}\n{"text": ""}\n{"text": "明天放晴"}\n'
    (tmp_path / "a.jsonl").write_text(lines, encoding="utf-8")
    assert run("a.jsonl", "-o", "v.npy", "--on-error", policy) == 0
    found = np.load("v.npy")
    assert len(found) == rows
    assert np.isnan(found).all(axis=1).sum() == rows - 2
    said = capsys.readouterr().err
    assert "summae embed: a.jsonl, line 2: the document is empty" in said
    assert "1 unusable text\n" in said
    if policy == "null":
        parquet = pytest.importorskip("pyarrow.parquet")
        assert run("a.jsonl", "-o", "v.parquet", "--on-error", "null") == 0
        written = parquet.read_table("v.parquet")["embedding"].to_pylist()
        assert [vector is None for vector in written] == [False, True, False]


def test_what_came_before_a_bad_row_is_kept(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], encoder: SentenceEncoder
) -> None:
    lines = '{"text": "今晚有雨"}\n' * 9 + "no json\n"
    (tmp_path / "a.jsonl").write_text(lines, encoding="utf-8")
    assert run("a.jsonl", "-o", "v.npy", "--batch-size", 1) == 1
    assert "a.jsonl, line 10: not JSON" in capsys.readouterr().err
    assert np.load("v.npy") == pytest.approx(encoder.encode(["今晚有雨"] * 9), abs=1e-6)


def test_every_state_of_the_array_file_can_be_read(tmp_path: Path) -> None:
    source = Source(None, "text")
    with (tmp_path / "v.npy").open("w+b") as stream:
        writer = module.NpyWriter(stream, 2)
        for rows in (1, 120):
            writer.write([Record(source, {})] * rows, np.ones((rows, 2), np.float32))
            np.load(tmp_path / "v.npy")
    assert np.load(tmp_path / "v.npy").shape == (121, 2)


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (["a.txt"], 2, "name the file to write with --output"),
        (["a.txt", "-o", "v.txt"], 2, "--output ends in .npy or .parquet, got v.txt"),
        (["a.txt", "-o", "old.npy"], 1, "old.npy exists; overwrite it with --force"),
        (["a.txt", "-o", "none/v.npy"], 1, "there is no folder none"),
        (["b.txt", "-o", "v.npy"], 1, "b.txt: no such file"),
        ([".", "-o", "v.npy"], 1, "with --recursive the files in it are read"),
        (["t.csv", "-o", "v.npy"], 1, "no field 'document' or 'content' or 'text'"),
        (["a.txt", "-o", "v.npy", "--encoding", "rot13"], 2, "no text encoding"),
        (["t.csv", "-o", "v.parquet", "--field", "a", "--column", "a"], 1, "has a column 'a'"),
    ],
)
def test_wrong_use_is_told_in_a_line(
    run: Run,
    tmp_path: Path,
    arguments: list[str],
    code: int,
    complaint: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "a.txt").write_text("今晚有雨", encoding="utf-8")
    (tmp_path / "t.csv").write_text("a\n今晚有雨\n", encoding="utf-8")
    (tmp_path / "old.npy").write_text("precious")
    assert run(*arguments) == code
    said = capsys.readouterr().err
    assert said.startswith("summae embed: ")
    assert complaint in said
    assert (tmp_path / "old.npy").read_text() == "precious"


def test_an_empty_table_gives_an_empty_array(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("")
    assert run("a.jsonl", "-o", "v.npy") == 0
    assert np.load("v.npy").shape == (0, 12)
    parquet = pytest.importorskip("pyarrow.parquet")
    assert run("a.jsonl", "-o", "v.parquet") == 0
    table = parquet.read_table("v.parquet")
    assert (table.column_names, table.num_rows) == (["embedding"], 0)


def test_parquet_without_its_packages_names_the_extra(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text("今晚有雨", encoding="utf-8")
    monkeypatch.setattr("summae.cli.embed.find_spec", lambda name: None)
    assert run("a.txt", "-o", "v.parquet") == 1
    assert "writing parquet needs packages of the extra 'data'" in capsys.readouterr().err


def test_a_missing_encoder_is_told_before_the_output_is_touched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text("今晚有雨", encoding="utf-8")
    output = tmp_path / "v.npy"
    output.write_text("precious")
    arguments = ["embed", str(tmp_path / "a.txt"), "-o", str(output), "--force", "-m", "nothing"]
    assert main(arguments) == 1
    assert "summae embed: there is no model 'nothing'" in capsys.readouterr().err
    assert output.read_text() == "precious"
