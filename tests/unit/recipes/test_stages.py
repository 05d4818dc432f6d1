"""What each stage of a configuration stands for: folders, starts, overrides, refusals."""

from __future__ import annotations

from typing import Any

import pytest

from summae.config import from_mapping
from summae.errors import ConfigError
from summae.recipes.settings import PipelineSettings
from summae.recipes.stages import stages_of


def stages(*overrides: Any, **common: Any) -> list[PipelineSettings]:
    values = {"output": "runs/x", **common, "stages": list(overrides)}
    return list(stages_of(from_mapping(PipelineSettings, values)))


def test_without_stages_the_settings_stand_for_themselves() -> None:
    settings = PipelineSettings(output="runs/x")
    assert list(stages_of(settings)) == [settings]


def test_each_stage_has_a_folder_and_starts_from_the_best_generator_before() -> None:
    first, second = stages({"recipe": "denoising"}, {"recipe": "mined"}, start="begin")
    assert (first.output, second.output) == ("runs/x/1-denoising", "runs/x/2-mined")
    assert (first.start, second.start) == ("begin", "runs/x/1-denoising/best")


def test_a_stage_may_start_from_elsewhere_or_anew() -> None:
    _, elsewhere, anew = stages({}, {"start": "other"}, {"start": ""})
    assert (elsewhere.start, anew.start) == ("other", "")


def test_judges_with_a_stage_of_their_own_judge_in_those_after_it() -> None:
    _, model, reader, judge, game = stages(
        {"recipe": "mined"},
        {"recipe": "language_model"},
        {"recipe": "reconstructor"},
        {"recipe": "discriminator"},
        {"recipe": "reward_tuned"},
    )
    assert (model.language_model.start, reader.reconstructor.start) == ("", "")
    assert reader.language_model.start == "runs/x/2-language_model/best"
    assert game.reconstructor.start == "runs/x/3-reconstructor/best"
    assert judge.discriminator.start == ""
    assert game.discriminator.start == "runs/x/4-discriminator/best"
    assert game.start == "runs/x/1-mined/best", "none of the three is a generator"


def test_a_stage_overrides_single_values_and_leaves_their_neighbours() -> None:
    (stage,) = stages(
        {"training": {"steps": 7}, "reconstructor": {"shape": {"width": 64}}},
        training={"steps": 9, "warmup_steps": 5},
    )
    assert (stage.training.steps, stage.training.warmup_steps) == (7, 5)
    assert (stage.reconstructor.shape.width, stage.reconstructor.shape.heads) == (64, 4)


def test_rewards_named_in_a_stage_are_all_there_are() -> None:
    (stage,) = stages({"reward_tuned": {"rewards": {"length": 1}}})
    assert stage.reward_tuned.rewards == {"length": 1.0}


def test_all_stages_share_one_pack() -> None:
    assert {stage.pack for stage in stages({}, {})} == {"runs/x/pack"}
    assert {stage.pack for stage in stages({}, {}, pack="elsewhere")} == {"elsewhere"}


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ({"recipe": "minde"}, r"stages\[2\].recipe"),
        ({"trainig": {"steps": 3}}, r"'stages\[2\].trainig'; did you mean 'training'"),
        ({"training": {"step": 3}}, r"'stages\[2\].training.step'; did you mean 'steps'"),
        ({"output": "elsewhere"}, r"stages\[2\].output is common to all"),
        ({"stages": [{}]}, r"stages\[2\].stages is common to all"),
        ({"training": {"precision": "bf16"}}, "one precision"),
        ("mined", "takes values by name, got 'mined'"),
    ],
)
def test_a_mistake_in_a_later_stage_is_found_at_once(second: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        stages({"recipe": "mined"}, second)
