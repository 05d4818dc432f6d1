"""Decoders that write a sentence from a vector, taught by being shown what they should have written.

Both are called with the tokens read so far as vectors (N, T, width), padded on the right, and a
sentence vector each (N, D), and return states (N, T, width) of which each knows nothing of later
tokens; so padding never matters to what stands before it.
"""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import Tensor, nn

from summae.representations.shape import MAX_POSITIONS

DecoderKind = Literal["gru", "transformer"]


def build_decoder(kind: DecoderKind, width: int, dimensions: int) -> nn.Module:
    """Make a decoder with fresh weights.

    Args:
        kind: What it is.
        width: Of token vectors and states.
        dimensions: Of sentence vectors, D.
    """
    kinds: dict[str, type[nn.Module]] = {
        "gru": ConditionalGru,
        "transformer": ConditionalTransformer,
    }
    return kinds[kind](width, dimensions)


class ConditionalGru(nn.Module):
    """A GRU whose gates and candidates are told the sentence vector v anew at every step.

    The decoder of Skip-thought (Kiros et al., 2015, arXiv 1506.06726)::

        r = σ(W_r x + U_r h + C_r v)
        z = σ(W_z x + U_z h + C_z v)
        h̃ = tanh(W x + U (r ⊙ h) + C v)
        h ← (1 - z) ⊙ h + z ⊙ h̃
    """

    def __init__(self, width: int, dimensions: int) -> None:
        super().__init__()
        self.read = nn.Linear(width, 3 * width)  # W, of r, z and h̃ side by side, and their biases
        self.told = nn.Linear(dimensions, 3 * width, bias=False)  # C
        self.gates = nn.Linear(width, 2 * width, bias=False)  # U_r and U_z
        self.proposal = nn.Linear(width, width, bias=False)  # U
        for recurrent in (*self.gates.weight.data.chunk(2), self.proposal.weight):
            nn.init.orthogonal_(recurrent)

    def forward(self, tokens: Tensor, vectors: Tensor) -> Tensor:
        given = self.read(tokens) + self.told(vectors)[:, None]  # (N, T, 3 width)
        state = given.new_zeros(len(given), tokens.shape[2])
        states = []
        for r_z, proposed in zip(*_split(given), strict=True):
            reset, update = (r_z + self.gates(state)).sigmoid().chunk(2, dim=1)
            new = (proposed + self.proposal(reset * state)).tanh()
            state = torch.lerp(state, new, update)
            states.append(state)
        return torch.stack(states, dim=1)


class ConditionalTransformer(nn.Module):
    """Two causal layers; the sentence vector is added to every token, as every step of a GRU has it."""

    def __init__(self, width: int, dimensions: int) -> None:
        super().__init__()
        self.told = nn.Linear(dimensions, width)
        # `<s>`, and what an encoder can read.
        self.positions = nn.Parameter(torch.randn(1 + MAX_POSITIONS, width) * 0.02)
        layer = nn.TransformerEncoderLayer(
            width,
            nhead=math.gcd(width, 4),
            dim_feedforward=4 * width,
            dropout=0.0,
            activation="gelu",
            batch_first=True,
            norm_first=True,
        )
        self.layers = nn.TransformerEncoder(
            layer, num_layers=2, norm=nn.LayerNorm(width), enable_nested_tensor=False
        )

    def forward(self, tokens: Tensor, vectors: Tensor) -> Tensor:
        length = tokens.shape[1]
        given = tokens + self.told(vectors)[:, None] + self.positions[:length]
        later = torch.ones(length, length, dtype=torch.bool, device=tokens.device).triu(1)
        states: Tensor = self.layers(given, mask=later, is_causal=True)
        return states


def _split(given: Tensor) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    """Of each step what goes to both gates, (N, 2 width), and to the proposal, (N, width)."""
    width = given.shape[2] // 3
    return given[:, :, : 2 * width].unbind(dim=1), given[:, :, 2 * width :].unbind(dim=1)
