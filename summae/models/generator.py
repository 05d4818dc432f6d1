"""The generator: a small encoder-decoder that reads a document and writes a summary.

Any Hugging Face seq2seq model can play this part; `build_generator` makes our default from nothing
but a shape. It is Pegasus-shaped (Zhang et al., 2020, https://arxiv.org/abs/1912.08777): layer norm
before each block, which trains at high learning rates without warm-up tricks, and sinusoidal
positions, which cost no parameters. CTranslate2 converts it with greedy parity.
"""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import (
    AutoModelForSeq2SeqLM,
    PegasusConfig,
    PegasusForConditionalGeneration,
    PreTrainedModel,
)

from summae.errors import ModelError
from summae.models.copying import make_copying_easy
from summae.models.shape import GeneratorShape

PAD, BOS, EOS = 0, 2, 3


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


def load_generator(path: str | Path, *, vocab_size: int) -> PreTrainedModel:
    """Take any Hugging Face seq2seq model as the generator.

    Args:
        path: Its folder, with `config.json` and weights.
        vocab_size: Pieces of the tokenizer that the training texts were encoded with.

    Raises:
        ModelError: There is no such model, or it has another vocabulary.
    """
    try:
        model: PreTrainedModel = AutoModelForSeq2SeqLM.from_pretrained(
            path, dtype=torch.float32, local_files_only=True
        )
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{path} is no seq2seq checkpoint that transformers loads: {error}"
        ) from error
    if model.config.vocab_size != vocab_size:
        raise ModelError(
            f"{path} has {model.config.vocab_size} embeddings, the token pack {vocab_size} pieces; "
            "make the pack with data.tokenizer set to the checkpoint's tokenizer.model"
        )
    for settings in (model.config, model.generation_config):
        settings.decoder_start_token_id = BOS
        settings.pad_token_id, settings.eos_token_id = PAD, EOS
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
