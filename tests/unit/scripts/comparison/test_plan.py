"""A plan has every run that a comparison needs, each after those that it needs itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

from comparison.experiment import Experiment, Row
from comparison.plan import Plan
from summae.config import from_mapping, load_config
from summae.errors import ConfigError
from unfinished import title

MakeExperiment = Callable[..., Path]

SHIPPED = Path(__file__).parents[4] / "configs" / "comparison.yaml"


def plan_of(path: Path) -> Plan:
    return Plan(load_config(Experiment, path), path.parent)


def test_all_rows_have_their_first_seed_before_any_has_its_second(
    make_experiment: MakeExperiment,
) -> None:
    rows = [{"name": "a", "seeds": [1, 2, 3]}, {"name": "b", "seeds": [5]}, {"name": "c"}]
    plan = plan_of(make_experiment(rows=rows, seeds=[1, 2]))
    assert [title(run) for run in plan.runs] == [
        "start, seed 1",
        *("a, seed 1", "b, seed 5", "c, seed 1"),
        *("a, seed 2", "c, seed 2"),
        "a, seed 3",
    ]


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
    make_experiment: MakeExperiment, values: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ConfigError, match=complaint):
        plan_of(make_experiment(**values))


def test_models_are_prepared_before_those_who_need_them_and_once() -> None:
    plan = plan_of(SHIPPED)
    names = [run.row.name for run in plan.preparations]
    assert names == ["start", "reader", "prior", "judge", "independent", "reader-of-headlines"]
    assert plan.preparations[0].settings.start == ""
    starts = {run.settings.start for run in plan.runs if run.row.name != "start"}
    assert starts == {plan.start} == {"runs/comparison/start/seed-1/best"}
    assert len({run.folder for run in plan.runs}) == len(plan.runs)


def test_pairs_reach_both_recipes_that_see_some() -> None:
    plan = plan_of(SHIPPED)
    for run in plan.rows["semi_supervised, 1 K pairs"]:
        assert run.settings.semi_supervised.count == 1000
    assert [run.settings.training.seed for run in plan.rows["supervised"]] == [1, 2, 3]


def test_a_row_may_bring_settings_of_its_own(folder: Path) -> None:
    values = {"name": "x", "overrides": {"reward_tuned.rewards": {"coverage": 2}}}
    experiment = Experiment(config="base.yaml", rows=(from_mapping(Row, values),))
    (run,) = Plan(experiment, folder).rows["x"]
    assert run.settings.reward_tuned.rewards == {"coverage": 2}
