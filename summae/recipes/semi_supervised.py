"""Semi-supervised: any recipe, and true pairs every few steps.

How far do a thousand true pairs go, or ten thousand? (Wang & Lee, 2018,
https://arxiv.org/abs/1810.02851, with 10 K and 500 K.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from torch.utils.data import Dataset

from summae.data.batches import Seq2SeqBatch
from summae.data.pack import TokenPack
from summae.objectives.loss import Loss
from summae.recipes.experiment import Experiment, build_experiment, check_experiment
from summae.recipes.generator_unit import GeneratorUnit, teacher_forcing
from summae.recipes.settings import PipelineSettings
from summae.recipes.supervised import true_pairs
from summae.training.unit import Player, Stateful


class Interleaved(Dataset[Any]):
    """A batch of true pairs, the other recipe's batches until the next such step, and so on.

    Nothing is drawn in vain: each batch of either kind comes once, in its order.

    Args:
        other: Batches of the other recipe.
        pairs: Batches of true pairs.
        between: Batches of the other recipe from one batch of pairs to the next.
    """

    def __init__(self, other: Dataset[Any], pairs: Dataset[Seq2SeqBatch], *, between: int) -> None:
        self.other = other
        self.pairs = pairs
        self.between = between

    def __len__(self) -> int:
        return len(self.other) + len(self.pairs)  # type: ignore[arg-type]

    def __getitem__(self, number: int) -> Any:
        """Batch `number`, counted from 0; of true pairs where a step of teacher forcing takes it."""
        cycle, place = divmod(number, 1 + self.between)
        return self.other[cycle * self.between + place - 1] if place else self.pairs[cycle]


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
        # The other recipe counts its own steps.
        return (
            ("generator",) if self._supervised else self.other.turns(step - step // self.every - 1)
        )

    def loss(self, player: str, batch: Any) -> Loss:
        if not self._supervised:
            return self.other.loss(player, batch)
        smoothing = self.other.settings.optimizer.label_smoothing
        loss = teacher_forcing(self.other.policy, batch, smoothing=smoothing)
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
    """Refuse what the other recipe or the true pairs would.

    Raises:
        SummaeError: As that recipe, or as `supervised`.
    """
    wanted = settings.semi_supervised
    true_pairs(settings, pack, count=wanted.count, num_batches=1)
    check_experiment(replace(settings, recipe=wanted.recipe), pack)


def build(settings: PipelineSettings, pack: TokenPack) -> Experiment:
    """The recipe `semi_supervised.recipe` as if it were alone, and true pairs between its steps."""
    wanted, training = settings.semi_supervised, settings.training
    supervised_steps = -(-training.steps // wanted.every)
    own = replace(training, steps=max(1, training.steps - supervised_steps))
    other = build_experiment(replace(settings, recipe=wanted.recipe, training=own), pack)
    assert isinstance(other.unit, GeneratorUnit)
    pairs = true_pairs(settings, pack, count=wanted.count, num_batches=supervised_steps)
    unit = SemiSupervisedUnit(other.unit, every=wanted.every)
    between = len(other.batches) // own.steps * (wanted.every - 1)  # type: ignore[arg-type]
    return Experiment(unit, Interleaved(other.batches, pairs, between=between))
