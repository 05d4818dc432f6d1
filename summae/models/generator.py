"""The generator: a small encoder-decoder that reads a document and writes a summary.

Any Hugging Face seq2seq model can play this part; `build_generator` makes our default from nothing
but a shape. It is Pegasus-shaped (Zhang et al., 2020, https://arxiv.org/abs/1912.08777): layer norm
before each block, which trains at high learning rates without warm-up tricks, and sinusoidal
positions, which cost no parameters. The other kinds differ from it, and from each other, in as
little as Transformers' own classes allow, so that a search can vary one thing:

* `mbart` (Liu et al., 2020, https://arxiv.org/abs/2001.08210): learned positions, and with them a
  norm of the embeddings;
* `bart` (Lewis et al., 2020, https://arxiv.org/abs/1910.13461): besides, norm after each block;
* `t5` (Raffel et al., 2020, https://arxiv.org/abs/1910.10683): relative positions, root-mean-square
  norm, no biases.

CTranslate2 converts each with greedy parity.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from transformers import (
    AutoModelForSeq2SeqLM,
    BartConfig,
    BartForConditionalGeneration,
    MBartConfig,
    MBartForConditionalGeneration,
    PegasusConfig,
    PegasusForConditionalGeneration,
    PreTrainedModel,
    T5Config,
    T5ForConditionalGeneration,
)

from summae.errors import ModelError
from summae.models.copying import make_copying_easy
from summae.models.shape import GeneratorShape

PAD, BOS, EOS = 0, 2, 3


def build_generator(shape: GeneratorShape, *, vocab_size: int, seed: int = 0) -> PreTrainedModel:
    """Make a generator with fresh weights, which copies easily unless its shape says otherwise.

    Args:
        shape: Its kind and size.
        vocab_size: Pieces of the tokenizer; pad is 0, begin 2 and end 3.
        seed: Of the weights.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = _fresh(shape, vocab_size)
        if shape.copying_start:
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


def _fresh(shape: GeneratorShape, vocab_size: int) -> PreTrainedModel:
    if shape.kind == "t5":
        return T5ForConditionalGeneration(_t5_config(shape, vocab_size))
    model_class, config_class = {
        "pegasus": (PegasusForConditionalGeneration, PegasusConfig),
        "mbart": (MBartForConditionalGeneration, MBartConfig),
        "bart": (BartForConditionalGeneration, BartConfig),
    }[shape.kind]
    model: PreTrainedModel = model_class(_bart_like_config(config_class, shape, vocab_size))
    return model


def _bart_like_config(config_class: Any, shape: GeneratorShape, vocab_size: int) -> Any:
    """The configuration of BART, or of one of those that descend from it."""
    config = config_class(
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
        # Sinusoids are large; a learned table starts as small as the words, and a norm follows.
        scale_embedding=shape.kind == "pegasus",
        tie_word_embeddings=shape.tie_embeddings,
        pad_token_id=PAD,
        eos_token_id=EOS,
        decoder_start_token_id=BOS,
        forced_eos_token_id=None,
    )
    config.bos_token_id = BOS
    # CTranslate2's loader reads these two, and a fresh configuration lacks them.
    config.normalize_before = shape.kind != "bart"
    config.normalize_embedding = shape.kind != "pegasus"
    return config


def _t5_config(shape: GeneratorShape, vocab_size: int) -> T5Config:
    config = T5Config(
        vocab_size=vocab_size,
        d_model=shape.width,
        d_kv=shape.width // shape.heads,
        d_ff=shape.feed_forward,
        num_layers=shape.encoder_layers,
        num_decoder_layers=shape.decoder_layers,
        num_heads=shape.heads,
        dropout_rate=shape.dropout,
        # The other kinds' feed-forward. T5's first was relu; its gated successor has three matrices
        # for two, so at equal `feed_forward` it would win or lose by size.
        feed_forward_proj="gelu",
        pad_token_id=PAD,
        eos_token_id=EOS,
    )
    config.bos_token_id = config.decoder_start_token_id = BOS
    return config
