"""The table of lengths: a row for each length that was asked for, and one for none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import length_table


def test_each_length_has_a_row(
    tiny_runtime: Path, news: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"document": text, "summary": text[:9]} for text in news]
    data = tmp_path / "pairs.jsonl"
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    data.write_text("".join(lines), encoding="utf-8")
    monkeypatch.setattr(length_table, "OUTPUT", tmp_path / "lengths.md")
    monkeypatch.setattr("sys.argv", ["length_table.py", str(tiny_runtime), str(data)])
    length_table.main()
    text = (tmp_path / "lengths.md").read_text("utf-8")
    table = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    header, *body = table
    assert [row[0] for row in body] == ["10", "15", "20", "30", "nothing"]
    assert {len(row) for row in body} == {len(header)}
    assert [float(row[4]) <= int(row[0]) for row in body[:4]] == [True] * 4
    assert body[-1][5] == "–"
    assert str(tmp_path) not in text
