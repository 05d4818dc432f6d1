"""FILE arguments become sources in order; what is no file says why."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path
from typing import Any

import pytest

from summae.cli.sources import Source, expand


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
    assert source.kind == kind


def test_a_kind_that_was_named_beats_the_suffix(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    (source,) = expand([str(tmp_path / "a.txt")], recursive=False, kind="jsonl")
    assert source.kind == "jsonl"


def test_a_folder_gives_its_visible_files_in_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a/c.jsonl", ".hidden/d.txt", "picture.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    sources = expand([str(tmp_path), "-"], recursive=True)
    names = [source.name for source in sources]
    assert names == [str(tmp_path / "a/c.jsonl"), str(tmp_path / "b.txt"), "-"]


def test_a_folder_is_not_read_by_accident(tmp_path: Path) -> None:
    (source,) = expand([str(tmp_path)], recursive=False)
    assert "--recursive" in str(source.problem)


def test_a_folder_without_texts_is_not_silently_empty(tmp_path: Path) -> None:
    (source,) = expand([str(tmp_path)], recursive=True)
    assert "no file in it ends in .txt" in str(source.problem)


def test_a_missing_file_keeps_its_place(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    first, second = expand([str(tmp_path / "none"), str(tmp_path / "a.txt")], recursive=False)
    assert "none: no such file" in str(first.problem)
    assert second.problem is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"content": "今晚有雨。"}', "jsonl"),
        ('\ufeff\n { "content": "今晚', "jsonl"),
        ('[\n {"content": "今晚有雨。"}]', "jsonl"),
        ("[今晚] 有雨。", "text"),
        ("{今晚} 有雨。", "text"),
        ("今晚有雨。", "text"),
        ("", "text"),
    ],
)
def test_standard_input_shows_its_kind_and_loses_nothing(text: str, kind: str) -> None:
    stdin = io.BufferedReader(io.BytesIO(text.encode()))
    assert expand(["-"], recursive=False, stdin=stdin) == [Source(None, kind)]  # type: ignore[arg-type]
    assert stdin.read().decode() == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", ["a.json", "a", "a.data"])
def test_json_lines_are_known_under_any_name(tmp_path: Path, name: str, encoding: str) -> None:
    (tmp_path / name).write_bytes('{"content": "今晚有雨。"}\n'.encode(encoding))
    (source,) = expand([str(tmp_path / name)], recursive=False)
    assert (source.kind, source.problem) == ("jsonl", None)


def test_a_first_chunk_of_one_brace_is_json() -> None:
    stdin = io.BufferedReader(io.BytesIO(b"{"))
    assert expand(["-"], recursive=False, stdin=stdin) == [Source(None, "jsonl")]  # type: ignore[arg-type]


def test_a_text_that_looks_like_json_stays_what_its_suffix_says(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text('{"content": "今晚有雨。"}', encoding="utf-8")
    assert expand([str(tmp_path / "a.txt")], recursive=False)[0].kind == "text"


def test_an_empty_name_is_no_folder() -> None:
    (source,) = expand([""], recursive=True)
    assert source.problem == "a FILE has an empty name"


def test_a_folder_that_cannot_be_read_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "a.txt").touch()
    scandir = os.scandir

    def refuse(path: str) -> Any:
        if str(path).endswith("secret"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr("os.scandir", refuse)
    unread, readable = expand([str(tmp_path)], recursive=True)
    assert unread.problem == f"{tmp_path / 'secret'}: folder not read: Permission denied"
    assert readable == Source(tmp_path / "a.txt", "text")
