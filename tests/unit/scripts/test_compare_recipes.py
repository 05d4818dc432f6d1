"""A comparison of recipes trains what is missing, measures all rows alike and shows what came out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")

import compare_recipes

pytestmark = pytest.mark.usefixtures("fresh_accelerator")

MakeExperiment = Callable[..., Path]


def run(folder: Path, path: Path, *options: str) -> int:
    data, output = str(folder / "data.jsonl"), str(folder / "out.md")
    return compare_recipes.main([str(path), "--data", data, "--output", output, *options])


def found(folder: Path) -> Any:
    return json.loads((folder / "out.json").read_text("utf-8"))


def test_a_stopped_comparison_goes_on_and_a_finished_one_only_measures(
    folder: Path, make_experiment: MakeExperiment
) -> None:
    path = make_experiment(
        reconstructor="$judge",
        language_model="$words",
        readable=["mined only", "+ reinforced"],
    )
    # A moment of time: one step of the first run.
    assert run(folder, path, "--max-minutes", "1e-6") == 3
    assert not (folder / "out.md").exists()
    assert run(folder, path) == 0

    text = (folder / "out.md").read_text("utf-8")
    rows = found(folder)["rows"]
    assert [row["name"] for row in rows] == ["the start, untouched", "mined only", "+ reinforced"]
    assert [len(row["measured"]) for row in rows] == [1, 2, 1]
    assert rows[1]["behind"] is None
    # Two steps of batches of 4: one turn of mined, three turns of reinforced.
    documents = [row["measured"][0]["outcome"].get("documents") for row in rows]
    assert documents == [None, 8, 24]
    human = found(folder)["human"]["judged"]
    assert set(human) == {
        *("reconstruction gain over lead", "log-probability per character"),
        "told from human headlines",
    }
    assert human["told from human headlines"] == 0.5
    assert "## With the discriminator and without it" in text
    assert text.count("- human: ") == 10
    # Two steps of training: the second and the third third have one each, logged at the end.
    assert "| + reinforced | 2 to 2 |" in text
    assert str(folder) not in text + (folder / "out.json").read_text("utf-8")
    assert not (folder / "runs" / "unwanted").exists(), "nothing asked for it"

    trained = {file: file.stat().st_mtime_ns for file in (folder / "runs").rglob("*.safetensors")}
    assert run(folder, path) == 0
    assert (folder / "out.md").read_text("utf-8") == text
    assert trained == {file: file.stat().st_mtime_ns for file in trained}


def test_a_run_that_fails_is_named_and_costs_no_other(
    folder: Path, make_experiment: MakeExperiment
) -> None:
    rows = [
        {
            "name": "astray",
            "overrides": {"start": str(folder / "nowhere")},
            "note": "tried twice, in vain",
        },
        {"name": "supervised", "overrides": {"recipe": "supervised"}, "pairs": 4},
    ]
    path = make_experiment(rows=rows)
    assert run(folder, path) == 1
    text = (folder / "out.md").read_text("utf-8")
    assert "**Missing**: astray, seed 1 (failed: ModelError, see the log)." in text
    assert "| supervised | supervised | 2 | 8 | 4 |" in text
    assert "They started from “the start, untouched”, but for astray." in text
    assert "- astray: tried twice, in vain" in text


def test_what_is_finished_so_far_can_be_measured(
    folder: Path, make_experiment: MakeExperiment
) -> None:
    rows = [{"name": name, "overrides": {"recipe": "mined"}} for name in ("one", "other")]
    assert run(folder, make_experiment(rows=rows)) == 0
    more = make_experiment(rows=rows, seeds=[1, 2, 3])
    assert run(folder, more, "--now", "--max-minutes", "1e-6") == 3
    assert found(folder)["missing"] == ["seeds 2, 3 of: “one”, “other” (not trained to the end)"]
    assert [len(row["measured"]) for row in found(folder)["rows"]] == [1, 1, 1]
