"""From texts to a trained generator: every stage in order, each skipped when its result is there."""

from __future__ import annotations

import json
from pathlib import Path

import torch
import yaml
from transformers import PreTrainedModel

from summae.config import to_mapping
from summae.data.mixture import MixtureDataset
from summae.data.pack import TokenPack
from summae.models.generator import build_generator, load_generator
from summae.recipes.mined import MinedUnit
from summae.recipes.packing import Progress, ensure_pack
from summae.recipes.settings import PipelineSettings
from summae.training.checkpoints import TrainState
from summae.training.trainer import Trainer, process_state

__all__ = ["PipelineSettings", "train"]


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
