"""Every configuration of configs/ becomes players and batches, stage by stage."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")

import recipe_runs

from summae.config import from_mapping, load_config
from summae.data.pack import TokenPack
from summae.data.sentences_pack import SentencePack
from summae.models.discriminator import build_discriminator
from summae.models.language_model import build_language_model
from summae.models.reconstructor import build_reconstructor
from summae.models.shape import GeneratorShape, LanguageModelShape
from summae.recipes.any_settings import load_settings
from summae.recipes.experiment import build_experiment, check_experiment
from summae.recipes.settings import PipelineSettings, RecipeName
from summae.recipes.stages import stages_of

FOLDER = Path(__file__).parents[3] / "configs"
# An experiment of one of the scripts names configurations and is none.
ALL = sorted(
    path
    for path in FOLDER.glob("*.yaml")
    if not re.search(r"^ *config: ", path.read_text(encoding="utf-8"), re.MULTILINE)
)
CONFIGS = [path for path in ALL if isinstance(load_settings(path), PipelineSettings)]
JUDGES = ("reconstructor", "language_model", "discriminator")
ENCODERS = [path for path in ALL if path not in CONFIGS]


@pytest.fixture(scope="module")
def checkpoints(
    tiny_generator: str, tiny_pack: TokenPack, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """What takes the place of the checkpoints that configurations name, by section."""
    folder, vocab_size = tmp_path_factory.mktemp("judges"), len(tiny_pack.vocabulary)
    shape = from_mapping(GeneratorShape, recipe_runs.SHAPE)
    small = from_mapping(LanguageModelShape, recipe_runs.VALUES["language_model"]["shape"])
    build_reconstructor(shape, vocab_size=vocab_size).save_pretrained(folder / "reconstructor")
    build_language_model(small, vocab_size=vocab_size).save_pretrained(folder / "language_model")
    build_discriminator("transformer", vocab_size=vocab_size, width=16, layers=1).save_pretrained(
        folder / "discriminator"
    )
    judges = {name: str(folder / name) for name in JUDGES}
    return {"": tiny_generator, **judges}


def with_checkpoints(settings: PipelineSettings, places: dict[str, str]) -> PipelineSettings:
    if settings.start:
        settings = replace(settings, start=places[""])
    if len(settings.mixture.source_shares) > 2:  # the pack has two sources of headlines
        mixture = replace(settings.mixture, source_shares=settings.mixture.source_shares[:2])
        settings = replace(settings, mixture=mixture)
    for name in JUDGES:
        section: Any = getattr(settings, name)
        if section.start:
            settings = replace(settings, **{name: replace(section, start=places[name])})
    semi = settings.semi_supervised
    return replace(settings, semi_supervised=replace(semi, count=semi.count and 4))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_stage_of_a_configuration_builds(
    path: Path, pack_with_pairs: TokenPack, checkpoints: dict[str, str]
) -> None:
    for stage in stages_of(load_config(PipelineSettings, path)):
        settings = with_checkpoints(stage, checkpoints)
        check_experiment(settings, pack_with_pairs)
        experiment = build_experiment(settings, pack_with_pairs)
        turns = len(experiment.unit.turns(0))
        assert len(experiment.batches) >= turns * settings.training.steps  # type: ignore[arg-type]
        assert len(experiment.batches[0]) == settings.mixture.batch_size


@pytest.mark.parametrize("path", ENCODERS, ids=lambda path: path.stem)
def test_every_configuration_of_sentence_encoders_builds(
    path: Path, tiny_sentences: SentencePack
) -> None:
    settings = load_settings(path)
    experiment = build_experiment(settings, tiny_sentences)
    assert len(experiment.batches) == settings.training.steps  # type: ignore[arg-type]
    assert len(experiment.batches[0]) == 48  # all there is: twelve documents of four sentences
    assert settings.training.watched in experiment.unit.validate()


def test_every_recipe_has_a_configuration() -> None:
    stages = [stage for path in CONFIGS for stage in stages_of(load_config(PipelineSettings, path))]
    assert {stage.recipe for stage in stages} == set(get_args(RecipeName))
