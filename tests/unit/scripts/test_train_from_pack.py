"""Training without the command line says what is wrong in a line, and how it is called."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")

ROOT = Path(__file__).parents[3]


def called(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts" / "train_from_pack.py"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_pack_that_is_not_there_is_told_in_a_line(tmp_path: Path) -> None:
    config = str(ROOT / "configs" / "own.yaml")
    ended = called(config, f"pack={tmp_path / 'lost'}", f"output={tmp_path}", "data.documents=[]")
    assert ended.returncode == 1
    assert "train_from_pack.py: there is no token pack" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_help_tells_how_it_is_called() -> None:
    assert "train_from_pack.py CONFIG pack=FOLDER" in called("--help").stderr
