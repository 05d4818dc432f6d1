"""A comparison of recipes trains what is missing, measures all rows alike and shows what came out."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")

from summae.config import from_mapping, load_config
from summae.data.pack import TokenPack, TruePairs
from summae.errors import ConfigError
from summae.evaluation.statistics import measure

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "scripts"))
import compare_recipes as comparison

pytestmark = pytest.mark.usefixtures("fresh_accelerator")
SHAPE = {
    **{"width": 16, "heads": 2, "feed_forward": 32, "dropout": 0.0},
    **{"encoder_layers": 1, "decoder_layers": 1, "max_positions": 160},
}
CONFIG = {
    "generator": SHAPE,
    "mixture": {"batch_size": 4, "bucket_batches": 2, "pairs_share": 1.0},
    "reconstructor": {"shape": SHAPE, "target": {"max_tokens": 8}},
    "discriminator": {"width": 16, "layers": 1},
    "language_model": {"shape": {"width": 16, "heads": 2, "feed_forward": 32, "layers": 1}},
    "writing": {"max_tokens": 6},
    "training": {"steps": 2, "warmup_steps": 1},
}


@pytest.fixture
def folder(tiny_pack: TokenPack, tmp_path: Path, news: tuple[str, ...]) -> Path:
    """A pack with true pairs, a configuration, and data to measure on."""
    pairs = TruePairs(
        documents=tiny_pack.documents,
        headlines=tiny_pack.headlines,
        headline_characters=tiny_pack.headline_characters,
    )
    replace(tiny_pack, supervised=pairs).save(tmp_path / "pack")
    (tmp_path / "base.yaml").write_text(yaml.safe_dump(CONFIG), encoding="utf-8")
    rows = [{"document": text, "summary": text[:12], "set": "made up"} for text in news]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (tmp_path / "data.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path


def experiment(folder: Path, **values: Any) -> Path:
    """The file of an experiment of two rows, one of them with two seeds."""
    path = folder / "experiment.yaml"
    content = {
        "output": str(folder / "runs"),
        "pack": str(folder / "pack"),
        "config": "base.yaml",
        "start": "$start",
        "prepared": [
            {"name": "start", "overrides": {"recipe": "mined"}},
            {"name": "words", "overrides": {"recipe": "language_model"}},
            {"name": "reader", "overrides": {"recipe": "reconstructor"}},
            {"name": "judge", "overrides": {"recipe": "reconstructor"}, "seeds": [7]},
            {"name": "unwanted", "overrides": {"recipe": "mined"}},
        ],
        "rows": [
            {"name": "mined only", "overrides": {"recipe": "mined"}, "seeds": [1, 2]},
            {
                "name": "+ reinforced",
                "overrides": {"recipe": "reinforced", "reconstructor.start": "$reader"},
            },
        ],
        **values,
    }
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def run(folder: Path, path: Path, *options: str) -> int:
    data, output = str(folder / "data.jsonl"), str(folder / "out.md")
    return comparison.main([str(path), "--data", data, "--output", output, *options])


def test_a_stopped_comparison_goes_on_and_a_finished_one_only_measures(folder: Path) -> None:
    path = experiment(
        folder,
        reconstructor="$judge",
        language_model="$words",
        readable=["mined only", "+ reinforced"],
    )
    # A moment of time: one step of the first run.
    assert run(folder, path, "--max-minutes", "1e-6") == 3
    assert not (folder / "out.md").exists()
    assert run(folder, path) == 0

    text = (folder / "out.md").read_text("utf-8")
    found = json.loads((folder / "out.json").read_text("utf-8"))
    assert [row["name"] for row in found["rows"]] == [
        *("the start, untouched", "mined only", "+ reinforced")
    ]
    assert [len(row["measured"]) for row in found["rows"]] == [1, 2, 1]
    assert found["rows"][1]["behind"] is None
    # Two steps of batches of 4: one turn of mined, three turns of reinforced.
    documents = [row["measured"][0]["outcome"].get("documents") for row in found["rows"]]
    assert documents == [None, 8, 24]
    assert {"reconstruction gain over lead", "log-probability per character"} == set(
        found["human"]["judged"]
    )
    assert "## Readable with the discriminator, not without it" in text
    assert text.count("- human: ") == 10
    assert str(folder) not in text + (folder / "out.json").read_text("utf-8")
    assert not (folder / "runs" / "unwanted").exists(), "nothing asked for it"

    trained = {file: file.stat().st_mtime_ns for file in (folder / "runs").rglob("*.safetensors")}
    assert run(folder, path) == 0
    assert (folder / "out.md").read_text("utf-8") == text
    assert trained == {file: file.stat().st_mtime_ns for file in trained}


def test_a_run_that_fails_is_named_and_costs_no_other(folder: Path) -> None:
    rows = [
        {"name": "astray", "overrides": {"start": str(folder / "nowhere")}},
        {"name": "supervised", "overrides": {"recipe": "supervised"}, "pairs": 4},
    ]
    path = experiment(folder, rows=rows)
    assert run(folder, path) == 1
    text = (folder / "out.md").read_text("utf-8")
    assert "**Missing**: astray, seed 1 (failed: ModelError, see the log)." in text
    assert "| supervised | supervised | 2 | 8 | 4 |" in text
    assert "They started from “the start, untouched”, but for astray." in text


def test_what_was_trained_otherwise_is_refused(folder: Path) -> None:
    path = experiment(folder)
    plan = comparison.Plan(load_config(comparison.Experiment, path), folder)
    plan.runs[0].write({"ended": "steps"})
    again = comparison.Plan(
        load_config(comparison.Experiment, path, ["overrides={training.steps: 3}"]), folder
    )
    assert plan.runs[0].outcome == {"ended": "steps"}
    with pytest.raises(ConfigError, match="trained with other settings"):
        _ = again.runs[0].outcome


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"start": "$nobody"}, r"\$nobody is not prepared"),
        ({"reconstructor": "$reader"}, r"\+ reinforced is trained with a model that judges it"),
        ({"readable": ["nobody"]}, "readable names rows"),
        ({"rows": []}, "rows name what is compared"),
        ({"rows": [{"name": "+ a"}, {"name": "a"}]}, "names of their own, got a twice"),
        ({"decoding": {"beams": 4}}, "unknown decoding settings beams"),
    ],
)
def test_an_experiment_that_cannot_be_run_is_refused_before_training(
    folder: Path, values: dict[str, Any], complaint: str
) -> None:
    path = experiment(folder, **values)
    with pytest.raises(ConfigError, match=complaint):
        comparison.Plan(load_config(comparison.Experiment, path), folder)


def test_models_are_prepared_before_those_who_need_them_and_once() -> None:
    path = ROOT / "configs" / "comparison.yaml"
    plan = comparison.Plan(load_config(comparison.Experiment, path), path.parent)
    names = [run.row.name for run in plan.preparations]
    assert names == ["start", "reader", "prior", "independent", "reader-of-headlines"]
    assert plan.preparations[0].settings.start == ""
    starts = {run.settings.start for run in plan.runs if run.row.name != "start"}
    assert starts == {plan.start} == {"runs/comparison/start/seed-1/best"}
    assert len({run.folder for run in plan.runs}) == len(plan.runs)


def test_pairs_reach_both_recipes_that_see_some() -> None:
    path = ROOT / "configs" / "comparison.yaml"
    plan = comparison.Plan(load_config(comparison.Experiment, path), path.parent)
    for run in plan.rows["semi_supervised, 1 K pairs"]:
        assert run.settings.semi_supervised.count == 1000
    assert [run.settings.training.seed for run in plan.rows["supervised"]] == [1, 2, 3]


def test_rows_are_compared_document_by_document_on_the_mean_over_seeds() -> None:
    def measured(*f1: float) -> comparison.Measured:
        nothing = measure(["雨"], ["雨"])
        values = {kind: np.array(f1) for kind in comparison.KINDS}
        return comparison.Measured(values, {}, nothing, {}, nothing, {}, [], "", {})

    # Means over seeds are (0.3, 0.5); the other row is 0.1 better on each of the two documents,
    # so no draw of documents gives another difference.
    rows = {"a": [measured(0.2, 0.6), measured(0.4, 0.4)], "b": [measured(0.4, 0.6)]}
    nothing = measure(["雨"], ["雨"])
    found = comparison.Found(rows, nothing, {}, {}, "")
    (difference,) = comparison._differences(found, "a").values()
    assert difference.mean == pytest.approx(0.1)
    assert (difference.low, difference.high) == (pytest.approx(0.1), pytest.approx(0.1))


def test_a_row_may_bring_settings_of_its_own(folder: Path) -> None:
    given = from_mapping(
        comparison.Row, {"name": "x", "overrides": {"reward_tuned.rewards": {"coverage": 2}}}
    )
    whole = comparison.Experiment(config="base.yaml", rows=(given,))
    (run,) = comparison.Plan(whole, folder).rows["x"]
    assert run.settings.reward_tuned.rewards == {"coverage": 2}
