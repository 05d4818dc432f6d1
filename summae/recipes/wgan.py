"""WGAN with gradient penalty: a critic reads soft words and passes its gradient on through them.

(Wang & Lee, 2018, https://arxiv.org/abs/1810.02851, the other one of their two methods.)

    repeat
        critic, five times: score human headlines above soft summaries, slope held near 1
        reconstructor:      recover documents from drawn summaries
        generator:          raise the critic's score through the soft words,
                            and make drawn summaries likelier that recover their document better
                            than the greedy ones do
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from summae.data.game import GameBatch
from summae.data.pack import TokenPack
from summae.errors import ConfigError
from summae.estimators.policy_gradient import policy_gradient_loss, self_critical_advantage
from summae.estimators.straight_through import soft_words
from summae.models.discriminator import LanguageModelDiscriminator
from summae.models.outputs import SoftWords
from summae.models.relaxed import RelaxedDecoder
from summae.objectives.adversarial import (
    critic_loss,
    generator_score,
    gradient_penalty,
    sentence_scores,
)
from summae.objectives.loss import Loss
from summae.recipes.adversarial_game import AdversarialUnit
from summae.recipes.experiment import Experiment
from summae.recipes.game import game_batches, hold_on
from summae.recipes.judges import without_dropout
from summae.recipes.settings import PipelineSettings

_NO_LANGUAGE_MODEL = (
    "the recipe wgan bounds the slope of its critic where words fade to nothing, and there the slope "
    "of a language model has no bound; take discriminator.kind convolutional, transformer or recurrent"
)


class WganUnit(AdversarialUnit):
    """Generator, reconstructor, and a critic of soft words.

    Args:
        settings: The experiment.
        pack: The corpus.

    Raises:
        ConfigError: The critic is a language model.
    """

    def __init__(self, settings: PipelineSettings, pack: TokenPack) -> None:
        check(settings, pack)
        super().__init__(settings, pack, kind="convolutional")
        if isinstance(self.judge_model, LanguageModelDiscriminator):
            raise ConfigError(f"{settings.discriminator.start} began as one: {_NO_LANGUAGE_MODEL}")

    def learner(self) -> nn.Module:
        """The generator as a writer of soft words."""
        return RelaxedDecoder(self.model)

    @property
    def policy(self) -> nn.Module:
        """The generator itself, as the module that the trainer wraps writes soft words only.

        The weights are the same, and the trainer adds up their gradients without the wrapper's help.
        """
        return self.model

    def turns(self, step: int) -> Sequence[str]:
        critic_turns = self.settings.wgan.critic_turns
        return (*["discriminator"] * critic_turns, "reconstructor", "generator")

    def loss(self, player: str, batch: GameBatch) -> Loss:
        if player == "discriminator":
            return self.criticise(batch)
        return self.read_back(batch) if player == "reconstructor" else self.write_better(batch)

    def criticise(self, batch: GameBatch) -> Loss:
        """The critic's turn."""
        texts, critic = batch.texts, self.discriminator.module
        with torch.no_grad(), without_dropout(self.model):
            soft = self._write_softly(batch)
        words = soft.probabilities
        penalty = gradient_penalty(
            critic,
            F.one_hot(texts.headline_ids, words.shape[-1]).to(words),
            words,
            texts.headline_mask,
            soft.mask,
            # The last of each row's chances; those before it draw words.
            shares=batch.chances[:, -1],
        )
        return critic_loss(
            critic(ids=texts.headline_ids, mask=texts.headline_mask),
            critic(soft=words, mask=soft.mask),
            penalty=penalty,
            penalty_weight=self.settings.wgan.penalty_weight,
        )

    def write_better(self, batch: GameBatch) -> Loss:
        """The generator's turn."""
        weights, texts = self.settings.wgan, batch.texts
        with without_dropout(self.model, self.reader_model):
            soft = self._write_softly(batch)
            liked = generator_score(self.judge_model(soft=soft.probabilities, mask=soft.mask))
            drawn, best = self.writer.draw_beside_greedy(self.model, batch)
            recovered = self.recovered(drawn.ids, texts)  # (B,)
            kept = self_critical_advantage(recovered, self.recovered(best.ids, texts))  # (B,)
            scored = self.writer.score(self.policy, texts, drawn)
        value = (
            weights.adversarial_weight * liked.value
            + weights.reconstruction_weight * policy_gradient_loss(scored, kept)
        )
        parts: dict[str, Tensor] = {
            **liked.parts,
            "recovered": recovered.mean(),
            "kept": kept.mean(),
        }
        if weights.pairs_weight:
            pairs = hold_on(self.policy, batch, smoothing=self.settings.optimizer.label_smoothing)
            value = value + weights.pairs_weight * pairs.value
            parts |= pairs.parts
        return Loss(value, parts, weight=float(len(batch)))

    def token_scores(self, summary_ids: Tensor) -> Tensor:
        """Above or below the mean of headlines and these: a critic's scores have no origin."""
        headlines = self.verdict(self.validation.headlines().to(summary_ids.device))
        summaries = self.verdict(summary_ids)
        means = [sentence_scores(output).mean() for output in (headlines, summaries)]
        return summaries.scores - sum(means) / len(means)

    def _write_softly(self, batch: GameBatch) -> SoftWords:
        soft: SoftWords = self.generator.module(
            batch.texts.source_ids,
            prefix_ids=self.writer.prefix(batch.texts),
            max_tokens=self.settings.writing.max_tokens,
            relax=soft_words,
            banned_ids=self.writer.banned_ids,
        )
        return soft


def check(settings: PipelineSettings, pack: TokenPack) -> None:
    """Refuse a critic whose slope cannot be bounded.

    Raises:
        ConfigError: It begins as a language model.
    """
    wanted = settings.discriminator
    if wanted.kind == "language_model" and not wanted.start:
        raise ConfigError(f"discriminator.kind is language_model: {_NO_LANGUAGE_MODEL}")


def build(settings: PipelineSettings, pack: TokenPack) -> Experiment:
    """Three players; each turn consumes a batch of documents and of other texts' headlines."""
    unit = WganUnit(settings, pack)
    holds_on = settings.wgan.pairs_weight > 0
    unit.knows_open_lengths = holds_on and settings.mixture.open_length_share > 0
    batches = game_batches(
        settings,
        pack,
        turns=len(unit.turns(0)),
        num_chances=unit.writer.num_chances() + 1,
        pairs=holds_on,
    )
    return Experiment(unit, batches)
