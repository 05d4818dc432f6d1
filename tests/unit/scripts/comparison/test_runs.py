"""A run knows whether what lies in its folder is its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

pytest.importorskip("torch")

from comparison.experiment import Experiment
from comparison.plan import Plan
from comparison.runs import Run
from repository import write_json
from summae.config import load_config, to_mapping
from summae.errors import ConfigError

MakeExperiment = Callable[..., Path]


@pytest.fixture
def first(make_experiment: MakeExperiment) -> Run:
    path = make_experiment()
    return Plan(load_config(Experiment, path), path.parent).runs[0]


def slower(run: Run) -> Run:
    training = replace(run.settings.training, steps=run.settings.training.steps + 1)
    return Run(run.row, run.seed, replace(run.settings, training=training))


def test_what_was_trained_otherwise_is_refused(first: Run) -> None:
    assert first.outcome == {}
    first.write({"ended": "steps"})
    assert first.outcome == {"ended": "steps"}
    with pytest.raises(ConfigError, match="trained with other settings"):
        _ = slower(first).outcome


def test_a_setting_that_is_new_is_no_other_setting(first: Run) -> None:
    # As it was begun when there was no `schedule` yet, with the minutes that were left then.
    first.write({})
    about = {"digest": "of fewer settings", "outcome": {"ended": "steps"}}
    write_json(first.folder / "run.json", about)
    with pytest.raises(ConfigError, match="trained with other settings"):
        _ = first.outcome
    values = to_mapping(first.settings)
    del values["training"]["schedule"]
    values["training"]["max_minutes"] = 9.5
    (first.folder / "settings.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    assert first.outcome == {"ended": "steps"}
    with pytest.raises(ConfigError, match="trained with other settings"):
        _ = slower(first).outcome
