"""A plan trains one of each before it repeats the default, and every run gets the steps it can pay."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")

from search.cost import Cost
from search.experiment import Experiment
from search.plan import Draft, Plan, steps_for
from search.runs import Run, told
from summae.config import flattened, from_mapping, load_config
from summae.errors import ConfigError
from summae.models.generator import build_generator
from summae.recipes.settings import PipelineSettings

CONFIGS = Path(__file__).parents[4] / "configs"
COST = Cost(flops_per_document=2e9, source_tokens=90.0, target_tokens=14.0, parameters=7)


def plan_of(name: str, *overrides: str) -> Plan:
    return Plan(load_config(Experiment, CONFIGS / f"{name}.yaml", overrides), CONFIGS)


def experiment(**values: Any) -> Experiment:
    factor = {"name": "width", "alternatives": [{"name": "32"}]}
    whole = {"training_flops": 1e9, "factors": [factor], **values}
    return from_mapping(Experiment, whole)


def test_the_first_pass_of_the_search_has_one_of_each() -> None:
    drafts = plan_of("generator-search").drafts
    assert [draft.name for draft in drafts[-2:]] == ["default", "default"]
    first = drafts[:-2]
    assert len(first) == 30
    assert {draft.settings.training.seed for draft in first} == {1}
    assert [draft.settings.training.seed for draft in drafts[-2:]] == [2, 3]
    assert len({draft.settings.output for draft in drafts}) == len(drafts)


def test_every_alternative_of_the_search_changes_something_else() -> None:
    changes = [told(draft.settings) for draft in plan_of("generator-search").drafts[:-2]]
    assert all(changes.count(change) == 1 for change in changes)


def test_runs_with_the_same_data_share_a_pack() -> None:
    # Characters, 8 K, 16 K and 32 K; whatever else is varied reads the default's.
    assert len({draft.settings.pack for draft in plan_of("generator-search").drafts}) == 4


def test_all_parts_of_the_ablation_are_tried_at_equal_cost() -> None:
    drafts = plan_of("ablation").drafts
    cost = {draft.name: draft.flops for draft in drafts}
    tried = [draft for draft in drafts if not draft.name.startswith("start ")]
    paid = [draft.flops + cost.get(draft.starts_from, 0.0) for draft in tried]
    assert paid == [1e14] * len(tried)
    changes = [told(draft.settings) for draft in tried if draft.settings.training.seed == 1]
    assert all(changes.count(change) == 1 for change in changes)
    # Mined by meaning, that in a model's order, by words, from the newspaper's headlines alone, and of true pairs.
    assert len({draft.settings.pack for draft in drafts}) == 5
    (alone,) = (d for d in tried if d.name == "headlines of the newspaper alone")
    assert [Path(source).name for source in alone.settings.data.headlines] == [
        "headlines-train.parquet::headline"
    ]


def test_no_row_of_the_ablation_but_the_bound_has_true_pairs() -> None:
    for draft in plan_of("ablation").drafts:
        is_bound = draft.name == "true pairs all"
        assert bool(draft.settings.data.supervised) == is_bound
        assert (draft.settings.recipe == "supervised") == is_bound


def test_the_sizes_of_the_scale_are_those_of_their_names() -> None:
    for draft in plan_of("generator-scale").drafts:
        if draft.name.startswith("parameters"):
            shape = replace(draft.settings.generator, copying_start=False)
            with torch.device("meta"):
                model = build_generator(shape, vocab_size=draft.settings.data.vocabulary_size)
            wanted = 1e6 * int(draft.name.split()[1])
            assert model.num_parameters() == pytest.approx(wanted, rel=0.1), draft.name


def test_what_is_pretrained_comes_first_and_is_paid_for() -> None:
    plan = plan_of("generator-pretraining")
    names = [draft.name for draft in plan.drafts]
    assert names[:4] == [
        *("start span denoising", "start gap sentence", "start next sentence", "default")
    ]
    starts = {draft.name: draft.starts_from for draft in plan.drafts}
    assert starts["before 1 K pairs gap sentence"] == "start gap sentence"
    (gap,) = (d for d in plan.drafts if d.name == "before 1 K pairs gap sentence")
    assert gap.settings.start == f"{plan.drafts[1].settings.output}/last"
    # What is compared with it has as much in all.
    (nothing,) = (d for d in plan.drafts if d.name == "before 1 K pairs nothing")
    assert nothing.flops == gap.flops + plan.drafts[1].flops


@pytest.mark.parametrize(
    ("flops", "documents", "steps"),
    # 1e12 / 2e9 are 500 documents, 125 batches of 4; a budget below one batch still buys one.
    [(1e12, 0, 125), (0.0, 402, 100), (1.0, 0, 1)],
)
def test_steps_are_what_the_budget_pays(flops: float, documents: int, steps: int) -> None:
    settings = from_mapping(PipelineSettings, {"mixture": {"batch_size": 4}})
    assert steps_for(Draft("x", settings, flops, documents), COST) == steps


def test_all_budgets_grow_together() -> None:
    alternative = {"name": "32", "training_flops": 2e9}
    whole = experiment(times=10.0, factors=[{"name": "width", "alternatives": [alternative]}])
    assert [draft.flops for draft in Plan(whole, CONFIGS).drafts[:2]] == [1e10, 2e10]


def test_nested_overrides_mean_what_dotted_ones_do() -> None:
    overrides = {"training": {"precision": "no"}, "data.mining": {"per_document": 0}, "start": ""}
    assert dict(flattened(overrides)) == {
        "training.precision": "no",
        "data.mining.per_document": 0,
        "start": "",
    }


def test_only_another_search_is_not_trained() -> None:
    alternatives = [
        {"name": "greedy", "decoding": {"beam_size": 1}},
        {"name": "wide", "decoding": {"beam_size": 6}, "overrides": {"generator.width": 640}},
    ]
    plan = Plan(experiment(factors=[{"name": "search", "alternatives": alternatives}]), CONFIGS)
    assert [draft.name for draft in plan.drafts] == [
        *("default", "search wide", "default", "default")
    ]
    (section,) = plan.sections
    assert [row.draft for row in section.rows] == ["default", "default", "search wide"]
    assert [row.decoding.beam_size for row in section.rows] == [4, 1, 6]


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"training_documents": 5}, "either training_flops or training_documents"),
        ({"factors": []}, "factors to vary"),
        (
            {"factors": [{"name": "a", "alternatives": [{"name": "x"}, {"name": "X!"}]}]},
            "a name of its own",
        ),
        ({"factors": [{"name": "a", "reference": "b"}]}, "reference names an alternative, got 'b'"),
        ({"factors": [{"name": "a", "default": "-"}]}, "without the default needs a reference"),
        ({"decoding": {"beams": 4}}, "unknown decoding settings beams"),
        ({"overrides": {"training.steps": 5}}, "training.steps follow from budget"),
        ({"overrides": {"mixture.source_tokens": 200}}, "reads 200 tokens .* keeps 128"),
        ({"overrides": {"start": "$nobody"}}, r"\$nobody is not prepared"),
        ({"overrides": {"generator.widht": 5}}, "did you mean 'width'"),
        (
            {
                "factors": [
                    {
                        "name": "precision",
                        "alternatives": [
                            {"name": "x", "overrides": {"training.precision": "bf16"}}
                        ],
                    }
                ]
            },
            "has one precision",
        ),
    ],
)
def test_an_experiment_that_cannot_be_run_is_refused_before_training(
    values: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ConfigError, match=complaint):
        Plan(experiment(**{"decoding": {"beam_size": 4}, **values}), CONFIGS)


def test_a_run_knows_what_it_was_trained_with(tmp_path: Path) -> None:
    def run(**training: Any) -> Run:
        values = {"output": str(tmp_path), "training": training}
        settings = from_mapping(PipelineSettings, values)
        return Run("x", 1, settings, COST, pairs=8, flops_before=0.0)

    run(steps=5).write({"ended": "steps"})
    assert run(steps=5).outcome == {"ended": "steps"}
    # Defaults are not remembered, so settings that come with a later version change nothing.
    assert told(run(steps=5).settings) == {"training": {"steps": 5}}
    with pytest.raises(ConfigError, match="trained with other settings"):
        _ = run(steps=6).outcome
