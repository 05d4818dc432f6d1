"""From texts to a trained generator: every stage in order, each skipped when its result is there."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch
import yaml
from transformers import PreTrainedModel

from summae.config import to_mapping
from summae.data.mixture import MixtureDataset, MixtureSettings
from summae.data.pack import TokenPack
from summae.data.settings import PackSettings
from summae.errors import InputError
from summae.models.generator import GeneratorShape, build_generator, load_generator
from summae.recipes.mined import MinedUnit, OptimizerSettings
from summae.training.checkpoints import TrainState
from summae.training.trainer import Trainer, TrainerSettings, process_state

logger = logging.getLogger(__name__)
Progress = Callable[[str, int, int], None]


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


def ensure_pack(settings: PipelineSettings, *, progress: Progress | None = None) -> Path:
    """Make the token pack unless it is there; returns its folder.

    Raises:
        InputError: It is not there and `settings.data` names no texts to make it from.
    """
    folder = Path(settings.pack or Path(settings.output) / "pack")
    if (folder / "pack.json").exists():
        return folder
    if not settings.data.documents or not settings.data.headlines:
        raise InputError(
            f"there is no token pack in {folder}, and data.documents and data.headlines name no "
            "texts to make one from"
        )
    # Needs datasets, scikit-learn and SentencePiece, which a machine that only trains may lack.
    from summae.data.prepare import build_pack

    build_pack(settings.data, progress=progress).save(folder)
    return folder


def train(
    settings: PipelineSettings, *, resume: bool = True, progress: Progress | None = None
) -> TrainState:
    """Train the generator, from texts or from a token pack.

    Args:
        settings: The experiment.
        resume: Go on from the newest checkpoint of `settings.output` if there is one.
        progress: Called with (stage, done, in all) while the pack is made.

    Returns:
        Where the run stands; the model is in `settings.output`, under `best` and `last`.
    """
    # One process prepares, the others find the pack made.
    with process_state().main_process_first():
        pack = TokenPack.load(ensure_pack(settings, progress=progress))
    output = Path(settings.output)
    if process_state().is_main_process:
        _write_settings(settings, pack, output)
    generator = _generator(settings, vocab_size=len(pack.vocabulary))
    # Attention in two plain products is the faster one on CPUs, the fused kernel on GPUs.
    generator.set_attn_implementation("sdpa" if torch.cuda.is_available() else "eager")
    unit = MinedUnit(
        generator, pack, settings.optimizer, source_tokens=settings.mixture.source_tokens
    )
    batches = MixtureDataset(
        pack, settings.mixture, num_batches=settings.training.steps, seed=settings.training.seed
    )
    return Trainer(unit, batches, settings.training, output).fit(resume=resume)


def _generator(settings: PipelineSettings, *, vocab_size: int) -> PreTrainedModel:
    if settings.start:
        return load_generator(settings.start, vocab_size=vocab_size)
    return build_generator(settings.generator, vocab_size=vocab_size, seed=settings.training.seed)


def _write_settings(settings: PipelineSettings, pack: TokenPack, output: Path) -> None:
    output.mkdir(parents=True, exist_ok=True)
    (output / "settings.yaml").write_text(
        yaml.safe_dump(to_mapping(settings), allow_unicode=True, sort_keys=False), encoding="utf-8"
    )
    (output / "pack.json").write_text(
        json.dumps(pack.notes, ensure_ascii=False, indent=1), encoding="utf-8"
    )
