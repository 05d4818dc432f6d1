"""Reward tuning: any weighted rewards, and a leash to the model at the start.

    repeat
        generator: draw several summaries of each document; make each likelier by how much more it
                   earned than the mean of the others, what it strayed from the start deducted

The baseline is that of Kool et al. (2019); the deduction, weight times log-ratio of the new and the
old probability of the summary, is a divergence on average (Ziegler et al., 2019,
https://arxiv.org/abs/1909.08593).
"""

from __future__ import annotations

import torch

from summae.data.game import GameBatch
from summae.data.pack import TokenPack
from summae.errors import ConfigError
from summae.estimators.policy_gradient import leave_one_out_advantage, policy_gradient_loss
from summae.objectives.loss import Loss
from summae.objectives.rewards import weighted
from summae.recipes.experiment import Experiment
from summae.recipes.game import game_batches, hold_on
from summae.recipes.generator_unit import GeneratorUnit
from summae.recipes.judges import beside, frozen_copy, without_dropout
from summae.recipes.rewarding import Rewarding
from summae.recipes.settings import PipelineSettings
from summae.recipes.validation import Written
from summae.recipes.writing import Writer


class RewardTunedUnit(GeneratorUnit):
    """One player, the generator.

    Args:
        settings: The experiment.
        pack: The corpus.

    Raises:
        ConfigError: There is nothing to start from, or a judge is weighed and not named.
    """

    def __init__(self, settings: PipelineSettings, pack: TokenPack) -> None:
        check(settings, pack)
        super().__init__(settings, pack)
        self.writer = Writer(pack.vocabulary, settings.writing)
        self.rewarding = Rewarding(settings, pack)
        self.beginning = frozen_copy(self.model)
        """The generator as it was, which it is not to leave far behind."""

    def loss(self, player: str, batch: GameBatch) -> Loss:
        wanted, texts = self.settings.reward_tuned, batch.texts
        with without_dropout(self.model):
            drawn = self.writer.draw(self.model, batch, repeats=wanted.repeats)
            scored = self.writer.score(self.policy, texts, drawn)
        with torch.no_grad():
            before = self.writer.score(beside(self.beginning, self.model), texts, drawn)
            strayed = (scored.log_probs - before.log_probs).sum(dim=1)  # (B * K,)
        sources = texts.source_ids.repeat_interleave(wanted.repeats, dim=0)
        reward, parts = self.rewarding.judge(sources, drawn.ids)
        earned = reward - wanted.anchor_weight * strayed
        advantage = leave_one_out_advantage(earned, repeats=wanted.repeats)
        value = policy_gradient_loss(scored, advantage)
        parts = {"reward": reward.mean(), "strayed": strayed.mean(), **parts}
        if wanted.pairs_weight:
            pairs = hold_on(self.policy, batch, smoothing=self.settings.optimizer.label_smoothing)
            value = value + wanted.pairs_weight * pairs.value
            parts |= pairs.parts
        return Loss(value, parts, weight=float(len(batch)))

    def measures(self, written: Written) -> dict[str, float]:
        """Those of the generator, and what its summaries earn."""
        reward, _ = self.rewarding.judge(written.source_ids, written.summary_ids)
        return super().measures(written) | {"reward": float(reward.mean())}


def check(settings: PipelineSettings, pack: TokenPack) -> None:
    """Refuse to train without what the settings rely on.

    Raises:
        ConfigError: A checkpoint is missing, or a reward is unknown.
    """
    wanted = settings.reward_tuned
    if not settings.start:
        raise ConfigError(
            "the recipe reward_tuned improves a trained generator: name its checkpoint in start"
        )
    if wanted.reconstruction_weight and not settings.reconstructor.start:
        raise ConfigError(
            "reward_tuned.reconstruction_weight needs a trained reconstructor: name its checkpoint "
            "in reconstructor.start (the recipe `reconstructor` makes one)"
        )
    if wanted.fluency_weight and not settings.language_model.start:
        raise ConfigError(
            "reward_tuned.fluency_weight needs a trained language model: name its checkpoint in "
            "language_model.start (the recipe `language_model` makes one)"
        )
    weighted(wanted.rewards, options=wanted.options, documents=["。"])  # finds each of them


def build(settings: PipelineSettings, pack: TokenPack) -> Experiment:
    """One player; one batch of documents a step, whose lengths are those of headlines."""
    unit = RewardTunedUnit(settings, pack)
    holds_on = settings.reward_tuned.pairs_weight > 0
    unit.knows_open_lengths = holds_on and settings.mixture.open_length_share > 0
    batches = game_batches(
        settings,
        pack,
        turns=1,
        num_chances=unit.writer.num_chances(settings.reward_tuned.repeats),
        pairs=holds_on,
    )
    return Experiment(unit, batches)
