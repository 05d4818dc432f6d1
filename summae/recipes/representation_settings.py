"""Everything that decides how a sentence encoder comes out; importable with nothing but numpy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from summae.data.settings import SentenceBatchSettings, SentencePackSettings
from summae.recipes.game_settings import OptimizerSettings
from summae.representations.shape import MAX_POSITIONS, EncoderShape
from summae.training.settings import TrainerSettings

__all__ = ["RepresentationName", "RepresentationSettings"]

RepresentationName = Literal["quick_thought", "skip_thought", "cpc", "infomax"]
"""The methods; each is a file of `summae.recipes`, and of `summae.representations` what it learns."""


@dataclass(frozen=True, kw_only=True)
class EncoderTrainingSettings(TrainerSettings):
    """How long and how carefully to train."""

    watched: str = "next_sentence"
    """Measure of `validate` that decides which encoder is best; higher is better."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.compile:
            raise ValueError("compile is for generators; sentence encoders are trained without it")


@dataclass(frozen=True, kw_only=True)
class QuickThoughtSettings:
    """Which sentences belong together."""

    context: int = 1
    """Sentences before and behind a sentence that it shall find among all others."""

    def __post_init__(self) -> None:
        if self.context < 1:
            raise ValueError(
                f"context counts the sentences on each side that are to be found, at least 1, got "
                f"{self.context}"
            )


@dataclass(frozen=True, kw_only=True)
class SkipThoughtSettings:
    """What writes the sentences before and after."""

    decoder: Literal["gru", "transformer"] = "gru"
    """gru: the paper's, told the vector at every step; transformer: two causal layers."""
    target: Literal["neighbours", "itself"] = "neighbours"
    """What is written; itself makes a plain auto-encoder of it, to compare with."""
    width: int = 256
    """Of its words and states."""
    word_dropout: float = 0.25
    """Share of the words before that it does not get to read, so that it asks the vector."""

    def __post_init__(self) -> None:
        if self.width < 1:
            raise ValueError(f"width counts dimensions, at least 1, got {self.width}")
        if not 0 <= self.word_dropout < 1:
            raise ValueError(
                f"word_dropout is a share of the words in [0, 1), got {self.word_dropout}; 0 lets "
                "the decoder read all"
            )


@dataclass(frozen=True, kw_only=True)
class CpcSettings:
    """What is foretold, and from what."""

    level: Literal["sentences", "windows"] = "sentences"
    """Steps are the sentences of a document, or windows of a sentence."""
    steps: int = 3
    """Steps ahead, each with a critic of its own."""
    window: int = 4
    """Tokens of a window; they do not overlap."""
    history: bool = True
    """Whether a memory of all steps so far foretells, or the last one alone."""

    def __post_init__(self) -> None:
        if min(self.steps, self.window) < 1:
            raise ValueError(
                f"steps and window count steps ahead and tokens, at least 1, got {self.steps} and "
                f"{self.window}"
            )


@dataclass(frozen=True, kw_only=True)
class InfoMaxSettings:
    """How a document and its sentences are known to belong together."""

    critic: Literal["bilinear", "perceptron"] = "bilinear"
    """What scores a sentence and a document."""
    estimator: Literal["jsd", "info_nce", "donsker_varadhan"] = "jsd"
    """How its scores become a loss."""
    prior_weight: float = 0.1
    """How hard documents' vectors are pushed to be spread evenly, γ in the paper; 0 for not at all."""

    def __post_init__(self) -> None:
        if self.prior_weight < 0:
            raise ValueError(
                f"prior_weight is at least 0, got {self.prior_weight}; 0 pushes nothing"
            )


@dataclass(frozen=True, kw_only=True)
class RepresentationSettings:
    """Everything that decides how a sentence encoder comes out."""

    output: str = "runs/quick-thought"
    """Folder of the run."""
    pack: str = ""
    """Sentence pack to train from; empty: `pack` inside `output`. Made from `data` when missing."""
    data: SentencePackSettings = field(default_factory=SentencePackSettings)
    """Where documents come from, and how the pack is made."""
    recipe: RepresentationName = "quick_thought"
    """The method."""
    encoder: EncoderShape = field(default_factory=EncoderShape)
    """What reads a sentence."""
    batches: SentenceBatchSettings = field(default_factory=SentenceBatchSettings)
    """What it learns from at a time."""
    optimizer: OptimizerSettings = field(default_factory=OptimizerSettings)
    """How its weights move."""
    training: EncoderTrainingSettings = field(default_factory=EncoderTrainingSettings)
    """How long."""

    quick_thought: QuickThoughtSettings = field(default_factory=QuickThoughtSettings)
    skip_thought: SkipThoughtSettings = field(default_factory=SkipThoughtSettings)
    cpc: CpcSettings = field(default_factory=CpcSettings)
    infomax: InfoMaxSettings = field(default_factory=InfoMaxSettings)

    def __post_init__(self) -> None:
        parts = self.training.accumulation
        if parts > 1 and self.recipe != "skip_thought":
            raise ValueError(
                f"training.accumulation is {parts}, and {self.recipe} tells the sentences of a batch "
                "from one another, of which each part would show it fewer: set it to 1. Where a batch "
                "does not fit, launch several processes, which weigh each sentence against those of "
                "all; to tell it from more, raise batches.sentences_per_batch"
            )
        # A pack that is named has sentences of its own lengths.
        if not self.pack and (problem := self.too_long(self.data.sentence_tokens)):
            raise ValueError(problem)

    def too_long(self, tokens: int) -> str:
        """Why sentences of so many tokens cannot be learned from; empty where they can."""
        kinds = {"encoder.kind": self.encoder.kind}
        if self.recipe == "skip_thought":
            kinds["skip_thought.decoder"] = self.skip_thought.decoder
        names = " and ".join(name for name, kind in kinds.items() if kind == "transformer")
        if tokens <= MAX_POSITIONS or not names:
            return ""
        return (
            f"sentences have up to {tokens} tokens, and a transformer has room for {MAX_POSITIONS}: "
            f"make a pack with a lower data.sentence_tokens, or take another {names}"
        )
