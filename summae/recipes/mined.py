"""Mined warm start: cross-entropy on pseudo-pairs, mixed with the denoising of buried headlines.

One player, the generator; every target is a headline that a person wrote for another text.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn
from torch.optim import AdamW
from transformers import PreTrainedModel

from summae.data.batches import Seq2SeqBatch, pad
from summae.data.pack import TokenPack
from summae.evaluation.rouge import score
from summae.objectives.cross_entropy import cross_entropy
from summae.objectives.loss import Loss
from summae.recipes.settings import OptimizerSettings
from summae.text.vocabulary import EOS_ID, PAD_ID
from summae.training.unit import Player

_DECODING = {"repetition_penalty": 1.4}
"""Default search of a model trained so; chosen on validation documents (evaluation/decoding.md)."""


class MinedUnit:
    """Teacher forcing on whatever the batches hold.

    Args:
        generator: Any seq2seq model whose vocabulary is the pack's.
        pack: For validation and to be saved beside the weights.
        settings: Optimizer.
        source_tokens: Tokens read of a validation document.
        validation_batch: Validation documents summarised at a time.
    """

    def __init__(
        self,
        generator: PreTrainedModel,
        pack: TokenPack,
        settings: OptimizerSettings,
        *,
        source_tokens: int,
        validation_batch: int = 100,
    ) -> None:
        self._pack = pack
        self._settings = settings
        self._source_tokens = source_tokens
        self._validation_batch = validation_batch
        self._player = Player(generator, _adamw(generator, settings), settings.learning_rate)

    def players(self) -> Mapping[str, Player]:
        return {"generator": self._player}

    def turns(self, step: int) -> Sequence[str]:
        return ("generator",)

    def loss(self, player: str, batch: Seq2SeqBatch) -> Loss:
        logits = self._player.module(
            input_ids=batch.source_ids,
            attention_mask=batch.source_mask.long(),
            decoder_input_ids=batch.target_inputs,
            use_cache=False,
        ).logits
        return cross_entropy(logits, batch.labels, smoothing=self._settings.label_smoothing)

    def validate(self) -> Mapping[str, float]:
        if not self._pack.validation_summaries:
            return {}
        summaries = self.summarize_validation()
        scores = score(summaries, self._pack.validation_summaries)
        return {
            "rouge_1": scores.rouge_1.mean.f1,
            "rouge_2": scores.rouge_2.mean.f1,
            "rouge_l": scores.rouge_l.mean.f1,
            "characters": float(np.mean([len(summary) for summary in summaries])),
        }

    def summarize_validation(self) -> list[str]:
        """Greedy summaries of the validation documents, in their order."""
        model = _unwrapped(self._player.module)
        documents, size = self._pack.validation_documents, self._validation_batch
        written: list[str] = []
        for start in range(0, len(documents), size):
            sources = [
                np.append(documents[i][: self._source_tokens], EOS_ID)
                for i in range(start, min(start + size, len(documents)))
            ]
            source_ids = pad(sources, PAD_ID).to(model.device)
            ids = model.generate(
                input_ids=source_ids,
                attention_mask=(source_ids != PAD_ID).long(),
                max_new_tokens=40,
                num_beams=1,
                do_sample=False,
            )
            written += [self._pack.vocabulary.decode(row) for row in ids.tolist()]
        return written

    def save(self, directory: Path) -> None:
        """Write weights, configuration and tokenizer, replacing what was there."""
        aside = directory.with_name(f".{directory.name}-new")
        shutil.rmtree(aside, ignore_errors=True)
        _unwrapped(self._player.module).save_pretrained(aside)
        (aside / "tokenizer.model").write_bytes(self._pack.tokenizer_model)
        about = {
            "format": 1,
            "max_source_tokens": self._source_tokens + 1,
            "decoding": _DECODING,
        }
        (aside / "summae.json").write_text(json.dumps(about) + "\n", encoding="utf-8")
        shutil.rmtree(directory, ignore_errors=True)
        aside.rename(directory)


def _unwrapped(module: nn.Module) -> Any:
    """The model inside a data-parallel wrapper."""
    return getattr(module, "module", module)


def _adamw(module: nn.Module, settings: OptimizerSettings) -> AdamW:
    parameters = list(module.parameters())
    return AdamW(
        [
            {
                "params": [p for p in parameters if p.ndim >= 2],
                "weight_decay": settings.weight_decay,
            },
            {"params": [p for p in parameters if p.ndim < 2], "weight_decay": 0.0},
        ],
        lr=settings.learning_rate,
        betas=settings.betas,
        fused=True,
    )
