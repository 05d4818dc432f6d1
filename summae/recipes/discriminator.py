"""A discriminator alone: learns to tell the summaries of a generator that stays as it is from headlines.

To start the game with one that knows its part, for a verdict that says nothing teaches nothing; or,
trained afresh on each of several generators, to measure how readable they are: what it cannot tell
from headlines reads like one (the two-sample test of Lopez-Paz & Oquab, 2017, arXiv 1610.06545).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from summae.data.game import GameBatch
from summae.data.pack import TokenPack
from summae.errors import ConfigError
from summae.objectives.loss import Loss
from summae.recipes import reinforced
from summae.recipes.experiment import Experiment
from summae.recipes.game import game_batches
from summae.recipes.judges import beside, frozen
from summae.recipes.players import save_model
from summae.recipes.reinforced import ReinforcedUnit
from summae.recipes.settings import PipelineSettings
from summae.recipes.validation import Written
from summae.training.unit import Player


class DiscriminatorUnit(ReinforcedUnit):
    """One player, the discriminator of prefixes.

    Args:
        settings: The experiment.
        pack: The corpus.

    Raises:
        ConfigError: There is no generator whose summaries it could judge, or it would be of a kind
            that does not score prefixes.
    """

    def __init__(self, settings: PipelineSettings, pack: TokenPack) -> None:
        check(settings, pack)
        super().__init__(settings, pack)
        frozen(self.model)

    def players(self) -> Mapping[str, Player]:
        return {"discriminator": self.discriminator}

    def turns(self, step: int) -> Sequence[str]:
        return ("discriminator",)

    def loss(self, player: str, batch: GameBatch) -> Loss:
        beside(self.model, self.judge_model)
        return self.tell_apart(batch)

    def validate(self) -> Mapping[str, float]:
        """How well it tells greedy summaries of validation documents from their own headlines.

        It has learned from neither, nor is it the subject that gives one away; older packs lack
        those, and then it is other headlines of the corpus. Not by the names of the game, where to
        be right of nearly all is an alarm.
        """
        if not len(self.validation):
            return {}
        true = self.validation.true_headlines()
        headlines = self.validation.headlines() if true is None else true
        shares = self.told_apart(self._written, headlines)
        return {"told_apart": sum(shares.values()) / len(shares)}

    def previews(self) -> str:
        beside(self.model, self.judge_model)
        return super().previews()

    def readings(self, written: Written) -> None:
        """Nobody reads back."""

    def save(self, directory: Path) -> None:
        """Write weights, configuration and tokenizer, replacing what was there."""
        save_model(self.judge_model, directory, self.pack, {"format": 1, "kind": "discriminator"})

    @cached_property
    def _written(self) -> Written:
        return self.validation.write(beside(self.model, self.judge_model))


def check(settings: PipelineSettings, pack: TokenPack) -> None:
    """Refuse to train without a generator whose summaries are judged.

    Raises:
        ConfigError: No checkpoint is named in `start`.
    """
    if not settings.start:
        raise ConfigError(
            "the recipe discriminator judges the summaries of a trained generator: name its "
            "checkpoint in start"
        )
    reinforced.check(settings, pack)


def build(settings: PipelineSettings, pack: TokenPack) -> Experiment:
    """One turn a step."""
    unit = DiscriminatorUnit(settings, pack)
    batches = game_batches(settings, pack, turns=1, num_chances=unit.writer.num_chances())
    return Experiment(unit, batches)
