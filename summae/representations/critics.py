"""Critics: how well does each of some vectors go with each of some others?

Both are called with (N, D) and (M, E) and return scores (N, M), in full precision, as large scores
in half of it would be all alike.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class BilinearCritic(nn.Module):
    """xᵀ W y: whatever there is to say has to be in the vectors."""

    def __init__(self, one: int, other: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(one, other))
        nn.init.xavier_normal_(self.weight)

    def forward(self, vectors: Tensor, others: Tensor) -> Tensor:
        with torch.autocast(vectors.device.type, enabled=False):
            return vectors.float() @ self.weight @ others.float().T


class PerceptronCritic(nn.Module):
    """A perceptron with one hidden layer that reads both at once.

    Its memory grows as N·M·`width`.
    """

    def __init__(self, one: int, other: int, *, width: int = 256) -> None:
        super().__init__()
        self.one = nn.Linear(one, width)
        self.other = nn.Linear(other, width, bias=False)
        self.output = nn.Linear(width, 1)

    def forward(self, vectors: Tensor, others: Tensor) -> Tensor:
        with torch.autocast(vectors.device.type, enabled=False):
            hidden = self.one(vectors.float())[:, None] + self.other(
                others.float()
            )  # (N, M, width)
            scores: Tensor = self.output(hidden.relu()).squeeze(-1)
        return scores
