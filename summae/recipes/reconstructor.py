"""A reconstructor alone: reads documents back from the summaries of a generator that stays as it is.

To start the game with one that knows its part, or, trained from another seed, to measure from
outside whether the players of a game speak a private code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from summae.data.game import GameBatch
from summae.data.pack import TokenPack
from summae.errors import ConfigError
from summae.objectives.loss import Loss
from summae.recipes.experiment import Experiment
from summae.recipes.game import GameUnit, game_batches
from summae.recipes.judges import beside, frozen
from summae.recipes.players import save_model
from summae.recipes.settings import PipelineSettings
from summae.recipes.validation import Written
from summae.training.unit import Player


class ReconstructorUnit(GameUnit):
    """One player, the reconstructor.

    Args:
        settings: The experiment.
        pack: The corpus.

    Raises:
        ConfigError: There is no generator whose summaries it could read.
    """

    def __init__(self, settings: PipelineSettings, pack: TokenPack) -> None:
        check(settings, pack)
        super().__init__(settings, pack)
        frozen(self.model)

    def players(self) -> Mapping[str, Player]:
        return {"reconstructor": self.reconstructor}

    def turns(self, step: int) -> Sequence[str]:
        return ("reconstructor",)

    def loss(self, player: str, batch: GameBatch) -> Loss:
        beside(self.model, self.reader_model)
        return self.read_back(batch)

    def validate(self) -> Mapping[str, float]:
        """How much summaries help to read their documents back; nothing of the summaries.

        They stay the same, and a measure that never rises would call the first model the best.
        """
        return self.reconstruction_measures(self._written) if len(self.validation) else {}

    def previews(self) -> str:
        beside(self.model, self.reader_model)
        return super().previews()

    def save(self, directory: Path) -> None:
        """Write weights, configuration and tokenizer, replacing what was there."""
        save_model(self.reader_model, directory, self.pack, {"format": 1, "kind": "reconstructor"})

    @cached_property
    def _written(self) -> Written:
        return self.validation.write(beside(self.model, self.reader_model))


def check(settings: PipelineSettings, pack: TokenPack) -> None:
    """Refuse to train without a generator whose summaries are read.

    Raises:
        ConfigError: No checkpoint is named in `start`.
    """
    if not settings.start:
        raise ConfigError(
            "the recipe reconstructor reads the summaries of a trained generator: name its "
            "checkpoint in start"
        )


def build(settings: PipelineSettings, pack: TokenPack) -> Experiment:
    """One turn a step."""
    unit = ReconstructorUnit(settings, pack)
    batches = game_batches(settings, pack, turns=1, num_chances=unit.writer.num_chances())
    return Experiment(unit, batches)
