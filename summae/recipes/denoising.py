"""Denoising alone: find a headline again that was buried in another document's words.

Needs no mined pairs, so it works where documents and headlines share no events. Alone it is an
initialiser; the recipe `mined` mixes it in.
"""

from __future__ import annotations

from summae.data.denoising import DenoisingDataset
from summae.data.pack import TokenPack
from summae.recipes.experiment import Experiment
from summae.recipes.generator_unit import TeacherForced
from summae.recipes.settings import PipelineSettings


def build(settings: PipelineSettings, pack: TokenPack) -> Experiment:
    """One player, the generator; one turn a step."""
    training = settings.training
    batches = DenoisingDataset(
        pack, settings.mixture, num_batches=training.steps, seed=training.seed
    )
    return Experiment(TeacherForced(settings, pack), batches)
