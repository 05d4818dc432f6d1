"""Fresh weights that copy: the generator starts by continuing the document after what it wrote last.

From scratch, learning to copy is what takes longest, because two layers have to agree ("induction
heads", Olsson et al., 2022, https://arxiv.org/abs/2209.11895). Here they begin so, and training is
free to change all of it. The places are told by sinusoids, with which a table of positions that is
learned can begin as well, or by the distances that T5 adds to its attention.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

# Tried on random texts of 90 tokens, on which an untrained generator of width 320 then continues five
# places of six rightly and one of width 256 three of four, all a little less on texts of 400; a T5,
# whose distances share no dimension with the sketch, continues all of them.
_SHARPNESS = 2.5
"""Scale of queries and keys that look one place back."""
_SKETCH_SCALE = 1.5
"""Strength of the sketch beside the sinusoids that share its dimensions."""
_COPY_SCALE = 4.0
"""Strength of what is copied beside the token written last, which would otherwise be repeated."""
_DISTANCE_BIAS = 10.0
"""Advantage of the place before in a T5's attention: among 512 places it gets 0.98 of the weight."""
_ONE_BACK = 1
"""T5's bucket of that distance; those of places after come behind all of those before."""
_RESIDUAL_STD = 0.02
"""Of a T5's other weights, as in the other kinds: small enough that at first the token dominates."""


@torch.no_grad()
def make_copying_easy(model: PreTrainedModel) -> None:
    """Overwrite fresh weights, in place.

    * Token embeddings leave as many dimensions as a head has to the positions alone.
    * The first head of the first encoder layer looks one place back and writes a sketch, a random
      projection, of that token's embedding into those dimensions.
    * The last cross-attention looks for the place whose sketch is that of the token just written,
      and passes the state there through to the output embeddings, which begin as the input's.

    Args:
        model: As `summae.models.generator.build_generator` makes them.

    Raises:
        ValueError: It is of another architecture.
    """
    kind = model.config.model_type
    if kind == "t5":
        _start_t5(model)
    elif kind in ("pegasus", "bart", "mbart"):
        _start_bart_like(model)
    else:
        raise ValueError(
            f"weights that copy are known for pegasus, bart, mbart and t5, got {kind!r}: leave that "
            "model's own"
        )


def _start_bart_like(model: Any) -> None:
    config, body = model.config, model.model
    width, heads = config.d_model, config.decoder_attention_heads
    room = _Reserved.of(width, width // config.encoder_attention_heads)
    words = body.shared.weight
    # Unit variance beside the sinusoids once scaled, and unit-variance logits from tied weights.
    nn.init.normal_(words, std=width**-0.5)
    words[:, room.dimensions] = 0.0
    for twin in (body.encoder.embed_tokens, body.decoder.embed_tokens, model.lm_head):
        twin.weight.copy_(words)  # those that are not tied
    for stack in (body.encoder, body.decoder):
        places = stack.embed_positions
        if places.weight.requires_grad:
            learned = places.weight[places.offset :]
            # As small as the words, which are not scaled where positions are learned.
            learned.copy_(_sinusoids(len(learned), width) * width**-0.5)
    sketch = room.sketch()
    attention = _Weights.of(body.encoder.layers[0].self_attn)
    _turn_back(attention, room)
    _write_sketch(attention, room, sketch)
    _look_ahead(_Weights.of(body.decoder.layers[-1].encoder_attn), room, sketch, heads)


def _start_t5(model: Any) -> None:
    config = model.config
    room = _Reserved.of(config.d_model, config.d_kv)
    for stack in (model.encoder, model.decoder):
        for module in stack.block.modules():
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, std=_RESIDUAL_STD)
    # Unit variance here, too: T5 scales its output instead of its input.
    nn.init.normal_(model.shared.weight)
    model.shared.weight[:, room.dimensions] = 0.0
    sketch = room.sketch()
    attention = model.encoder.block[0].layer[0].SelfAttention
    attention.relative_attention_bias.weight[_ONE_BACK, 0] = _DISTANCE_BIAS
    weights = _Weights.of(attention)
    for projection in (weights.query, weights.key):
        projection[: config.d_kv] = 0.0  # the distance alone decides
    _write_sketch(weights, room, sketch)
    cross = _Weights.of(model.decoder.block[-1].layer[1].EncDecAttention)
    _look_ahead(cross, room, sketch, config.num_heads)
    cross.query.mul_(config.d_kv**-0.5)  # a T5 attention does not scale


@dataclass(frozen=True)
class _Weights:
    """Those of an attention, whatever its class calls them."""

    query: Tensor
    key: Tensor
    value: Tensor
    out: Tensor

    @classmethod
    def of(cls, attention: Any) -> _Weights:
        is_t5 = hasattr(attention, "relative_attention_num_buckets")
        names = ("q", "k", "v", "o") if is_t5 else ("q_proj", "k_proj", "v_proj", "out_proj")
        return cls(*(getattr(attention, name).weight for name in names))


@dataclass(frozen=True)
class _Reserved:
    """Dimensions that tokens leave to the positions: the fastest sines, then their cosines."""

    width: int
    sines: Tensor
    cosines: Tensor

    @classmethod
    def of(cls, width: int, size: int) -> _Reserved:
        # Pegasus lays out positions as all sines, then all cosines; the first turn fastest.
        sines = torch.arange(size // 2)
        return cls(width, sines, sines + width // 2)

    @property
    def dimensions(self) -> Tensor:
        return torch.cat([self.sines, self.cosines])

    def sketch(self) -> Tensor:
        """Orthonormal rows that see the other dimensions only, (size, width)."""
        size = len(self.dimensions)
        free = torch.ones(self.width, dtype=torch.bool)
        free[self.dimensions] = False
        rows = torch.zeros(size, self.width)
        rows[:, free] = nn.init.orthogonal_(torch.empty(size, self.width - size))
        return rows


def _sinusoids(count: int, width: int) -> Tensor:
    """Positions laid out as Pegasus does, (count, width)."""
    angles = torch.arange(count)[:, None] * _radians_a_place(torch.arange(width // 2), width)
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def _radians_a_place(sines: Tensor, width: int) -> Tensor:
    return 10_000.0 ** (-2.0 * sines / width)


def _turn_back(attention: _Weights, room: _Reserved) -> None:
    """Head 0: from place p to p - 1, which sinusoids make a rotation."""
    size, half = len(room.dimensions), len(room.sines)
    first, second = torch.arange(half), torch.arange(half, size)
    turn = _radians_a_place(room.sines, room.width)
    query, key = attention.query, attention.key
    for projection in (query, key):
        projection[:size] = 0.0
    # sin(p - 1) and cos(p - 1) from sin(p) and cos(p).
    query[first, room.sines] = _SHARPNESS * turn.cos()
    query[first, room.cosines] = -_SHARPNESS * turn.sin()
    query[second, room.cosines] = _SHARPNESS * turn.cos()
    query[second, room.sines] = _SHARPNESS * turn.sin()
    key[first, room.sines] = _SHARPNESS
    key[second, room.cosines] = _SHARPNESS


def _write_sketch(attention: _Weights, room: _Reserved, sketch: Tensor) -> None:
    """Head 0: the sketch of what it sees, into the reserved dimensions."""
    size = len(room.dimensions)
    attention.value[:size] = sketch
    attention.out[:, :size] = 0.0
    attention.out[room.dimensions, torch.arange(size)] = _SKETCH_SCALE


def _look_ahead(attention: _Weights, room: _Reserved, sketch: Tensor, heads: int) -> None:
    """All heads: from a token to the place after it, and its state through unchanged."""
    size = len(room.dimensions)
    read = torch.zeros(size, room.width)
    read[torch.arange(size), room.dimensions] = 1.0
    attention.query.copy_(sketch.repeat(heads, 1)[: room.width])
    attention.key.copy_(read.repeat(heads, 1)[: room.width])
    nn.init.eye_(attention.value)
    nn.init.eye_(attention.out)
    attention.out.mul_(_COPY_SCALE)
