"""The generator: a small encoder-decoder that reads a document and writes a summary.

Any Hugging Face seq2seq model can play this part; `build_generator` makes our default from nothing
but a shape. It is Pegasus-shaped (Zhang et al., 2020, https://arxiv.org/abs/1912.08777): layer norm
before each block, which trains at high learning rates without warm-up tricks, and sinusoidal
positions, which cost no parameters. CTranslate2 converts it with greedy parity.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn
from transformers import PegasusConfig, PegasusForConditionalGeneration

PAD, BOS, EOS = 0, 2, 3


@dataclass(frozen=True, kw_only=True)
class GeneratorShape:
    """Size of the default generator; deep encoder, shallow decoder, since decoding costs the user time."""

    width: int = 320
    encoder_layers: int = 6
    decoder_layers: int = 2
    heads: int = 5
    feed_forward: int = 1280
    dropout: float = 0.1
    max_positions: int = 512


def build_generator(
    shape: GeneratorShape, *, vocab_size: int, seed: int = 0
) -> PegasusForConditionalGeneration:
    """Make a generator with fresh weights that copies easily.

    Args:
        shape: Its size.
        vocab_size: Pieces of the tokenizer; pad is 0, begin 2 and end 3.
        seed: Of the weights.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = PegasusForConditionalGeneration(_config(shape, vocab_size))
        make_copying_easy(model)
    return model


def _config(shape: GeneratorShape, vocab_size: int) -> PegasusConfig:
    config = PegasusConfig(
        vocab_size=vocab_size,
        d_model=shape.width,
        encoder_layers=shape.encoder_layers,
        decoder_layers=shape.decoder_layers,
        encoder_attention_heads=shape.heads,
        decoder_attention_heads=shape.heads,
        encoder_ffn_dim=shape.feed_forward,
        decoder_ffn_dim=shape.feed_forward,
        dropout=shape.dropout,
        attention_dropout=0.0,
        activation_dropout=0.0,
        activation_function="gelu",
        max_position_embeddings=shape.max_positions,
        # Small enough that at first the residual path, and so the token itself, dominates.
        init_std=0.02,
        scale_embedding=True,
        tie_word_embeddings=True,
        pad_token_id=PAD,
        eos_token_id=EOS,
        decoder_start_token_id=BOS,
        forced_eos_token_id=None,
    )
    config.bos_token_id = BOS
    # CTranslate2's loader reads these two, and a fresh configuration lacks them.
    config.normalize_before = True
    config.normalize_embedding = False
    return config


@torch.no_grad()
def make_copying_easy(model: PegasusForConditionalGeneration) -> None:
    """Let the last cross-attention pass encoder states through unchanged.

    With tied embeddings, what the decoder attends to is then what it writes, before a step of
    training: from scratch, learning to copy is otherwise what takes longest.
    """
    # Unit-variance embeddings beside the sinusoids, unit-variance logits from tied weights.
    nn.init.normal_(model.model.shared.weight, std=model.config.d_model**-0.5)
    attention = model.model.decoder.layers[-1].encoder_attn
    for projection in (attention.v_proj, attention.out_proj):
        nn.init.eye_(projection.weight)
        nn.init.zeros_(projection.bias)
