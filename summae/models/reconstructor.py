"""The reconstructor: reads a summary and writes the document it came from, as well as it can.

What it recovers is what the summary kept. It reads token ids and nothing softer: shown a
distribution over words, it would read the whole document out of its small probabilities, and the
words themselves would be free to mean nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import PegasusForConditionalGeneration

from summae.errors import ConfigError, ModelError
from summae.models.generator import build_generator
from summae.models.shape import GeneratorShape


class Reconstructor(PegasusForConditionalGeneration):  # type: ignore[no-untyped-call]
    """The generator's architecture, with summaries for sources and documents for targets."""

    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        *,
        inputs_embeds: Tensor | None = None,
        **others: Any,
    ) -> Any:
        """As in Pegasus, without `inputs_embeds`.

        Args:
            input_ids: Summaries ending in `</s>`, padded with 0, (B, T).
            attention_mask: 1 at real tokens, (B, T).
            inputs_embeds: Refused.
            others: As in Pegasus.

        Raises:
            ValueError: The summary came as embeddings.
        """
        if inputs_embeds is not None:
            raise ValueError(
                "the reconstructor reads token ids only, got inputs_embeds: through soft words the "
                "generator would hide the document in their probabilities; give input_ids"
            )
        return super().forward(input_ids=input_ids, attention_mask=attention_mask, **others)


def build_reconstructor(shape: GeneratorShape, *, vocab_size: int, seed: int = 0) -> Reconstructor:
    """Make a reconstructor with fresh weights that copies easily, as the generator does.

    A document holds most words of its summary, so writing on where the summary does is a fair
    first guess. What counts more: fresh weights without it first learn what documents are like
    whatever the summary, and as long as they do, no summary is rewarded. After 250 steps on mined
    pairs of news, a summary of the document rather than of another one was worth 0.77 nats a token
    with the copying start, 0.01 without.

    Args:
        shape: Its size; `max_positions` must hold a document.
        vocab_size: Pieces of the tokenizer; pad is 0, begin 2 and end 3.
        seed: Of the weights.

    Raises:
        ConfigError: The shape is of another kind than Pegasus.
    """
    if shape.kind != "pegasus":
        raise ConfigError(
            f"the reconstructor is pegasus-shaped, got {shape.kind!r}; leave reconstructor.shape.kind "
            "as it is and choose the generator's alone"
        )
    twin: Any = build_generator(shape, vocab_size=vocab_size, seed=seed)
    with torch.random.fork_rng(devices=[]):  # the weights drawn here are overwritten
        model = Reconstructor(twin.config)
    model.load_state_dict(twin.state_dict())
    return model


def load_reconstructor(path: str | Path, *, vocab_size: int) -> Reconstructor:
    """Read a saved reconstructor.

    Args:
        path: Its folder, with `config.json` and weights.
        vocab_size: Pieces of the tokenizer that its texts are encoded with.

    Raises:
        ModelError: There is none, or it has another vocabulary.
    """
    try:
        model = Reconstructor.from_pretrained(path, dtype=torch.float32, local_files_only=True)
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} holds no reconstructor that can be read: {error}") from error
    if model.config.vocab_size != vocab_size:
        raise ModelError(
            f"{path} has {model.config.vocab_size} embeddings, the tokenizer {vocab_size} pieces: "
            "take the tokenizer that it was trained with, or start a fresh one"
        )
    return model
