"""FILE arguments become sources in order; what is no file says why."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from summae.cli.sources import Source, expand
from summae.errors import InputError


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.txt", "text"),
        ("a", "text"),
        ("a.JSONL", "jsonl"),
        ("a.ndjson", "jsonl"),
        ("a.csv", "csv"),
        ("a.tsv", "csv"),
        ("a.parquet", "parquet"),
    ],
)
def test_the_suffix_tells_the_kind(tmp_path: Path, name: str, kind: str) -> None:
    (tmp_path / name).touch()
    (source,) = expand([str(tmp_path / name)], recursive=False)
    assert isinstance(source, Source)
    assert source.kind == kind


def test_a_kind_that_was_named_beats_the_suffix(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    (source,) = expand([str(tmp_path / "a.txt")], recursive=False, kind="jsonl")
    assert isinstance(source, Source)
    assert source.kind == "jsonl"


def test_a_folder_gives_its_visible_files_in_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a/c.jsonl", ".hidden/d.txt", "picture.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    sources = expand([str(tmp_path), "-"], recursive=True)
    names = [source.name for source in sources if isinstance(source, Source)]
    assert names == [str(tmp_path / "a/c.jsonl"), str(tmp_path / "b.txt"), "-"]


def test_a_folder_is_not_read_by_accident(tmp_path: Path) -> None:
    (error,) = expand([str(tmp_path)], recursive=False)
    assert isinstance(error, InputError)
    assert "--recursive" in str(error)


def test_a_folder_without_texts_is_not_silently_empty(tmp_path: Path) -> None:
    (error,) = expand([str(tmp_path)], recursive=True)
    assert isinstance(error, InputError)
    assert "no file in it ends in .txt" in str(error)


def test_a_missing_file_keeps_its_place(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    first, second = expand([str(tmp_path / "none"), str(tmp_path / "a.txt")], recursive=False)
    assert isinstance(first, InputError)
    assert "none: no such file" in str(first)
    assert isinstance(second, Source)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"content": "今晚有雨。"}', "jsonl"),
        ('\ufeff\n { "content": "今晚', "jsonl"),
        ("{今晚} 有雨。", "text"),
        ("今晚有雨。", "text"),
        ("", "text"),
    ],
)
def test_standard_input_shows_its_kind_and_loses_nothing(text: str, kind: str) -> None:
    stdin = io.BufferedReader(io.BytesIO(text.encode()))
    assert expand(["-"], recursive=False, stdin=stdin) == [Source(None, kind)]  # type: ignore[arg-type]
    assert stdin.read().decode() == text
