"""Settings of the players and of each recipe of the seq2seq2seq game; importable without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from summae.models.shape import GeneratorShape, LanguageModelShape
from summae.objectives.settings import ReconstructionTarget


@dataclass(frozen=True, kw_only=True)
class OptimizerSettings:
    """AdamW."""

    learning_rate: float = 1e-3
    """Highest learning rate; for the games, which begin with a trained generator, a tenth or less."""
    weight_decay: float = 0.01
    """Decay of matrices; vectors do not decay."""
    betas: tuple[float, float] = (0.9, 0.98)
    """Decay of the running means of gradients and their squares."""
    label_smoothing: float = 0.1
    """Share of probability spread over the vocabulary, where a generator or a reconstructor is taught
    word by word; not in the recipes `language_model` and `relaxed`, whose likelihoods are to be those
    of texts, nor for discriminators and sentence encoders."""
    r_drop: float = 0.0
    """Weight of the divergence between two passes that differ in dropout (R-Drop, Liang et al., 2021,
    arXiv 2106.14448; α there, from 0.7 for long summaries to 5 for translations), where a recipe is
    teacher forcing and nothing else; a step then costs two passes."""

    def __post_init__(self) -> None:
        if not 0 <= self.learning_rate <= 1:
            raise ValueError(
                f"learning_rate is from 0 (nothing is learned) to 1, usually about 0.001, got {self.learning_rate}"
            )
        if self.r_drop < 0:
            raise ValueError(
                f"r_drop weighs a divergence and must be at least 0 (none), got {self.r_drop}"
            )


@dataclass(frozen=True, kw_only=True)
class WritingSettings:
    """How the generator writes while others judge what it wrote."""

    max_tokens: int = 24
    """Longest summary, `</s>` included; nearly all headlines are shorter."""
    temperature: float = 1.0
    """Of drawing; at 1 the policy gradient is that of the policy itself."""

    def __post_init__(self) -> None:
        if self.max_tokens < 1 or not self.temperature > 0:
            raise ValueError(
                "max_tokens is at least 1 and temperature above 0, got "
                f"{self.max_tokens} and {self.temperature}"
            )


@dataclass(frozen=True, kw_only=True)
class ReconstructorOptimizerSettings(OptimizerSettings):
    """AdamW, of who reads documents back."""

    learning_rate: float = 5e-4
    """Highest learning rate."""
    label_smoothing: float = 0.0
    """As of the generator; none, so that it is trained for the likelihoods that are rewarded."""


@dataclass(frozen=True, kw_only=True)
class ReconstructorSettings:
    """Who reads the document back from the summary."""

    start: str = ""
    """Checkpoint to start from; empty: fresh weights of `shape`."""
    shape: GeneratorShape = field(
        default_factory=lambda: GeneratorShape(
            width=256,
            heads=4,
            feed_forward=1024,
            encoder_layers=2,
            decoder_layers=2,
            # Its log-likelihoods are rewards, which should not depend on luck.
            dropout=0.0,
        )
    )
    target: ReconstructionTarget = field(default_factory=ReconstructionTarget)
    """What of the document is to be recovered."""
    independent: str = ""
    """Checkpoint of a reconstructor that measures and does not learn: where it falls behind, the
    players speak a private code."""
    optimizer: ReconstructorOptimizerSettings = field(
        default_factory=ReconstructorOptimizerSettings
    )
    """How its weights move, but in `relaxed`, where one optimizer moves both networks."""


@dataclass(frozen=True, kw_only=True)
class DiscriminatorSettings:
    """Who tells summaries from what people wrote."""

    start: str = ""
    """Checkpoint to start from; empty: fresh weights."""
    kind: Literal["auto", "convolutional", "recurrent", "transformer", "language_model"] = "auto"
    """auto: what suits the recipe, convolutional for soft words and transformer for prefixes.
    language_model: it begins as the language model of `language_model.start` and needs far fewer
    examples to tell summaries from headlines."""
    width: int = 256
    """Of fresh weights, as `layers`."""
    layers: int = 3
    optimizer: OptimizerSettings = field(
        default_factory=lambda: OptimizerSettings(
            learning_rate=2e-4, betas=(0.5, 0.9), label_smoothing=0.0
        )
    )
    """Little momentum, as in WGAN-GP (Gulrajani et al., 2017)."""


@dataclass(frozen=True, kw_only=True)
class LanguageModelSettings:
    """Who knows what headlines read like."""

    start: str = ""
    """Checkpoint to use; the recipe `language_model` makes one."""
    shape: LanguageModelShape = field(default_factory=LanguageModelShape)


@dataclass(frozen=True, kw_only=True)
class BackTranslationSettings:
    """Each direction learns from what the other writes."""

    teacher_decay: float = 0.999
    """Of the moving average of weights that does the writing; the first steps use less."""
    pairs_weight: float = 0.5
    """Weight of mined pairs and buried headlines beside the generator's back-translated ones."""

    def __post_init__(self) -> None:
        if not 0 <= self.teacher_decay < 1:
            raise ValueError(
                "teacher_decay is the share of the old average that each step keeps, in [0, 1), "
                f"got {self.teacher_decay}; at 0 each network is its own teacher"
            )


@dataclass(frozen=True, kw_only=True)
class ReinforcedSettings:
    """Adversarial REINFORCE (Wang & Lee, 2018, arXiv 1810.02851)."""

    reconstruction_weight: float = 1.0
    """Of the self-critical reconstruction reward, nats a document token."""
    adversarial_weight: float = 1.0
    """Of the discriminator's verdicts on prefixes."""
    discriminator_turns: int = 1
    """Turns of the discriminator before each of the generator."""
    discount: float = 0.9
    """What a reward counts one token earlier."""
    entropy_weight: float = 0.0
    """Worth of a nat of the generator's entropy."""
    pairs_weight: float = 0.1
    """Weight of teacher forcing on mined pairs, nats a summary, which keeps the language from
    drifting; 0 is the paper's own objective."""

    def __post_init__(self) -> None:
        if self.discriminator_turns < 0 or not 0 <= self.discount <= 1:
            raise ValueError(
                "discriminator_turns is at least 0 and discount lies in [0, 1], got "
                f"{self.discriminator_turns} and {self.discount}"
            )


@dataclass(frozen=True, kw_only=True)
class WganSettings:
    """WGAN with gradient penalty on soft words (Wang & Lee, 2018, arXiv 1810.02851)."""

    reconstruction_weight: float = 1.0
    """Of the self-critical reconstruction reward."""
    adversarial_weight: float = 1.0
    """Of the critic's score of the soft summary."""
    penalty_weight: float = 10.0
    """Of the gradient penalty (Gulrajani et al., 2017)."""
    critic_turns: int = 5
    """Critic updates before each generator update."""
    pairs_weight: float = 0.1
    """Weight of teacher forcing on mined pairs, nats a summary."""

    def __post_init__(self) -> None:
        if self.critic_turns < 1:
            raise ValueError(
                f"critic_turns counts critic updates and must be at least 1, got {self.critic_turns}; "
                "to train without a critic, set adversarial_weight to 0"
            )


@dataclass(frozen=True, kw_only=True)
class RelaxedSettings:
    """Straight-through Gumbel-softmax, as in SEQ3 (Baziotis et al., 2019, arXiv 1904.03651)."""

    first_temperature: float = 1.0
    last_temperature: float = 0.5
    """Of the Gumbel-softmax, falling over the run."""
    reconstruction_weight: float = 1.0
    """Of the document's negative log-likelihood, nats a document."""
    prior_weight: float = 0.1
    """Of the divergence from the headline language model, nats a summary, where
    `language_model.start` names one."""

    def __post_init__(self) -> None:
        if not min(self.first_temperature, self.last_temperature) > 0:
            raise ValueError(
                f"temperatures are above 0, got {self.first_temperature} and {self.last_temperature}"
            )


@dataclass(frozen=True, kw_only=True)
class RewardTunedSettings:
    """Any weighted rewards, the mean of the other draws as baseline, anchored to the start."""

    rewards: Mapping[str, float] = field(
        default_factory=lambda: {
            "coverage": 1.0,
            "faithfulness": 1.0,
            "repetition": 1.0,
            "length": 0.2,
        }
    )
    """Weight of each reward by its name, `package.module:function` or `file.py:function`."""
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Options of rewards by the same names: `{faithfulness: {names: true}}` counts Chinese names, too."""
    reconstruction_weight: float = 0.0
    """Of the reconstruction reward, where `reconstructor.start` names a reconstructor."""
    fluency_weight: float = 0.0
    """Of the language model's log-likelihood a token, where `language_model.start` names one."""
    repeats: int = 4
    """Summaries drawn of each document."""
    anchor_weight: float = 0.1
    """Of the divergence from the model at the start, nats a summary."""
    pairs_weight: float = 0.0
    """Weight of teacher forcing on mined pairs, nats a summary."""

    def __post_init__(self) -> None:
        if self.repeats < 2:
            raise ValueError(
                "repeats counts summaries of a document that are compared with each other and must "
                f"be at least 2, got {self.repeats}"
            )


@dataclass(frozen=True, kw_only=True)
class SupervisedSettings:
    """Teacher forcing on true pairs."""

    count: int | None = None
    """True pairs that may be seen; None is all of the pack's."""


@dataclass(frozen=True, kw_only=True)
class SemiSupervisedSettings:
    """A recipe of the game with true pairs every few steps, as in the paper's 10K and 500K rows."""

    recipe: Literal["reinforced", "wgan", "back_translation", "mined"] = "reinforced"
    """What is played between them."""
    every: int = 5
    """One step in so many, the first among them, is teacher forcing on true pairs."""
    count: int | None = None
    """True pairs that may be seen; None is all of the pack's."""

    def __post_init__(self) -> None:
        if self.every < 1:
            raise ValueError(f"every counts steps and must be at least 1, got {self.every}")
