"""Everything that decides how a sentence encoder comes out; importable with nothing but numpy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from summae.data.settings import SentenceBatchSettings, SentencePackSettings
from summae.recipes.game_settings import OptimizerSettings
from summae.representations.shape import EncoderShape
from summae.training.settings import TrainerSettings

__all__ = ["RepresentationName", "RepresentationSettings"]

RepresentationName = Literal["quick_thought", "skip_thought", "cpc", "infomax"]
"""The methods; each is a file of `summae.recipes`, and of `summae.representations` what it learns."""


@dataclass(frozen=True, kw_only=True)
class EncoderTrainingSettings(TrainerSettings):
    """How long and how carefully to train."""

    watched: str = "next_sentence"
    """Measure of `validate` that decides which encoder is best; higher is better."""


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
