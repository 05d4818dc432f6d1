"""Everything that decides how a model comes out; importable with nothing but numpy."""

from __future__ import annotations

from dataclasses import dataclass, field

from summae.data.settings import MixtureSettings, PackSettings
from summae.models.shape import GeneratorShape
from summae.training.settings import TrainerSettings


@dataclass(frozen=True, kw_only=True)
class OptimizerSettings:
    """AdamW for the generator."""

    learning_rate: float = 1e-3
    """Highest learning rate."""
    weight_decay: float = 0.01
    """Decay of matrices; vectors do not decay."""
    betas: tuple[float, float] = (0.9, 0.98)
    """Decay of the running means of gradients and their squares."""
    label_smoothing: float = 0.1
    """Share of probability spread over the vocabulary."""


@dataclass(frozen=True, kw_only=True)
class PipelineSettings:
    """Everything that decides how a model comes out."""

    output: str = "runs/zh-news"
    """Folder of the run."""
    pack: str = ""
    """Token pack to train from; empty: `pack` inside `output`. Made from `data` when missing."""
    data: PackSettings = field(default_factory=PackSettings)
    """Where documents and headlines come from, and how the pack is made."""
    start: str = ""
    """Checkpoint folder of any Hugging Face seq2seq model to start from, its vocabulary being the
    pack's (see `data.tokenizer`); empty: fresh weights of the shape `generator`."""
    generator: GeneratorShape = field(default_factory=GeneratorShape)
    """Size of a fresh model."""
    mixture: MixtureSettings = field(default_factory=MixtureSettings)
    """What it learns from."""
    optimizer: OptimizerSettings = field(default_factory=OptimizerSettings)
    """How its weights move."""
    training: TrainerSettings = field(default_factory=TrainerSettings)
    """How long."""
