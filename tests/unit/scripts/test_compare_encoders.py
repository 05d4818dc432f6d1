"""Encoders side by side: each method with each seed, once, and what it shows on held-out documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")

import compare_encoders
from encoders.plan import Experiment
from summae.representations.checkpoint import load_encoder

if TYPE_CHECKING:
    from summae.data.sentences_pack import SentencePack

pytestmark = pytest.mark.usefixtures("fresh_accelerator", "one_thread")

BASE: dict[str, Any] = {
    "recipe": "quick_thought",
    "encoder": {"width": 16, "feed_forward": 32, "output": 16},
    "batches": {"sentences_per_batch": 20},
    "training": {
        "steps": 4,
        "warmup_steps": 1,
        "log_every": 1,
        "validate_every": 2,
        "save_every": 2,
    },
}


@pytest.fixture
def experiment(tiny_sentences: SentencePack, tmp_path: Path) -> Path:
    tiny_sentences.save(tmp_path / "pack")
    for recipe in ("quick_thought", "infomax"):
        text = yaml.safe_dump({**BASE, "recipe": recipe})
        (tmp_path / f"{recipe}.yaml").write_text(text, encoding="utf-8")
    content = {
        "output": str(tmp_path / "runs"),
        "pack": str(tmp_path / "pack"),
        "seeds": [1, 2],
        "rows": [
            {"name": "Quick", "config": "quick_thought.yaml"},
            {"name": "DIM", "config": "infomax.yaml", "seeds": [1], "note": "smaller"}
            | {"overrides": {"encoder.output": 8}},
        ],
    }
    path = tmp_path / "experiment.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def compare(experiment: Path, *words: str) -> int:
    output = experiment.with_name("out.md")
    return compare_encoders.main([str(experiment), "--output", str(output), *words])


def test_every_row_is_trained_with_every_seed_and_told_once(
    experiment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert compare(experiment) == 0
    text = experiment.with_name("out.md").read_text("utf-8")
    assert "| row | next_sentence | uniformity | alignment | rank | minutes |" in text
    assert "**infomax, held-out documents**\n\n| row | bound | accuracy | auroc | prior |" in text
    assert "- **DIM** (`configs/infomax.yaml`): smaller." in text
    quick = next(line for line in text.splitlines() if line.startswith("| Quick |"))
    assert "[" in quick  # two seeds have a range
    runs = json.loads(experiment.with_name("out.json").read_text("utf-8"))["runs"]
    assert list(runs["Quick"]) == ["seed 1", "seed 2"]
    assert runs["Quick"]["seed 1"]["sentences"] == 4 * 20
    folder = experiment.parent / "runs" / "dim" / "seed-1"
    assert load_encoder(folder / "best")[1]["dimensions"] == 8
    # Critics stay, checkpoints go.
    assert (folder / "method.safetensors").exists()
    assert not (folder / "checkpoints").exists()
    # Again, nothing is trained.
    monkeypatch.setattr("unfinished.train", lambda settings: pytest.fail("trained twice"))
    assert compare(experiment) == 0
    assert experiment.with_name("out.md").read_text("utf-8") == text


def test_time_that_is_up_is_an_exit_status_and_a_word_in_the_table(
    experiment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare(experiment, "--max-minutes", "1e-9") == 3
    assert "0 of 3 runs are finished; run it again" in capsys.readouterr().out
    assert compare(experiment, "--max-minutes", "1e-9", "--now") == 3
    assert "**Missing**: " in experiment.with_name("out.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "rows need names of their own, got none"),
        ([{"name": "a", "config": "x"}, {"name": "A", "config": "x"}], "of their own, got a"),
        ([{"name": "a"}], "row 'a' needs the configuration of its method"),
    ],
)
def test_rows_that_cannot_be_told_apart_or_trained_are_refused(
    rows: list[dict[str, str]], message: str
) -> None:
    from comparison.experiment import Row

    with pytest.raises(ValueError, match=message):
        Experiment(rows=tuple(Row(**row) for row in rows))  # type: ignore[arg-type]
