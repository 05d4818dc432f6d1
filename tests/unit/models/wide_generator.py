"""A small generator of many words, documents for it, and what it drew; for the tests of sampling."""

from __future__ import annotations

import torch
import transformers

from summae.models.generator import build_generator
from summae.models.outputs import Sampled
from summae.models.shape import GeneratorShape

TINY = GeneratorShape(
    width=32, heads=4, feed_forward=64, encoder_layers=1, decoder_layers=2, max_positions=64
)
SOURCES = torch.tensor(
    [
        [11, 12, 13, 14, 3, 0],
        [21, 22, 23, 24, 25, 3],
        [31, 3, 0, 0, 0, 0],
        [41, 42, 43, 3, 0, 0],
    ]
)
PREFIXES = torch.tensor([[2, 5], [2, 6], [2, 5], [2, 7]])
BANNED = (0, 1, 2, 4, 5, 6, 7)


def generator(*, vocab_size: int = 50, end_bias: float = 0.0) -> transformers.PreTrainedModel:
    """The generator's architecture with wide weights: summaries of many words that end anywhere."""
    config = build_generator(TINY, vocab_size=vocab_size).config
    config.init_std = 0.5
    torch.manual_seed(1)
    model = transformers.PegasusForConditionalGeneration(config).eval()
    model.final_logits_bias[0, 3] = end_bias
    return model


def drawn(sampled: Sampled) -> list[list[int]]:
    """Each row's tokens without padding."""
    return [row[keep].tolist() for row, keep in zip(sampled.ids, sampled.mask, strict=True)]


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)
