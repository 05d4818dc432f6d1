"""The table of runtimes: three that search alike, the last of which the others are compared with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("torch")

import runtime_table


def test_each_runtime_has_a_row_and_is_compared_with_the_last(
    tiny_runtime: Path,
    tiny_checkpoint: Path,
    news: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [{"document": text, "summary": text[:9]} for text in news]
    data = tmp_path / "pairs.jsonl"
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    data.write_text("".join(lines), encoding="utf-8")
    monkeypatch.setattr(runtime_table, "OUTPUT", tmp_path / "runtimes.md")
    monkeypatch.setattr(runtime_table, "TURN", 4)
    monkeypatch.setattr(
        "sys.argv", ["runtime_table.py", str(tiny_runtime), str(tiny_checkpoint), str(data)]
    )
    runtime_table.main()
    text = (tmp_path / "runtimes.md").read_text("utf-8")
    assert "10 documents" in text
    assert str(tmp_path) not in text
    table = [line[2:-2].split(" | ") for line in text.splitlines() if line.startswith("| ")]
    _, shipped, full, torch = table
    # The tiny model is shipped in float32.
    assert shipped[1:6] == full[1:6]
    # Random weights are of many minds, and two engines break ties otherwise.
    assert float(full[5].rstrip("%")) >= 50
    assert torch[4:7] == ["", "", "1.0"]
