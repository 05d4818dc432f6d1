"""Networks that judge and do not learn: the headline language model, the generator as it began."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from torch import Tensor, nn
from transformers import PreTrainedModel

from summae.data.pack import TokenPack
from summae.models.language_model import load_language_model
from summae.recipes.players import with_fastest_attention
from summae.recipes.settings import PipelineSettings

Model = TypeVar("Model", bound=PreTrainedModel)


def frozen(model: Model) -> Model:
    """The same model, without dropout and without gradients."""
    model.requires_grad_(False)
    model.train(False)
    return model


def frozen_copy(model: Model) -> Model:
    """The model as it is now."""
    return frozen(copy.deepcopy(model))


def frozen_language_model(settings: PipelineSettings, pack: TokenPack) -> PreTrainedModel | None:
    """The checkpoint `language_model.start`, where there is one."""
    path = settings.language_model.start
    if not path:
        return None
    model = load_language_model(path, vocab_size=len(pack.vocabulary))
    return with_fastest_attention(frozen(model))


def beside(judge: Model, other: PreTrainedModel | Tensor) -> Model:
    """The judge, on the device of `other`; the trainer moves players only."""
    nn.Module.to(judge, other.device)
    return judge


@contextmanager
def without_dropout(*models: nn.Module) -> Iterator[None]:
    """Inside, a network does what it does after training.

    The trainer turns dropout on for every turn. A policy gradient needs the probabilities that were
    drawn with, and a reward that depends on luck is mostly luck.
    """
    training = [module for model in models for module in model.modules() if module.training]
    for module in training:
        module.training = False
    try:
        yield
    finally:
        for module in training:
            module.training = True
