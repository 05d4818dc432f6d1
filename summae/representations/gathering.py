"""Rows of all processes in each of them, so that a sentence is told from those of others, too."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch import distributed as dist
from torch.nn import functional as F


def all_rows(rows: Tensor) -> Tensor:
    """The rows of all processes, in the order of processes; `rows` itself where there is one.

    Gradients go back to the process that a row came from, summed over all that used it. Every
    process must call it equally often, and use the result in its loss, or the others wait for it.

    Args:
        rows: Of this process, which may have more or fewer than others, (N, ...).

    Returns:
        (M, ...), M being the sum of all N.
    """
    if not (dist.is_available() and dist.is_initialized()) or dist.get_world_size() == 1:
        return rows
    own = torch.tensor([len(rows)], device=rows.device)
    counts = [torch.empty_like(own) for _ in range(dist.get_world_size())]
    dist.all_gather(counts, own)
    sizes = [int(count) for count in counts]
    padded = F.pad(rows, [0] * (2 * rows.ndim - 1) + [max(sizes) - len(rows)])
    stacked = _Gathered.apply(padded)  # type: ignore[no-untyped-call]
    return torch.cat([part[:size] for part, size in zip(stacked, sizes, strict=True)])


def is_repeated(*keys: Tensor) -> Tensor:
    """True where a row was there before, as where two processes were given one document, (M,).

    Args:
        keys: What together names a row, each (M,).
    """
    same = torch.stack([key[:, None] == key for key in keys]).all(dim=0)
    return same.tril(-1).any(dim=1)


class _Gathered(torch.autograd.Function):
    """(N, ...) of each process to (processes, N, ...) in all of them."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor) -> Tensor:
        parts = [torch.empty_like(rows) for _ in range(dist.get_world_size())]
        dist.all_gather(parts, rows.contiguous())
        return torch.stack(parts)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        gradient = gradient.contiguous()
        dist.all_reduce(gradient)
        return gradient[dist.get_rank()]
