"""The headline language model: what people's headlines read like, whatever they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

from summae.data.batches import UnpairedBatch
from summae.data.pack import TokenPack
from summae.data.unpaired_batches import UnpairedDataset
from summae.models.language_model import (
    build_language_model,
    load_language_model,
    sequence_log_probs,
)
from summae.objectives.loss import Loss
from summae.recipes.experiment import Experiment
from summae.recipes.players import player, save_model, with_fastest_attention
from summae.recipes.settings import PipelineSettings
from summae.recipes.validation import Validation
from summae.text.vocabulary import PAD_ID
from summae.training.unit import Player

_ROWS = 128
"""Headlines measured at a time: the logits of more would fill a gigabyte."""


class LanguageModelUnit:
    """One player, the language model.

    Args:
        settings: The experiment.
        pack: Its headlines.
    """

    def __init__(self, settings: PipelineSettings, pack: TokenPack) -> None:
        wanted, vocab_size = settings.language_model, len(pack.vocabulary)
        self.pack = pack
        self.model = (
            load_language_model(wanted.start, vocab_size=vocab_size)
            if wanted.start
            else build_language_model(
                wanted.shape, vocab_size=vocab_size, seed=settings.training.seed
            )
        )
        with_fastest_attention(self.model)
        self.language_model = player(self.model, settings.optimizer)
        self.validation = Validation(pack, source_tokens=settings.mixture.source_tokens)

    def players(self) -> Mapping[str, Player]:
        return {"language_model": self.language_model}

    def turns(self, step: int) -> Sequence[str]:
        return ("language_model",)

    def loss(self, player: str, batch: UnpairedBatch) -> Loss:
        log_probs = sequence_log_probs(
            self.language_model.module, batch.headline_ids, batch.headline_mask
        )
        tokens = batch.headline_mask.sum()
        nll = -log_probs.sum() / tokens
        return Loss(nll, {"nll": nll.detach()}, weight=tokens)

    def validate(self) -> Mapping[str, float]:
        """Log-likelihood of the validation documents' true headlines, nats a token, at most 0."""
        headline_ids = self.validation.true_headlines()
        if headline_ids is None:
            return {}
        total = 0.0
        for ids in torch.split(headline_ids.to(self.model.device), _ROWS):
            total += float(sequence_log_probs(self.model, ids, ids != PAD_ID).sum())
        return {"log_likelihood": total / int((headline_ids != PAD_ID).sum())}

    def save(self, directory: Path) -> None:
        """Write weights, configuration and tokenizer, replacing what was there."""
        save_model(self.model, directory, self.pack, {"format": 1, "kind": "language_model"})


def build(settings: PipelineSettings, pack: TokenPack) -> Experiment:
    """One turn a step; of each batch only the headlines are read."""
    training = settings.training
    batches = UnpairedDataset(
        pack, settings.mixture, num_batches=training.steps, seed=training.seed
    )
    return Experiment(LanguageModelUnit(settings, pack), batches)
