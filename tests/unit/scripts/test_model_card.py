"""The card tells of every stage that made the model in the package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import model_card
from repository import read_json, write_json

SHIPPED = model_card.TRAINING


def first() -> dict[str, Any]:
    stage: dict[str, Any] = read_json(SHIPPED)[0]
    return stage | {"steps": 8000, "hours": 2.0}


def test_stages_are_told_in_order(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    second = first() | {
        "config": "configs/self-training.yaml",
        "made": "2030-01-02",
        "steps": 600,
        "hours": 0.4,
        "written": 17339,
    }
    monkeypatch.setattr(model_card, "TRAINING", tmp_path / "training.json")
    write_json(model_card.TRAINING, [first(), second])
    told = model_card.card()
    assert (
        "2030-01-02, `summae train configs/zh-news.yaml --set data.mining.encoder=`, "
        "then `summae train configs/self-training.yaml`" in told
    )
    assert "8,000 steps of 64 (2.0 hours), then 600 steps of 64 (0.4 hours)" in told
    assert "17,339 lines that its own search had chosen" in told


def test_of_one_stage_nothing_else_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(model_card, "TRAINING", tmp_path / "training.json")
    write_json(model_card.TRAINING, [first()])
    assert "then" not in model_card.card().partition("## Scores")[0]
