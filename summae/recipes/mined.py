"""Mined warm start: cross-entropy on pseudo-pairs, mixed with the denoising of buried headlines.

One player, the generator; every target is a headline that a person wrote for another text, or, with
`mixture.written_share`, what a finished model wrote for the document (see `self_training`).
"""

from __future__ import annotations

from summae.data.mixture import MixtureDataset
from summae.data.pack import TokenPack
from summae.recipes.experiment import Experiment
from summae.recipes.generator_unit import TeacherForced
from summae.recipes.settings import PipelineSettings


def build(settings: PipelineSettings, pack: TokenPack) -> Experiment:
    """One turn a step, one batch a turn."""
    batches = _batches(settings, pack)
    unit = TeacherForced(settings, pack)
    unit.knows_open_lengths = settings.mixture.open_length_share > 0
    return Experiment(unit, batches)


def check(settings: PipelineSettings, pack: TokenPack) -> None:
    """Refuse a pack without pseudo-pairs, or without the summaries that the mixture asks for.

    Raises:
        InputError: They are missing.
    """
    _batches(settings, pack)


def _batches(settings: PipelineSettings, pack: TokenPack) -> MixtureDataset:
    training = settings.training
    return MixtureDataset(pack, settings.mixture, num_batches=training.steps, seed=training.seed)
