"""The log of a run: a row for each validation, a picture of all steps, and what the files were."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

pytest.importorskip("matplotlib")

import training_log

SETTINGS = "\n".join(
    ["pack: ''", "generator: {width: 8}", "mixture: {}", "optimizer: {}", "training: {steps: 40}"]
)


def measured(step: int, score: float) -> dict[str, float]:
    kinds = {f"validation/{kind}": score for kind in training_log.KINDS}
    return {"step": step, **kinds, "validation/characters": 18.25}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    run = tmp_path / "run"
    for folder in ("log", "pack", "best", "last"):
        (run / folder).mkdir(parents=True)
    steps = [
        {"step": 10, "generator/nll": 6.5},
        {"step": 20, "generator/nll": 3.256},
        measured(20, 0.25),
        {"step": 40, "generator/nll": 2.5},
        measured(40, 0.3),
        measured(40, 0.314),  # once more, after a kill
    ]
    (run / "log" / "metrics.jsonl").write_text(
        "".join(json.dumps(step) + "\n" for step in steps), encoding="utf-8"
    )
    (run / "settings.yaml").write_text(SETTINGS, encoding="utf-8")
    (run / "pack" / "pairs.npz").write_bytes(b"pairs")
    (run / "best" / "model.safetensors").write_bytes(b"weights")
    (run / "last" / "model.safetensors").write_bytes(b"later weights")
    return run


def test_curves_settings_and_hashes_are_kept(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training_log, "FOLDER", tmp_path)
    training_log.write(run)
    text = (tmp_path / "training.md").read_text("utf-8")
    assert "| 20 | 3.26 | 25.0 | 25.0 | 25.0 | 18.2 |" in text
    assert "| 40 | 2.50 | 31.4 | 31.4 | 31.4 | 18.2 |" in text
    assert "30.0" not in text
    assert "generator:\n  width: 8" in text
    for name, content in (
        ("pack/pairs.npz", b"pairs"),
        ("best/model.safetensors", b"weights"),
        ("last/model.safetensors", b"later weights"),
    ):
        assert f"| {name} | `{hashlib.sha256(content).hexdigest()[:12]}` |" in text
    picture = (tmp_path / "training.svg").read_text("utf-8")
    assert "nats per token" in picture
    assert "ROUGE-L" in picture
    # The same run gives the same file, which version control can tell.
    training_log.write(run)
    assert (tmp_path / "training.svg").read_text("utf-8") == picture
    # A second stage does not overwrite the first.
    training_log.write(run, stage=2)
    assert (tmp_path / "training.md").read_text("utf-8") == text
    second = (tmp_path / "training-2.md").read_text("utf-8")
    assert second.startswith("# Training of the default model, stage 2\n")
    assert "(training-2.svg)" in second
    assert (tmp_path / "training-2.svg").exists()
