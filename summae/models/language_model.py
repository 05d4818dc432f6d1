"""A small causal language model over headlines: how much does a summary read like Chinese?"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoModelForCausalLM, GPT2Config, GPT2LMHeadModel, PreTrainedModel

from summae.errors import ModelError
from summae.models.generator import BOS, EOS, PAD
from summae.models.shape import LanguageModelShape


def build_language_model(
    shape: LanguageModelShape, *, vocab_size: int, seed: int = 0
) -> GPT2LMHeadModel:
    """Make a language model with fresh weights, GPT-2-shaped (Radford et al., 2019).

    Args:
        shape: Its size.
        vocab_size: Pieces of the tokenizer; pad is 0, begin 2 and end 3.
        seed: Of the weights.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return GPT2LMHeadModel(_config(shape, vocab_size))


def load_language_model(path: str | Path, *, vocab_size: int) -> PreTrainedModel:
    """Take any Hugging Face causal language model over the same pieces.

    Args:
        path: Its folder, with `config.json` and weights.
        vocab_size: Pieces of the tokenizer that its texts are encoded with.

    Raises:
        ModelError: There is none, or it has another vocabulary.
    """
    try:
        model: PreTrainedModel = AutoModelForCausalLM.from_pretrained(
            path, dtype=torch.float32, local_files_only=True
        )
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} holds no language model that can be read: {error}") from error
    if model.config.vocab_size != vocab_size:
        raise ModelError(
            f"{path} has {model.config.vocab_size} embeddings, the tokenizer {vocab_size} pieces: "
            "take the tokenizer that it was trained with, or train another"
        )
    return model


def sequence_log_probs(model: nn.Module, ids: Tensor, mask: Tensor) -> Tensor:
    """Log-probability in nats of each token of a text after `<s>` and the tokens before it.

    Args:
        model: A causal language model, wrapped for data-parallel training or not.
        ids: Texts without `<s>` and with `</s>`, padded on the right with anything, (B, T).
        mask: True at real tokens, (B, T).

    Returns:
        Log-probabilities with gradient, 0 where the mask is False, (B, T).
    """
    begin = ids.new_full((len(ids), 1), BOS)
    logits: Tensor = model(
        input_ids=torch.cat([begin, ids[:, :-1]], dim=1),
        # Padding stands on the right, where no real token looks. Without any mask Transformers would
        # look for padding, and on a GPU wait to see it.
        attention_mask=torch.ones_like(ids),
        use_cache=False,
    ).logits  # (B, T, V)
    log_probs = logits.float().log_softmax(dim=-1)
    return log_probs.gather(-1, ids[..., None])[..., 0].masked_fill(~mask, 0.0)


def _config(shape: LanguageModelShape, vocab_size: int) -> GPT2Config:
    return GPT2Config(
        vocab_size=vocab_size,
        n_positions=shape.max_positions,
        n_embd=shape.width,
        n_layer=shape.layers,
        n_head=shape.heads,
        n_inner=shape.feed_forward,
        resid_pdrop=shape.dropout,
        embd_pdrop=shape.dropout,
        attn_pdrop=0.0,
        tie_word_embeddings=True,
        pad_token_id=PAD,
        bos_token_id=BOS,
        eos_token_id=EOS,
    )
