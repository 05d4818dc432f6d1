"""Players for the trainer: a network with its optimizer, and its folder when it is done."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import nn
from torch.optim import AdamW
from transformers import PreTrainedModel

from summae.data.pack import TokenPack
from summae.models.attention import FUSED
from summae.recipes.game_settings import OptimizerSettings
from summae.training.unit import Player

Model = TypeVar("Model", bound=PreTrainedModel)


def player(module: nn.Module, settings: OptimizerSettings) -> Player:
    """A module with an AdamW of its own; vectors do not decay, and sines of positions stay."""
    _fix_positions(module)
    _fix_unread_words(module)
    parameters = list(module.parameters())
    matrices = [p for p in parameters if p.ndim >= 2]
    vectors = [p for p in parameters if p.ndim < 2]
    optimizer = AdamW(
        [
            {"params": matrices, "weight_decay": settings.weight_decay},
            {"params": vectors, "weight_decay": 0.0},
        ],
        lr=settings.learning_rate,
        betas=settings.betas,
        fused=True,
    )
    return Player(module, optimizer, settings.learning_rate)


def _fix_positions(module: nn.Module) -> None:
    """Say of tables of sines that they do not learn.

    They get no gradient in any case, but among several processes that counts as a gradient of 0,
    and then they would decay.
    """
    for part in module.modules():
        if type(part).__name__.endswith("SinusoidalPositionalEmbedding"):
            part.requires_grad_(False)


def _fix_unread_words(module: nn.Module) -> None:
    """Say the same of the word vectors beside those of encoder and decoder, where all are apart.

    Transformers keeps them in each model, tied or not.
    """
    for part in module.modules():
        beside = getattr(part, "shared", None)
        if isinstance(beside, nn.Embedding):
            stacks: Any = (part.encoder, part.decoder)
            if all(stack.embed_tokens.weight is not beside.weight for stack in stacks):
                beside.requires_grad_(False)


def with_fastest_attention(model: Model) -> Model:
    """Attention in two plain products on CPUs, where it is the faster one; fused on GPUs.

    There never by cuDNN, which torch may try first, and which makes a new plan for each new shape of a
    batch: for up to a second (https://github.com/modelscope/FunASR/issues/3704), and ours are of all shapes.
    """
    has_gpu = torch.cuda.is_available()
    if has_gpu:
        torch.backends.cuda.enable_cudnn_sdp(False)
    model.set_attn_implementation(FUSED if has_gpu else "eager")
    return model


def save_model(
    model: PreTrainedModel,
    directory: Path,
    pack: TokenPack,
    about: Mapping[str, Any],
    *,
    others: Mapping[str, PreTrainedModel] | None = None,
) -> None:
    """Write weights, configuration, tokenizer and `summae.json`, replacing what was there.

    Args:
        model: Not wrapped.
        directory: Appears complete or not at all.
        pack: Whose tokenizer goes beside the weights.
        about: Content of `summae.json`.
        others: Players who learned beside it, by the names of folders inside `directory`.
    """
    aside = directory.with_name(f".{directory.name}-new")
    shutil.rmtree(aside, ignore_errors=True)
    model.save_pretrained(aside)
    (aside / "tokenizer.model").write_bytes(pack.tokenizer_model)
    (aside / "summae.json").write_text(json.dumps(about) + "\n", encoding="utf-8")
    for name, other in (others or {}).items():
        other.save_pretrained(aside / name)
    shutil.rmtree(directory, ignore_errors=True)
    aside.rename(directory)
