"""Checkpoints that a run begins with or measures by: whose tokenizer they have, and what they report."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("accelerate")

import recipe_runs

from summae.config import from_mapping
from summae.data.pack import TokenPack
from summae.errors import ModelError
from summae.models.shape import GeneratorShape
from summae.recipes.experiment import build_experiment, check_experiment
from summae.recipes.settings import PipelineSettings
from summae.training.alarms import STANDARD_ALARMS

MakeSettings = Callable[..., PipelineSettings]


@pytest.mark.parametrize("inside", ["", "reconstructor"])
@pytest.mark.parametrize("step", [check_experiment, build_experiment])
def test_a_checkpoint_with_another_tokenizer_is_refused(
    pack_with_pairs: TokenPack,
    tiny_settings: MakeSettings,
    tiny_generator: str,
    tmp_path: Path,
    inside: str,
    step: Callable[..., Any],
) -> None:
    folder = tmp_path / "best"
    shutil.copytree(tiny_generator, folder)
    (folder / "tokenizer.model").write_bytes(pack_with_pairs.tokenizer_model)
    shutil.copytree(tiny_generator, folder / "reconstructor")
    where = str(folder / inside)
    named = {"reconstructor": {"start": where}} if inside else {"start": where}
    settings = tiny_settings("relaxed", **{"start": tiny_generator, **named})
    step(settings, pack_with_pairs)
    (folder / "tokenizer.model").write_bytes(b"another")
    name = "reconstructor.start" if inside else "start"
    with pytest.raises(ModelError, match=f"^{name} is .*another tokenizer.*data.tokenizer"):
        step(settings, pack_with_pairs)


def test_what_a_stage_is_yet_to_make_is_not_missed(
    pack_with_pairs: TokenPack, tiny_settings: MakeSettings, tmp_path: Path
) -> None:
    check_experiment(tiny_settings("mined", start=str(tmp_path / "later")), pack_with_pairs)


def test_a_game_reports_all_that_the_alarms_go_by(
    pack_with_pairs: TokenPack, tiny_settings: MakeSettings, tiny_generator: str, tmp_path: Path
) -> None:
    from summae.models.reconstructor import build_reconstructor

    shape = from_mapping(GeneratorShape, recipe_runs.SHAPE)
    reader = build_reconstructor(shape, vocab_size=len(pack_with_pairs.vocabulary), seed=9)
    reader.save_pretrained(tmp_path / "reader")
    settings = tiny_settings(
        "reinforced", start=tiny_generator, reconstructor={"independent": str(tmp_path / "reader")}
    )
    measures = build_experiment(settings, pack_with_pairs).unit.validate()
    wanted: set[str] = set()
    for alarm in STANDARD_ALARMS:
        for name, value in vars(alarm.rule).items():
            if name in ("measure", "leader", "rising", "falling"):
                wanted.add(value)
            elif name == "measures":
                wanted.update(value)
    assert len(wanted) >= 8
    assert wanted <= set(measures)


def test_options_of_rewards_come_from_the_settings(
    pack_with_pairs: TokenPack, tiny_settings: MakeSettings, tiny_generator: str
) -> None:
    from summae.recipes.rewarding import Rewarding

    def judged(**options: Any) -> float:
        wanted = {"rewards": {"length": 1.0}, "options": options, "reconstruction_weight": 0.0}
        settings = tiny_settings("reward_tuned", start=tiny_generator, reward_tuned=wanted)
        rewarding = Rewarding(settings, pack_with_pairs)
        return rewarding._reward.judge(["今晚有雨。"], ["今晚有雨"]).total[0]

    assert judged(length={"least": 1, "most": 9}) > judged(length={"least": 30, "most": 40})
