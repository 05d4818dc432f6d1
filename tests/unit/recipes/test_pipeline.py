"""Stages one after another: each begins where the one before was best, and none is done twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")

from recipe_runs import logged
from safetensors.torch import load_file

from summae.data.pack import TokenPack
from summae.errors import ConfigError, InputError
from summae.recipes.pipeline import train
from summae.recipes.settings import PipelineSettings
from summae.training.alarms import STANDARD_ALARMS, Alarm

pytestmark = pytest.mark.usefixtures("fresh_accelerator", "one_thread")
MakeSettings = Callable[..., PipelineSettings]


@pytest.fixture
def make(
    pack_with_pairs: TokenPack, tiny_settings: MakeSettings, tmp_path: Path
) -> Callable[..., PipelineSettings]:
    """Settings of several stages."""
    pack_with_pairs.save(tmp_path / "pack")

    def settings(*stages: dict[str, Any], **sections: Any) -> PipelineSettings:
        return tiny_settings("mined", pack=str(tmp_path / "pack"), stages=list(stages), **sections)

    return settings


def weights(folder: Path) -> dict[str, Any]:
    return load_file(folder / "model.safetensors")


def test_a_stage_begins_as_the_best_of_the_one_before(
    make: Callable[..., PipelineSettings],
) -> None:
    # The second learns nothing: what it leaves is what it began with.
    asleep = {"learning_rate": 0.0}
    settings = make({"recipe": "denoising"}, {"recipe": "mined", "optimizer": asleep})
    outcome = train(settings)
    assert (outcome.number, outcome.count, outcome.is_over) == (2, 2, True)
    first, second = (Path(settings.output, name) for name in ("1-denoising", "2-mined"))
    best, last = weights(first / "best"), weights(second / "last")
    assert all(torch.equal(best[name], last[name]) for name in best)


def test_finished_stages_are_not_trained_again(make: Callable[..., PipelineSettings]) -> None:
    settings = make({"recipe": "denoising"}, {"recipe": "mined"})
    train(settings)
    stage = replace(settings, output=str(Path(settings.output, "1-denoising")))
    before = logged(stage, "generator/loss")
    assert train(settings).is_over
    assert logged(stage, "generator/loss") == before


def test_a_run_goes_on_in_the_stage_where_its_time_was_up(
    make: Callable[..., PipelineSettings],
) -> None:
    stages = ({"recipe": "denoising"}, {"recipe": "back_translation"})
    undisturbed = make(*stages)
    train(replace(undisturbed, output=undisturbed.output + "-undisturbed"))
    hurried = make(*stages, training={"steps": 4, "max_minutes": 1e-9})
    stood = []
    for _ in range(9):
        outcome = train(hurried)
        stood.append((outcome.number, outcome.step))
        if outcome.is_over:
            break
    # A session does one step; the one that ends a stage also takes the first of the next.
    assert stood == [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3), (2, 4)]
    ours, theirs = (
        weights(Path(output, "2-back_translation", "last"))
        for output in (hurried.output, undisturbed.output + "-undisturbed")
    )
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_a_stage_that_ends_early_is_followed_by_the_next(
    make: Callable[..., PipelineSettings],
) -> None:
    # Without learning no validation is better than the first, so patience ends it after two.
    early = {
        "optimizer": {"learning_rate": 0.0},
        "training": {"steps": 8, "validate_every": 1, "patience": 2},
    }
    outcome = train(make({"recipe": "denoising", **early}, {"recipe": "mined"}))
    assert (outcome.number, outcome.step, outcome.is_over) == (2, 4, True)


@pytest.mark.parametrize(
    ("stage", "error", "message"),
    [
        ({"trainig": {}}, ConfigError, "did you mean 'training'"),
        (
            {"recipe": "reinforced", "discriminator": {"kind": "convolutional"}},
            ConfigError,
            "discriminator of the kind transformer, recurrent or language_model",
        ),
        (
            {"recipe": "reinforced", "discriminator": {"kind": "language_model"}},
            ConfigError,
            "name its checkpoint in language_model.start",
        ),
        (
            {"recipe": "wgan", "discriminator": {"kind": "language_model"}},
            ConfigError,
            "take discriminator.kind convolutional",
        ),
        (
            {"recipe": "reward_tuned", "reward_tuned": {"reconstruction_weight": 1}},
            ConfigError,
            "name its checkpoint in reconstructor.start",
        ),
        (
            {"recipe": "reward_tuned", "reward_tuned": {"fluency_weight": 1}},
            ConfigError,
            "name its checkpoint in language_model.start",
        ),
        (
            {"recipe": "reward_tuned", "reward_tuned": {"rewards": {"lenght": 1}}},
            ConfigError,
            "did you mean 'length'",
        ),
        ({"recipe": "reward_tuned", "start": ""}, ConfigError, "name its checkpoint in start"),
        ({"recipe": "reconstructor", "start": ""}, ConfigError, "name its checkpoint in start"),
        ({"recipe": "discriminator", "start": ""}, ConfigError, "name its checkpoint in start"),
        (
            {"recipe": "semi_supervised", "semi_supervised": {"count": 99}},
            InputError,
            "99 true pairs were asked for, the pack has 8",
        ),
        ({"recipe": "supervised", "supervised": {"count": 9}}, InputError, "the pack has 8"),
    ],
)
def test_what_a_later_stage_would_refuse_is_refused_before_the_first_one_trains(
    make: Callable[..., PipelineSettings],
    stage: dict[str, Any],
    error: type[Exception],
    message: str,
) -> None:
    settings = make({"recipe": "denoising"}, stage)
    with pytest.raises(error, match=message):
        train(settings)
    assert not Path(settings.output).exists()


def test_lengths_are_held_to_those_of_the_headlines_of_the_pack(
    make: Callable[..., PipelineSettings],
    pack_with_pairs: TokenPack,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watched: list[float | None] = []

    def alarms_for(mean_characters: float | None) -> tuple[Alarm, ...]:
        watched.append(mean_characters)
        return STANDARD_ALARMS

    monkeypatch.setattr("summae.recipes.pipeline.alarms_for", alarms_for)
    train(make(training={"steps": 1}))
    assert watched == [pytest.approx(pack_with_pairs.headline_characters.mean())]
