"""`summae pack`: made once, kept afterwards."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

pytest.importorskip("datasets")
pytest.importorskip("torch")

from summae.cli.pack import main
from summae.data.pack import TokenPack

pytestmark = pytest.mark.usefixtures("own_dataset_cache")


@pytest.fixture
def config(tmp_path: Path, news: tuple[str, ...]) -> Path:
    documents = tmp_path / "documents.jsonl"
    documents.write_text(
        "".join(json.dumps({"document": text}) + "\n" for text in news), encoding="utf-8"
    )
    (tmp_path / "headlines.txt").write_text(
        "主场球队3比1获胜\n市图书馆新馆开放\n", encoding="utf-8"
    )
    data = {
        "documents": str(documents),
        "headlines": str(tmp_path / "headlines.txt"),
        "vocabulary_size": 700,
    }
    path = tmp_path / "config.yaml"
    settings = {"output": str(tmp_path / "run"), "data": data}
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return path


def test_pack_is_made_inside_the_run_and_its_size_told(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(config)]) == 0
    folder = config.parent / "run" / "pack"
    pack = TokenPack.load(folder)
    assert (len(pack.documents), len(pack.headlines)) == (10, 2)
    assert f"{folder} holds the pack, " in capsys.readouterr().err


def test_pack_that_is_there_is_kept(config: Path) -> None:
    assert main([str(config), "--set", f"pack={config.parent / 'p'}"]) == 0
    made = (config.parent / "p" / "pack.json").stat().st_mtime_ns
    (config.parent / "headlines.txt").unlink()
    assert main([str(config), "--set", f"pack={config.parent / 'p'}"]) == 0
    assert (config.parent / "p" / "pack.json").stat().st_mtime_ns == made


@pytest.mark.parametrize(
    ("override", "complaint"),
    [
        ("data.headlines=[]", "name no texts to make one from"),
        ("data.headlines=absent.txt", "no such file: absent.txt"),
        ("data.heads=a", "did you mean 'headlines'?"),
    ],
)
def test_texts_that_are_missing_end_in_one_clear_line(
    config: Path, capsys: pytest.CaptureFixture[str], override: str, complaint: str
) -> None:
    assert main([str(config), "--set", override]) == 1
    assert complaint in capsys.readouterr().err
