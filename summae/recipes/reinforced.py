"""Adversarial REINFORCE: what the judges make of drawn words is the reward of drawing them.

(Wang & Lee, 2018, https://arxiv.org/abs/1810.02851, the better one of their two methods.)

    repeat
        discriminator: tell prefixes of human headlines from prefixes of drawn summaries
        reconstructor: recover documents from drawn summaries
        generator:     draw a summary; make it likelier
                       by how much better its document is recovered than from the greedy summary,
                       and by what each of its words did to the discriminator's score, discounted
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from summae.data.game import GameBatch
from summae.data.pack import TokenPack
from summae.errors import ConfigError
from summae.estimators.policy_gradient import policy_gradient_loss, self_critical_advantage
from summae.objectives.adversarial import prefix_discriminator_loss, prefix_rewards
from summae.objectives.loss import Loss
from summae.recipes.adversarial_game import AdversarialUnit, check_beginning
from summae.recipes.experiment import Experiment
from summae.recipes.game import game_batches, hold_on
from summae.recipes.judges import without_dropout
from summae.recipes.settings import PipelineSettings

_PREFIXES_ONLY = (
    "the recipe reinforced rewards each word by what it does to its prefix, which needs a "
    "discriminator of the kind transformer, recurrent or language_model"
)


class ReinforcedUnit(AdversarialUnit):
    """Generator, reconstructor, and a discriminator of prefixes.

    Args:
        settings: The experiment.
        pack: The corpus.

    Raises:
        ConfigError: The discriminator does not score prefixes.
    """

    def __init__(self, settings: PipelineSettings, pack: TokenPack) -> None:
        check(settings, pack)
        super().__init__(settings, pack, kind="transformer")
        if not self.judge_model.scores_prefixes:
            raise ConfigError(f"{settings.discriminator.start} is convolutional: {_PREFIXES_ONLY}")

    def turns(self, step: int) -> Sequence[str]:
        discriminator_turns = self.settings.reinforced.discriminator_turns
        return (*["discriminator"] * discriminator_turns, "reconstructor", "generator")

    def loss(self, player: str, batch: GameBatch) -> Loss:
        if player == "discriminator":
            return self.tell_apart(batch)
        return self.read_back(batch) if player == "reconstructor" else self.write_better(batch)

    def tell_apart(self, batch: GameBatch) -> Loss:
        """The discriminator's turn."""
        drawn = self.writer.draw(self.model, batch)
        judge = self.discriminator.module
        real = judge(ids=batch.texts.headline_ids, mask=batch.texts.headline_mask)
        return prefix_discriminator_loss(real, judge(ids=drawn.ids, mask=drawn.mask))

    def write_better(self, batch: GameBatch) -> Loss:
        """The generator's turn."""
        weights, texts = self.settings.reinforced, batch.texts
        with without_dropout(self.model, self.reader_model):
            drawn, best = self.writer.draw_beside_greedy(self.model, batch)
            recovered = self.recovered(drawn.ids, texts)  # (B,)
            kept = self_critical_advantage(recovered, self.recovered(best.ids, texts))  # (B,)
            verdicts = self.judge_model(ids=drawn.ids, mask=drawn.mask).scores  # (B, T)
            readable = prefix_rewards(verdicts, drawn.mask, discount=weights.discount)  # (B, T)
            advantage = (
                weights.reconstruction_weight * kept[:, None]
                + weights.adversarial_weight * readable
            )
            scored = self.writer.score(
                self.policy, texts, drawn, entropy=weights.entropy_weight > 0
            )
        value = policy_gradient_loss(scored, advantage, entropy_weight=weights.entropy_weight)
        parts: dict[str, Tensor] = {
            "recovered": recovered.mean(),
            "kept": kept.mean(),
            "readable": readable[:, 0].mean(),
        }
        if weights.pairs_weight:
            pairs = hold_on(self.policy, batch, smoothing=self.settings.optimizer.label_smoothing)
            value = value + weights.pairs_weight * pairs.value
            parts |= pairs.parts
        return Loss(value, parts, weight=float(len(batch)))


def check(settings: PipelineSettings, pack: TokenPack) -> None:
    """Refuse a discriminator that does not score prefixes, or that cannot be made.

    Raises:
        ConfigError: It scores whole sentences only, or begins as a language model that nobody named.
    """
    if settings.discriminator.kind == "convolutional":
        raise ConfigError(f"discriminator.kind is convolutional: {_PREFIXES_ONLY}")
    check_beginning(settings)


def build(settings: PipelineSettings, pack: TokenPack) -> Experiment:
    """Three players; each turn consumes a batch of documents and of other texts' headlines."""
    unit = ReinforcedUnit(settings, pack)
    holds_on = settings.reinforced.pairs_weight > 0
    unit.knows_open_lengths = holds_on and settings.mixture.open_length_share > 0
    batches = game_batches(
        settings,
        pack,
        turns=len(unit.turns(0)),
        num_chances=unit.writer.num_chances(),
        pairs=holds_on,
    )
    return Experiment(unit, batches)
