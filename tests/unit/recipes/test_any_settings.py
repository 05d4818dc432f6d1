"""A configuration's recipe says what it is a configuration of."""

from __future__ import annotations

from pathlib import Path

import pytest

from summae.errors import ConfigError
from summae.recipes.any_settings import load_settings
from summae.recipes.packing import ensure_pack, load_pack
from summae.recipes.representation_settings import RepresentationSettings
from summae.recipes.settings import PipelineSettings
from summae.recipes.stages import stages_of


def write(folder: Path, text: str) -> Path:
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_recipe_decides_between_generator_and_encoders(tmp_path: Path) -> None:
    encoders = load_settings(write(tmp_path, "recipe: quick_thought"))
    assert isinstance(encoders, RepresentationSettings)
    assert encoders.training.watched == "next_sentence"
    assert list(stages_of(encoders)) == [encoders]
    assert isinstance(load_settings(write(tmp_path, "recipe: mined")), PipelineSettings)
    assert isinstance(load_settings(write(tmp_path, "output: x")), PipelineSettings)


def test_override_of_the_recipe_counts_and_sections_keep_their_defaults(tmp_path: Path) -> None:
    path = write(tmp_path, "training: {steps: 7}")
    settings = load_settings(path, ["recipe=quick_thought", "encoder.kind=gru"])
    assert isinstance(settings, RepresentationSettings)
    assert (settings.training.steps, settings.training.watched) == (7, "next_sentence")
    assert settings.encoder.kind == "gru"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("recipe: quick_thought\nmixture: {batch_size: 3}", "unknown setting 'mixture'"),
        ("recipe: quick_thougt", "'recipe' is one of"),
        ("recipe: quick_thought\nquick_thought: {context: 0}", "at least 1"),
        ("recipe: quick_thought\nbatches: {sentences_per_batch: 1}", "at least 2"),
        ("recipe: quick_thought\ndata: {held_out_share: 1.0}", "held_out_share"),
        ("recipe: cpc\ntraining: {accumulation: 2}", "accumulation is 2.*: set it to 1.*processes"),
        (
            "recipe: cpc\ndata: {sentence_tokens: 150}\nencoder: {kind: transformer}",
            "150 tokens.* room for 128: .*lower data.sentence_tokens, or take another encoder.kind",
        ),
    ],
)
def test_wrong_settings_are_refused(text: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=why):
        load_settings(write(tmp_path, text))


def test_what_counts_each_sentence_by_itself_may_take_a_batch_in_parts(tmp_path: Path) -> None:
    load_settings(write(tmp_path, "recipe: skip_thought\ntraining: {accumulation: 2}"))


def test_sentence_pack_without_texts_is_asked_for(tmp_path: Path) -> None:
    from summae.errors import InputError

    with pytest.raises(InputError, match="no sentence pack in .* data.documents"):
        ensure_pack(RepresentationSettings(output=str(tmp_path)))


def test_pack_of_the_other_kind_is_refused(tmp_path: Path) -> None:
    from summae.errors import InputError

    (tmp_path / "pack.json").write_text('{"format": 1}', encoding="utf-8")
    with pytest.raises(InputError, match="a pack of kind 'tokens'"):
        load_pack(RepresentationSettings(pack=str(tmp_path)))
