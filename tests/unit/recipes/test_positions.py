"""Texts too long for who is to read or write them are refused before a run, which would end in the midst."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")

import recipe_runs

from summae.config import from_mapping
from summae.data.pack import TokenPack
from summae.errors import ConfigError
from summae.models.language_model import build_language_model
from summae.models.shape import LanguageModelShape
from summae.recipes.experiment import build_experiment, check_experiment
from summae.recipes.settings import PipelineSettings

MakeSettings = Callable[..., PipelineSettings]


@pytest.fixture
def narrow_words(tiny_pack: TokenPack, tmp_path: Path) -> str:
    """A language model of 24 positions."""
    small = recipe_runs.VALUES["language_model"]["shape"]
    shape = from_mapping(LanguageModelShape, {**small, "max_positions": 24})
    model = build_language_model(shape, vocab_size=len(tiny_pack.vocabulary))
    model.save_pretrained(tmp_path / "words")
    return str(tmp_path / "words")


@pytest.mark.parametrize("step", [check_experiment, build_experiment])
@pytest.mark.parametrize(
    ("recipe", "sections", "message"),
    [
        (
            "back_translation",
            {"reconstructor": {"shape": {"max_positions": 16}, "target": {"kind": "document"}}},
            "mixture.source_tokens=40 and </s> takes 41 positions, and "
            "reconstructor.shape.max_positions is 16: raise it, or lower mixture.source_tokens",
        ),
        (
            "semi_supervised",
            {"writing": {"max_tokens": 120}},
            "writing.max_tokens=120 behind <s> and a length takes 121 positions, and "
            "generator.max_positions is 96: raise it, or lower writing.max_tokens",
        ),
        (
            "reward_tuned",
            {"reward_tuned": {"fluency_weight": 1.0}},
            "summary of 40 tokens and </s> takes 41 positions, and language_model.start, .*words, "
            "has 24: name one with more$",
        ),
        (
            "relaxed",
            {"writing": {"max_tokens": 30}},
            "writing.max_tokens=30 takes 30 positions, and language_model.start, .* has 24",
        ),
        (
            "mined",
            {"mixture": {"source_tokens": 128}},
            "takes 129 positions, and start, .* has 128: name one with more, or lower mixture",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_both_numbers(
    recipe: str,
    sections: dict[str, Any],
    message: str,
    step: Callable[..., Any],
    pack_with_pairs: TokenPack,
    tiny_settings: MakeSettings,
    tiny_generator: str,
    narrow_words: str,
) -> None:
    named: dict[str, Any] = {"language_model": {"start": narrow_words}}
    if "generator.max_positions" not in message:
        named["start"] = tiny_generator
    with pytest.raises(ConfigError, match=message):
        step(tiny_settings(recipe, **named, **sections), pack_with_pairs)


def test_what_just_fits_is_written_and_read(
    pack_with_pairs: TokenPack, tiny_settings: MakeSettings
) -> None:
    # Of 96 positions one each is for <s> and for the length, and the last token needs none.
    settings = tiny_settings("reinforced", writing={"max_tokens": 95})
    experiment = build_experiment(settings, pack_with_pairs)
    unit: Any = experiment.unit
    drawn = unit.writer.draw(unit.model, experiment.batches[0])
    assert drawn.ids.shape[1] == 95, "else it proves nothing"
    assert torch.isfinite(unit.loss("generator", experiment.batches[0]).value)
    with pytest.raises(ConfigError, match="97 positions"):
        check_experiment(tiny_settings("reinforced", writing={"max_tokens": 96}), pack_with_pairs)


def test_distances_have_no_end(pack_with_pairs: TokenPack, tiny_settings: MakeSettings) -> None:
    settings = tiny_settings("reinforced", generator={"kind": "t5"}, writing={"max_tokens": 96})
    check_experiment(settings, pack_with_pairs)
