"""Everything that decides how a model comes out; importable with nothing but numpy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from summae.data.settings import MixtureSettings, PackSettings, PretrainingSettings
from summae.models.shape import GeneratorShape
from summae.recipes.game_settings import (
    BackTranslationSettings,
    DiscriminatorSettings,
    LanguageModelSettings,
    OptimizerSettings,
    ReconstructorSettings,
    ReinforcedSettings,
    RelaxedSettings,
    RewardTunedSettings,
    SemiSupervisedSettings,
    SupervisedSettings,
    WganSettings,
    WritingSettings,
)
from summae.training.settings import TrainerSettings

__all__ = ["OptimizerSettings", "PipelineSettings", "RecipeName"]

RecipeName = Literal[
    "mined",
    "denoising",
    "pretraining",
    "language_model",
    "reconstructor",
    "discriminator",
    "back_translation",
    "reinforced",
    "wgan",
    "relaxed",
    "reward_tuned",
    "supervised",
    "semi_supervised",
]
"""The methods; each is a file of `summae.recipes` that reads like the paper's algorithm box."""
_COMPILED: tuple[RecipeName, ...] = ("mined", "denoising", "pretraining", "supervised")


@dataclass(frozen=True, kw_only=True)
class PipelineSettings:
    """Everything that decides how a model comes out."""

    output: str = "runs/zh-news"
    """Folder of the run."""
    pack: str = ""
    """Token pack to train from; empty: `pack` inside `output`. Made from `data` when missing."""
    data: PackSettings = field(default_factory=PackSettings)
    """Where documents and headlines come from, and how the pack is made."""
    recipe: RecipeName = "mined"
    """The method."""
    stages: tuple[dict[str, Any], ...] = ()
    """Experiments to run one after another, each from what those before it made: what a stage names
    overrides what stands here, and its folder is `output/1-recipe` and so on (see
    `summae.recipes.stages`)."""
    start: str = ""
    """Checkpoint folder of any Hugging Face seq2seq model to start from, its vocabulary being the
    pack's (see `data.tokenizer`); empty: fresh weights of the shape `generator`."""
    generator: GeneratorShape = field(default_factory=GeneratorShape)
    """Size of a fresh generator."""
    mixture: MixtureSettings = field(default_factory=MixtureSettings)
    """What it learns from."""
    pretraining: PretrainingSettings = field(default_factory=PretrainingSettings)
    """What it learns from documents alone, before; sizes of batches are those of `mixture`."""
    optimizer: OptimizerSettings = field(default_factory=OptimizerSettings)
    """How its weights move."""
    training: TrainerSettings = field(default_factory=TrainerSettings)
    """How long."""

    writing: WritingSettings = field(default_factory=WritingSettings)
    """How the generator writes while it is trained by what others make of its summaries."""
    reconstructor: ReconstructorSettings = field(default_factory=ReconstructorSettings)
    """Who reads the document back from the summary."""
    discriminator: DiscriminatorSettings = field(default_factory=DiscriminatorSettings)
    """Who tells summaries from what people wrote."""
    language_model: LanguageModelSettings = field(default_factory=LanguageModelSettings)
    """Who knows what headlines read like."""
    back_translation: BackTranslationSettings = field(default_factory=BackTranslationSettings)
    reinforced: ReinforcedSettings = field(default_factory=ReinforcedSettings)
    wgan: WganSettings = field(default_factory=WganSettings)
    relaxed: RelaxedSettings = field(default_factory=RelaxedSettings)
    reward_tuned: RewardTunedSettings = field(default_factory=RewardTunedSettings)
    supervised: SupervisedSettings = field(default_factory=SupervisedSettings)
    semi_supervised: SemiSupervisedSettings = field(default_factory=SemiSupervisedSettings)

    def __post_init__(self) -> None:
        read, room = self.mixture.source_tokens + 1, self.generator.max_positions
        if not self.start and read > room:
            raise ValueError(
                f"mixture.source_tokens is {read - 1}, with </s> {read} tokens, and "
                f"generator.max_positions is {room}: lower the one or raise the other"
            )
        if self.training.compile and not self.stages and self.recipe not in _COMPILED:
            raise ValueError(
                f"training.compile is for {', '.join(_COMPILED)}; {self.recipe} has parts that cannot "
                "be compiled: leave it out there"
            )
