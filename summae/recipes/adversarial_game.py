"""The game with a discriminator: is this how people write headlines?"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor
from transformers import PreTrainedModel

from summae.data.pack import TokenPack
from summae.errors import ConfigError
from summae.models.discriminator import (
    Discriminator,
    DiscriminatorKind,
    build_discriminator,
    discriminator_from,
    load_discriminator,
)
from summae.models.language_model import load_language_model
from summae.models.outputs import DiscriminatorOutput
from summae.objectives.adversarial import sentence_scores
from summae.recipes.game import GameUnit
from summae.recipes.players import player
from summae.recipes.settings import PipelineSettings
from summae.recipes.validation import Written
from summae.text.vocabulary import PAD_ID
from summae.training.unit import Player


class AdversarialUnit(GameUnit):
    """Generator, reconstructor and discriminator.

    Args:
        settings: The experiment.
        pack: The corpus.
        kind: Of discriminator, unless the settings name one.
    """

    def __init__(
        self, settings: PipelineSettings, pack: TokenPack, *, kind: DiscriminatorKind
    ) -> None:
        super().__init__(settings, pack)
        self.judge_model = make_discriminator(settings, pack, kind=kind)
        """The discriminator itself, whose weights the player trains."""
        self.discriminator = player(self.judge_model, settings.discriminator.optimizer)

    def players(self) -> Mapping[str, Player]:
        return {**super().players(), "discriminator": self.discriminator}

    def others(self) -> Mapping[str, PreTrainedModel]:
        return {**super().others(), "discriminator": self.judge_model}

    def verdict(self, ids: Tensor) -> DiscriminatorOutput:
        """What the discriminator says of texts ending in `</s>`, padded with 0, (B, T)."""
        output: DiscriminatorOutput = self.judge_model(ids=ids, mask=ids != PAD_ID)
        return output

    def token_scores(self, summary_ids: Tensor) -> Tensor:
        return self.verdict(summary_ids).scores

    def measures(self, written: Written) -> dict[str, float]:
        """Those of the game, and how well the discriminator tells summaries from headlines."""
        measures = super().measures(written)
        # What its judges reward; the discriminator's scores have no level that stays the same.
        measures["reward"] = measures["reconstruction"]
        return measures | self.told_apart(written, self.validation.headlines())

    def told_apart(self, written: Written, headline_ids: Tensor) -> dict[str, float]:
        """Shares of headlines and of summaries that the discriminator takes for what they are."""
        real = sentence_scores(self.verdict(headline_ids.to(written.summary_ids.device)))
        fake = sentence_scores(self.verdict(written.summary_ids))
        # Where they cross, rather than 0: a critic's scores have no origin.
        between = torch.cat([real, fake]).median()
        return {
            "real_accuracy": float((real > between).float().mean()),
            "fake_accuracy": float((fake <= between).float().mean()),
        }


def make_discriminator(
    settings: PipelineSettings, pack: TokenPack, *, kind: DiscriminatorKind
) -> Discriminator:
    """The checkpoint `discriminator.start`, one that begins as the language model, or fresh weights.

    Raises:
        ConfigError: There is no language model to begin as.
    """
    wanted, vocab_size = settings.discriminator, len(pack.vocabulary)
    # Another seed than the other players': they should not think alike from the start.
    seed = settings.training.seed + 2
    if wanted.start:
        return load_discriminator(wanted.start, vocab_size=vocab_size)
    if wanted.kind == "language_model":
        check_beginning(settings)
        model = load_language_model(settings.language_model.start, vocab_size=vocab_size)
        return discriminator_from(model, seed=seed)
    return build_discriminator(
        kind if wanted.kind == "auto" else wanted.kind,
        vocab_size=vocab_size,
        width=wanted.width,
        layers=wanted.layers,
        seed=seed,
    )


def check_beginning(settings: PipelineSettings) -> None:
    """Refuse a discriminator that is to begin as a language model that nobody named."""
    wanted = settings.discriminator
    if wanted.kind == "language_model" and not wanted.start and not settings.language_model.start:
        raise ConfigError(
            "discriminator.kind is language_model, which begins as a language model of headlines: "
            "name its checkpoint in language_model.start (the recipe language_model makes one), or "
            "take another kind"
        )
