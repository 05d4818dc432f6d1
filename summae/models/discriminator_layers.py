"""What discriminators are built of: layers written so that their gradient has a gradient again.

A gradient penalty differentiates twice. Fused recurrent kernels and fused attention can be
differentiated once only, so both are spelled out here in elementary steps, and every activation is
smooth. Nothing is normalised by its own size: words faded between a text and nothing are nearly
zero, and dividing by nearly zero makes slopes, and with them the penalty, explode.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

_RESIDUAL_SCALE = 0.3
"""Of what a block adds to its input, as in the critic of Gulrajani et al. (2017)."""
_NORM_FLOOR = 1.0
"""Added to the variance in layer norm: slopes stay below the gain however small the input."""


class ResidualConvolutions(nn.Module):
    """Two convolutions beside the identity (Gulrajani et al., 2017, arXiv 1704.00028).

    Centred: a token is judged with its neighbours on both sides.
    """

    def __init__(self, width: int, kernel_size: int) -> None:
        super().__init__()
        self.first = nn.Conv1d(width, width, kernel_size, padding=kernel_size // 2)
        self.second = nn.Conv1d(width, width, kernel_size, padding=kernel_size // 2)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """Mix each token with its neighbours.

        Args:
            states: (B, T, D).
            mask: True at real tokens, (B, T).
        """
        padding = ~mask[:, None]  # (B, 1, T)
        mixed = states.transpose(1, 2)  # (B, D, T)
        for convolution in (self.first, self.second):
            # Biases fill padding, too; a real token beside it would see how much padding there is.
            mixed = convolution(F.gelu(mixed).masked_fill(padding, 0.0))
        return states + _RESIDUAL_SCALE * mixed.transpose(1, 2)


class LongShortTermMemory(nn.Module):
    """An LSTM layer, one elementary step after another (Hochreiter & Schmidhuber, 1997)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.reading = nn.Linear(width, 4 * width)
        self.remembering = nn.Linear(width, 4 * width, bias=False)

    def forward(self, states: Tensor) -> Tensor:
        """What is remembered after each token, (B, T, D) from (B, T, D)."""
        read = self.reading(states)  # (B, T, 4D)
        hidden = cell = torch.zeros_like(states[:, 0])  # (B, D)
        after = []
        for token in read.unbind(dim=1):
            add, keep, new, show = (token + self.remembering(hidden)).chunk(4, dim=-1)
            # One more on `keep`: it forgets little before it has learned what to forget.
            cell = (keep + 1).sigmoid() * cell + add.sigmoid() * new.tanh()
            hidden = show.sigmoid() * cell.tanh()
            after.append(hidden)
        return torch.stack(after, dim=1)


class CausalBlock(nn.Module):
    """Attention to earlier tokens, then a feed-forward layer, each beside the identity.

    Distance counts against attention (ALiBi, Press et al., 2022, https://arxiv.org/abs/2108.12409),
    which needs no table of positions and so no longest text.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.attention_norm = nn.LayerNorm(width, eps=_NORM_FLOOR)
        # No biases: those of keys change nothing, those of values do what that of `mixing` does.
        self.looking = nn.Linear(width, 3 * width, bias=False)
        self.mixing = nn.Linear(width, width)
        self.thinking_norm = nn.LayerNorm(width, eps=_NORM_FLOOR)
        self.thinking = nn.Linear(width, 4 * width)
        self.concluding = nn.Linear(4 * width, width)

    def forward(self, states: Tensor) -> Tensor:
        """Each token with what stands before it, (B, T, D) from (B, T, D)."""
        states = states + _RESIDUAL_SCALE * self._attention(self.attention_norm(states))
        thought: Tensor = self.concluding(F.gelu(self.thinking(self.thinking_norm(states))))
        return states + _RESIDUAL_SCALE * thought

    def _attention(self, states: Tensor) -> Tensor:
        batch, tokens, width = states.shape
        query, key, value = (
            part.view(batch, tokens, self.heads, -1).transpose(1, 2)  # (B, heads, T, D / heads)
            for part in self.looking(states).chunk(3, dim=-1)
        )
        fit = query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5  # (B, heads, T, T)
        weights = (fit + self._distance_penalty(states)).softmax(dim=-1)
        mixed: Tensor = self.mixing((weights @ value).transpose(1, 2).reshape(batch, tokens, width))
        return mixed

    def _distance_penalty(self, states: Tensor) -> Tensor:
        """What attention loses with distance, -inf towards later tokens, (heads, T, T)."""
        place = torch.arange(states.shape[1], device=states.device)
        back = place[:, None] - place  # (T, T)
        head = torch.arange(1, self.heads + 1, device=states.device, dtype=states.dtype)
        slope = 2.0 ** (-8.0 * head / self.heads)
        penalty: Tensor = -slope[:, None, None] * back
        return penalty.masked_fill(back < 0, -torch.inf)
