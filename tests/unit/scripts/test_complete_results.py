"""The results end with shares of the upper bound and, where it was run, the ablation."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

import complete_results
from repository import TABLES, read_json, write_json

KINDS = ("rouge_1", "rouge_2", "rouge_l")


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """The committed tables but for the ablation."""
    for name in ("results.md", "results.json", "supervised.json", "recipes.json"):
        shutil.copy(TABLES / name, tmp_path)
    return tmp_path


def row(name: str, *scores: float, minus: float | None = None) -> dict[str, Any]:
    difference = {"mean": minus, "low": -0.01, "high": 0.02, "p_value": 0.5}
    return {
        "name": name,
        "seeds": list(range(1, len(scores) + 1)),
        "f1": [dict.fromkeys(KINDS, score) for score in scores],
        "length": [18.0] * len(scores),
        "minus_reference": None if minus is None else difference,
        "outcomes": [{"documents": 1000 + 2 * seed} for seed in range(len(scores))],
        "note": "",
    }


def ablation() -> dict[str, Any]:
    default = row("by a sentence encoder", 0.2, 0.22)
    none = {"name": "none", "missing": True}
    weights = [default | {"name": "tiers"}, row("all alike", 0.205, minus=-0.005)]
    bound = [default | {"name": "none"}, row("all", 0.42, minus=0.21)]
    return {
        "factors": [
            {
                "name": "pairs mined",
                "reference": "by a sentence encoder",
                "rows": [default, none],
            },
            {"name": "weights", "reference": "tiers", "rows": weights},
            {"name": "true pairs", "reference": "none", "rows": bound},
        ]
    }


def test_a_second_time_changes_nothing(tables: Path) -> None:
    complete_results.complete(tables)
    once = [(tables / f"results.{kind}").read_bytes() for kind in ("md", "json")]
    complete_results.complete(tables)
    assert once == [(tables / f"results.{kind}").read_bytes() for kind in ("md", "json")]


def test_what_was_there_stays(tables: Path) -> None:
    before = read_json(tables / "results.json")
    complete_results.complete(tables)
    after = read_json(tables / "results.json")
    assert {key: after[key] for key in before if key not in ("shares", "ablation")} == {
        key: value for key, value in before.items() if key not in ("shares", "ablation")
    }
    assert (tables / "results.md").read_text(encoding="utf-8").startswith("**ROUGE F1 × 100**")


def test_how_little_a_bound_has_read_stands_beside_its_shares(tables: Path) -> None:
    write_json(tables / "ablation.json", ablation())
    complete_results.complete(tables)
    text = (tables / "results.md").read_text(encoding="utf-8")
    assert "recipes.md's, on from where all rows began, 16,000 documents;" in text
    assert "ablation.md's, from fresh weights, 1,000 documents." in text


def test_shares_are_those_of_the_bound_in_the_same_table(tables: Path) -> None:
    shares = {(s.data, s.system): s.shares for s in complete_results.shares_of(tables)}
    theirs = shares["Wang and Lee, Chinese Gigaword", "adversarial REINFORCE"]
    assert theirs == pytest.approx((0.831, 0.778, 0.813), abs=5e-4)
    bounded = read_json(tables / "supervised.json")
    ours = shares["the first version of the model (supervised.md)", "zh-news"]
    ratio = bounded["system"]["rouge_l"]["f1"] / bounded["rivals"][0]["rouge_l"]["f1"]
    assert ours[2] == pytest.approx(ratio)
    assert not any(system == "supervised" for _, system in shares)


def test_ablation_is_told_with_what_it_is_compared_with(tables: Path) -> None:
    complete_results.complete(tables)
    assert "**Ablation**" not in (tables / "results.md").read_text(encoding="utf-8")
    write_json(tables / "ablation.json", ablation())
    complete_results.complete(tables)
    text = (tables / "results.md").read_text(encoding="utf-8")
    assert text.count("| nothing changed | 2 | 21.00 (20.00–22.00) |") == 1
    assert "| weights: all alike | 1 | 20.50 | 20.50 | 20.50 | 18.0 | -0.50 [-1.00, 2.00] |" in text
    assert "pairs mined: none" not in text, "it was not trained"
    assert "| parts of training (ablation.md): nothing changed | 50.0% | 50.0% | 50.0% |" in text
    kept = read_json(tables / "results.json")["ablation"]
    assert [factor["factor"] for factor in kept] == ["pairs mined", "weights", "true pairs"]
    assert "missing" not in str(kept)
