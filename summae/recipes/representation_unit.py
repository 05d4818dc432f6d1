"""What all sentence encoders have in common: one player, and the question which sentence comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from torch import nn

from summae.data.sentence_batches import ContiguousSentences, SentenceBatch
from summae.data.sentences_pack import SentencePack
from summae.errors import ConfigError
from summae.objectives.loss import Loss
from summae.recipes.experiment import Experiment
from summae.recipes.held_out_loss import HeldOutLoss
from summae.recipes.players import player
from summae.recipes.representation_settings import RepresentationSettings
from summae.recipes.sentence_validation import NextSentence
from summae.representations.checkpoint import save_encoder, sentence_tokens
from summae.training.unit import Player


class Representation(Protocol):
    """A method: a module whose `forward(batch)` is its `Loss`."""

    @property
    def encoders(self) -> Sequence[nn.Module]:
        """What is kept of it; a sentence is asked about by the first and found by the last."""
        ...


class RepresentationUnit:
    """One player: encoders and whatever else the method learns.

    Args:
        settings: The experiment.
        pack: Its sentences.
        module: The method; an `nn.Module` that is a `Representation`.
    """

    def __init__(
        self, settings: RepresentationSettings, pack: SentencePack, module: nn.Module
    ) -> None:
        self.settings = settings
        self.pack = pack
        self.module = module
        self.representation = player(module, settings.optimizer)
        self.validation = NextSentence(pack)
        self.held_out = HeldOutLoss(pack, settings.batches)

    def players(self) -> Mapping[str, Player]:
        return {"representation": self.representation}

    def turns(self, step: int) -> Sequence[str]:
        return ("representation",)

    def loss(self, player: str, batch: SentenceBatch) -> Loss:
        loss: Loss = self.representation.module(batch)
        return loss

    def validate(self) -> Mapping[str, float]:
        """On held-out documents, the next sentence among ten, and what training logs."""
        encoders = _encoders(self.module)
        asked = self.validation.measures(encoders[0], encoders[-1])
        return asked | self.held_out.measures(self.module)

    def save(self, directory: Path) -> None:
        """Write encoders and tokenizer, replacing what was there."""
        about = {"method": self.settings.recipe}
        save_encoder(directory, _encoders(self.module), self.settings.encoder, self.pack, about)


def experiment(
    settings: RepresentationSettings, pack: SentencePack, module: nn.Module
) -> Experiment:
    """A method on contiguous sentences, one batch a step.

    Raises:
        ConfigError: The pack has longer sentences than the method can read or write.
    """
    if problem := settings.too_long(_sentence_tokens(pack)):
        raise ConfigError(problem)
    training = settings.training
    batches = ContiguousSentences(
        pack, settings.batches, num_batches=training.steps, seed=training.seed
    )
    return Experiment(RepresentationUnit(settings, pack, module), batches)


def _sentence_tokens(pack: SentencePack) -> int:
    """Tokens of the longest sentence that the pack has or, cut as there, might have had."""
    longest = int(np.diff(pack.sentences.offsets).max(initial=0))
    return max(longest, sentence_tokens(pack))


def _encoders(module: nn.Module) -> Sequence[nn.Module]:
    method: Representation = module  # type: ignore[assignment]
    return method.encoders
