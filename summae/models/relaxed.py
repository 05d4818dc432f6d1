"""Unrolled decoding with soft words: each step reads the expected embedding of the word before.

Where a drawn word stops the gradient, a distribution over words lets it through, from whoever judges
the summary back into the generator. How logits become a distribution is the estimator's business.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from summae.models.generator import EOS, PAD
from summae.models.outputs import SoftWords
from summae.models.sampling import at_least_float32, through_first_end, without


class RelaxedDecoder(nn.Module):
    """The generator as a differentiable writer.

    A module of its own, so that a data-parallel wrapper sees one forward pass for all the steps.
    Its parameters are the generator's.

    Args:
        generator: Any Hugging Face encoder-decoder.
    """

    def __init__(self, generator: PreTrainedModel) -> None:
        super().__init__()
        self.generator = generator

    def forward(
        self,
        source_ids: Tensor,
        *,
        prefix_ids: Tensor,
        max_tokens: int,
        relax: Callable[[Tensor], Tensor],
        banned_ids: Sequence[int] = (),
    ) -> SoftWords:
        """Write until every row has ended, or to `max_tokens`.

        Args:
            source_ids: Documents ending in `</s>`, padded with 0, (B, S).
            prefix_ids: What each decoder is given first, hard words, (B, P).
            max_tokens: Tokens after the prefix at most.
            relax: From logits (B, V) in float32 or wider to probabilities (B, V), called once a
                step: softmax, or straight-through Gumbel-softmax.
            banned_ids: Tokens that get the logit -inf.

        Raises:
            ValueError: `max_tokens` is below 1, or the generator keeps no cache, as under gradient
                checkpointing.
        """
        if max_tokens < 1:
            raise ValueError(f"max_tokens must be at least 1, got {max_tokens}")
        source_mask = (source_ids != PAD).long()
        generator: Any = self.generator
        decoder = generator.get_decoder()
        encoded = self.generator.get_encoder()(input_ids=source_ids, attention_mask=source_mask)
        reading = {"decoder_input_ids": prefix_ids}
        cache = None
        words: list[Tensor] = []
        is_open = torch.ones_like(source_mask[:, 0], dtype=torch.bool)
        for _ in range(max_tokens):
            output = self.generator(
                encoder_outputs=encoded,
                attention_mask=source_mask,
                past_key_values=cache,
                use_cache=True,
                **reading,
            )
            cache = output.past_key_values  # its tensors carry the gradient
            if not words and (cache is None or cache.get_seq_length() == 0):
                raise ValueError(
                    "relaxed decoding needs the key/value cache and the generator filled none; if "
                    "gradient checkpointing is on, turn it off"
                )
            words.append(relax(without(at_least_float32(output.logits[:, -1]), banned_ids)))
            is_open = is_open & (words[-1].argmax(dim=-1) != EOS)
            if not is_open.any():
                break
            reading = {"decoder_inputs_embeds": expected_embeddings(decoder, words[-1][:, None])}
        probabilities = torch.stack(words, dim=1)  # (B, T, V)
        ids = probabilities.argmax(dim=-1)
        return SoftWords(probabilities, ids, through_first_end(ids))


def expected_embeddings(stack: Any, probabilities: Tensor) -> Tensor:
    """What an encoder or decoder would have looked up on average, with gradient.

    Args:
        stack: `get_encoder()` or `get_decoder()` of the network that reads.
        probabilities: Soft words, (..., V).

    Returns:
        (..., D).
    """
    embedding = stack.get_input_embeddings()
    # Pegasus and Marian scale what they are given; BART and its kin within the lookup, which is
    # passed over here.
    scale: float = getattr(embedding, "embed_scale", 1.0)
    expected: Tensor = probabilities @ embedding.weight
    return expected * scale
