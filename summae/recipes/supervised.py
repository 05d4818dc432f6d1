"""Supervised: the true headline of each document. The upper bound that unpaired methods are held to."""

from __future__ import annotations

from summae.data.pack import TokenPack
from summae.data.pairs import PairsDataset
from summae.data.settings import PairsSettings
from summae.recipes.experiment import Experiment
from summae.recipes.generator_unit import TeacherForced
from summae.recipes.settings import PipelineSettings


def build(settings: PipelineSettings, pack: TokenPack) -> Experiment:
    """One player, the generator; one turn a step."""
    batches = true_pairs(
        settings, pack, count=settings.supervised.count, num_batches=settings.training.steps
    )
    return Experiment(TeacherForced(settings, pack), batches)


def check(settings: PipelineSettings, pack: TokenPack) -> None:
    """Refuse a pack that has no true pairs, or too few.

    Raises:
        InputError: It has none, or fewer than are asked for.
    """
    true_pairs(settings, pack, count=settings.supervised.count, num_batches=1)


def true_pairs(
    settings: PipelineSettings, pack: TokenPack, *, count: int | None, num_batches: int
) -> PairsDataset:
    """Batches as large as the other recipes', of `count` true pairs or of all."""
    mixture = settings.mixture
    sizes = PairsSettings(
        batch_size=mixture.batch_size,
        source_tokens=mixture.source_tokens,
        bucket_batches=mixture.bucket_batches,
        even=mixture.even,
        count=count,
    )
    return PairsDataset(pack, sizes, num_batches=num_batches, seed=settings.training.seed)
