"""What every recipe that trains a generator shares: making it, measuring it, showing it, saving it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar, cast

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from summae.data.batches import Seq2SeqBatch
from summae.data.pack import TokenPack
from summae.errors import ConfigError
from summae.models.generator import build_generator, load_generator
from summae.objectives.cross_entropy import cross_entropy, r_drop
from summae.objectives.loss import Loss
from summae.recipes.players import player, save_model, with_fastest_attention
from summae.recipes.previews import Preview, page
from summae.recipes.settings import PipelineSettings
from summae.recipes.validation import Validation, Written
from summae.text.vocabulary import PAD_ID
from summae.training.unit import Player, Stateful

_DECODING = {"repetition_penalty": 1.4}
"""Default search of a model trained so; chosen on validation documents (evaluation/decoding.md)."""
_PREVIEWS = 8
AnyFunction = TypeVar("AnyFunction", bound=Callable[..., Any])


class GeneratorUnit:
    """A method with a generator among its players; measured by its greedy summaries.

    Args:
        settings: The experiment.
        pack: Validation texts, and the tokenizer that is saved beside the weights.
    """

    def __init__(self, settings: PipelineSettings, pack: TokenPack) -> None:
        self.settings = settings
        self.pack = pack
        self.validation = Validation(pack, source_tokens=settings.mixture.source_tokens)
        self.model = make_generator(settings, pack)
        """The generator itself, whose weights the player trains: for drawing, measuring, saving."""
        self.generator = player(self.learner(), settings.optimizer)
        self.knows_open_lengths = False
        """Whether a summary may begin with the token that leaves its length open. What a run does not
        teach is soon forgotten, so it does not matter what the model knew at its start."""

    def learner(self) -> nn.Module:
        """The module that learns: the generator, or what it is wrapped in."""
        return self.model

    @property
    def policy(self) -> nn.Module:
        """The generator as the trainer wraps it: for passes that carry its gradient."""
        return self.generator.module

    def players(self) -> Mapping[str, Player]:
        return {"generator": self.generator}

    def turns(self, step: int) -> Sequence[str]:
        return ("generator",)

    def loss(self, player: str, batch: Any) -> Loss:
        """Each method's own."""
        raise NotImplementedError

    def validate(self) -> Mapping[str, float]:
        return self.measures(self.validation.write(self.model)) if len(self.validation) else {}

    def measures(self, written: Written) -> dict[str, float]:
        """What is to be known of the summaries of all validation documents."""
        return self.validation.measures(written)

    def previews(self) -> str:
        """A few validation documents and what becomes of them."""
        written = self.validation.write(self.model, limit=_PREVIEWS)
        if not written.documents:
            return ""
        scores, readings = self.token_scores(written.summary_ids), self.readings(written)
        spell = self.pack.vocabulary.decode
        return page(
            Preview(
                document=document,
                tokens=[spell([token]) for token in ids if token != PAD_ID],
                scores=None if scores is None else scores[row].tolist(),
                reconstruction=None if readings is None else readings[row],
            )
            for row, (document, ids) in enumerate(
                zip(written.documents, written.summary_ids.tolist(), strict=True)
            )
        )

    def token_scores(self, summary_ids: Tensor) -> Tensor | None:
        """What the discriminator says of each token, (B, T), where there is one."""
        return None

    def readings(self, written: Written) -> Sequence[str] | None:
        """What the reconstructor makes of each summary, where there is one."""
        return None

    def kept(self) -> Mapping[str, Stateful]:
        """What a checkpoint needs beside players."""
        return {}

    def others(self) -> Mapping[str, PreTrainedModel]:
        """Who learns beside the generator, to be saved in folders of these names."""
        return {}

    def save(self, directory: Path) -> None:
        """Write weights, configuration and tokenizer, replacing what was there."""
        about = {
            "format": 1,
            "max_source_tokens": self.settings.mixture.source_tokens + 1,
            "decoding": {**_DECODING, "open_length": self.knows_open_lengths},
        }
        save_model(self.model, directory, self.pack, about, others=self.others())


class TeacherForced(GeneratorUnit):
    """One player, the generator, which learns to write whatever targets the batches hold.

    Args:
        settings: The experiment.
        pack: The corpus.

    Raises:
        ConfigError: R-Drop is wanted of a generator without dropout, or compilation of a machine
            without a compiler.
    """

    def __init__(self, settings: PipelineSettings, pack: TokenPack) -> None:
        super().__init__(settings, pack)
        if settings.optimizer.r_drop and not _has_dropout(self.model):
            found = f"{settings.start} has none" if settings.start else "generator.dropout is 0"
            raise ConfigError(
                f"optimizer.r_drop is {settings.optimizer.r_drop:g}, which compares two passes that "
                f"differ in dropout, and {found}: set r_drop to 0, or begin with a generator that has "
                "dropout"
            )
        self._pass = _compiled(teacher_forcing) if settings.training.compile else teacher_forcing

    def loss(self, player: str, batch: Seq2SeqBatch) -> Loss:
        wanted = self.settings.optimizer
        return self._pass(
            self.policy, batch, smoothing=wanted.label_smoothing, disagreement=wanted.r_drop
        )


def teacher_forcing(
    module: nn.Module,
    batch: Seq2SeqBatch,
    *,
    smoothing: float = 0.0,
    disagreement: float = 0.0,
) -> Loss:
    """Cross-entropy of the targets, each token given the true ones before it.

    Args:
        module: The generator, wrapped for data-parallel training or not.
        batch: Sources and targets.
        smoothing: Share of probability spread over the vocabulary.
        disagreement: Weight of the divergence between two passes of other dropout (`r_drop`).
    """
    # Both passes as one, so that the hooks of a data-parallel wrapper fire once.
    read = _twice(batch) if disagreement else batch
    logits: Tensor = module(
        input_ids=read.source_ids,
        attention_mask=None if read.sources_are_full else read.source_mask.long(),
        decoder_input_ids=read.target_inputs,
        use_cache=False,
    ).logits
    if disagreement:
        return r_drop(logits, batch.labels, weight=disagreement, smoothing=smoothing)
    return cross_entropy(logits, batch.labels, smoothing=smoothing)


def _compiled(function: AnyFunction) -> AnyFunction:
    """One graph for all lengths, fused by inductor at the first batch."""
    compiler = os.environ.get("CXX", "g++")
    if not torch.accelerator.is_available() and shutil.which(compiler) is None:
        raise ConfigError(
            f"training.compile needs a C++ compiler, and there is no {compiler}: install one, name "
            "it in CXX, or leave training.compile out"
        )
    compiled: Any = torch.compile(function, dynamic=True)
    return cast(AnyFunction, compiled)


def _twice(batch: Seq2SeqBatch) -> Seq2SeqBatch:
    """All rows, and all of them again."""
    return replace(
        batch,
        source_ids=batch.source_ids.repeat(2, 1),
        target_inputs=batch.target_inputs.repeat(2, 1),
        labels=batch.labels.repeat(2, 1),
    )


def _has_dropout(model: PreTrainedModel) -> bool:
    names = ("dropout", "dropout_rate", "attention_dropout", "activation_dropout")
    return any(getattr(model.config, name, 0) for name in names)


def make_generator(settings: PipelineSettings, pack: TokenPack) -> PreTrainedModel:
    """The checkpoint `settings.start`, or fresh weights of the shape `settings.generator`."""
    vocab_size = len(pack.vocabulary)
    if settings.start:
        return with_fastest_attention(load_generator(settings.start, vocab_size=vocab_size))
    return with_fastest_attention(
        build_generator(settings.generator, vocab_size=vocab_size, seed=settings.training.seed)
    )
