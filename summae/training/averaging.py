"""A moving average of weights: steadier than the weights of any single step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor


class WeightAverage:
    """Exponential moving average of parameters, kept in float32.

    In float16 or bfloat16 the thousandth part of a difference would mostly round to nothing.

    Args:
        parameters: What is averaged.
        decay: Share of the old average that an update keeps. The first updates keep less,
            (1 + n) / (10 + n) after n of them, so that the random start is soon forgotten (as
            TensorFlow's ExponentialMovingAverage does with `num_updates`).
    """

    def __init__(self, parameters: Sequence[Tensor], decay: float) -> None:
        self._parameters = list(parameters)
        self._decay = decay
        self._updates = 0
        self._means = [p.detach().to(torch.float32, copy=True) for p in self._parameters]

    @torch.no_grad()
    def update(self) -> None:
        """Take in the weights as they are now."""
        decay = min(self._decay, (1 + self._updates) / (10 + self._updates))
        self._updates += 1
        weights = [parameter.float() for parameter in self._parameters]
        torch._foreach_lerp_(self._means, weights, 1 - decay)  # all at once on a GPU

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The averages stand in place of the weights while the block runs."""
        weights = [p.detach().clone() for p in self._parameters]
        self._fill(self._means)
        try:
            yield
        finally:
            self._fill(weights)

    def state_dict(self) -> dict[str, Any]:
        """For the checkpoint."""
        return {"updates": self._updates, "means": self._means}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """From the checkpoint."""
        self._updates = state["updates"]
        for mean, saved in zip(self._means, state["means"], strict=True):
            mean.copy_(saved)

    @torch.no_grad()
    def _fill(self, values: Sequence[Tensor]) -> None:
        for parameter, value in zip(self._parameters, values, strict=True):
            parameter.copy_(value)
