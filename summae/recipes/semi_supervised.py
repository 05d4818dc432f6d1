"""Semi-supervised: any recipe, and true pairs every few steps.

How far do a thousand true pairs go, or ten thousand? (Wang & Lee, 2018,
https://arxiv.org/abs/1810.02851, with 10 K and 500 K.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from torch.utils.data import Dataset

from summae.data.batches import Batch, Seq2SeqBatch
from summae.data.pack import TokenPack
from summae.objectives.loss import Loss
from summae.recipes.experiment import Experiment, build_experiment, check_experiment
from summae.recipes.generator_unit import GeneratorUnit, teacher_forcing
from summae.recipes.settings import PipelineSettings
from summae.recipes.supervised import true_pairs
from summae.training.unit import Player, Stateful


@dataclass(frozen=True)
class BatchAndPairs(Batch):
    """A batch of the other recipe, and true pairs."""

    other: Any
    pairs: Seq2SeqBatch


class SemiSupervisedDataset(Dataset[BatchAndPairs]):
    """Batch n of both.

    Args:
        other: Of the other recipe.
        pairs: True pairs, as many batches.
    """

    def __init__(self, other: Dataset[Any], pairs: Dataset[Seq2SeqBatch]) -> None:
        self.other = other
        self.pairs = pairs

    def __len__(self) -> int:
        return len(self.other)  # type: ignore[arg-type]

    def __getitem__(self, number: int) -> BatchAndPairs:
        return BatchAndPairs(self.other[number], self.pairs[number])


class SemiSupervisedUnit:
    """The other recipe's players and turns; every so many steps a turn of teacher forcing instead.

    Args:
        other: The other recipe's unit.
        every: Steps from one such turn to the next.
    """

    def __init__(self, other: GeneratorUnit, *, every: int) -> None:
        self.other = other
        self.every = every
        self._supervised = False

    def players(self) -> Mapping[str, Player]:
        return self.other.players()

    def turns(self, step: int) -> Sequence[str]:
        self._supervised = step % self.every == 0
        return ("generator",) if self._supervised else self.other.turns(step)

    def loss(self, player: str, batch: BatchAndPairs) -> Loss:
        if not self._supervised:
            return self.other.loss(player, batch.other)
        smoothing = self.other.settings.optimizer.label_smoothing
        loss = teacher_forcing(self.other.policy, batch.pairs, smoothing=smoothing)
        return Loss(loss.value, {"supervised": loss.parts["nll"]}, weight=loss.weight)

    def validate(self) -> Mapping[str, float]:
        return self.other.validate()

    def previews(self) -> str:
        return self.other.previews()

    def kept(self) -> Mapping[str, Stateful]:
        return self.other.kept()

    def save(self, directory: Path) -> None:
        self.other.save(directory)


def check(settings: PipelineSettings, pack: TokenPack) -> None:
    """Refuse what the other recipe or the true pairs would."""
    wanted = settings.semi_supervised
    true_pairs(settings, pack, count=wanted.count, num_batches=1)
    check_experiment(replace(settings, recipe=wanted.recipe), pack)


def build(settings: PipelineSettings, pack: TokenPack) -> Experiment:
    """The recipe `semi_supervised.recipe`, and a batch of true pairs beside each of its own."""
    wanted = settings.semi_supervised
    other = build_experiment(replace(settings, recipe=wanted.recipe), pack)
    assert isinstance(other.unit, GeneratorUnit)
    num_batches = len(other.batches)  # type: ignore[arg-type]
    pairs = true_pairs(settings, pack, count=wanted.count, num_batches=num_batches)
    unit = SemiSupervisedUnit(other.unit, every=wanted.every)
    return Experiment(unit, SemiSupervisedDataset(other.batches, pairs))
