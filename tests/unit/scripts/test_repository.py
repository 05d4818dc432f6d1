"""Files are written whole, and no folder of anyone's machine is printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from repository import NEWS, as_typed, read_json, read_lines, write_json


def test_the_printed_command_names_no_folder_and_can_be_typed() -> None:
    words = ["configs/own.yaml", "--pack", Path("/home/me/pack"), "--set", "start=/home/me/best"]
    assert as_typed("it.py", *words) == "python scripts/it.py own.yaml --pack pack --set start=best"
    files = "data.documents=[/home/me/a.jsonl, b/c.jsonl]"
    assert as_typed("it.py", files) == "python scripts/it.py 'data.documents=[a.jsonl, c.jsonl]'"


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    write_json(file, {"雨": 1})
    assert read_json(file) == {"雨": 1}
    assert "雨" in file.read_text("utf-8")
    with pytest.raises(TypeError):
        write_json(file, {"雨": object()})
    assert [path.name for path in tmp_path.iterdir()] == ["file.json"]
    assert read_json(file) == {"雨": 1}


def test_the_news_is_found() -> None:
    assert {"id", "document", "summary"} <= read_lines(NEWS)[0].keys()
