"""Means and rates between two lines of the log, over all processes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from accelerate import Accelerator

from summae.training.gradients import scalar_on


class Meter:
    """Weighted means since the last log; sums stay on the device, so that training never waits.

    Args:
        accelerator: Knows the device and the other processes.
    """

    def __init__(self, accelerator: Accelerator) -> None:
        self._accelerator = accelerator
        self._clear()

    def add(self, player: str, values: Mapping[str, Any], weight: Any = 1.0) -> None:
        """Take in scalars of one part of a turn."""
        device = self._accelerator.device
        weight = scalar_on(device, weight)
        for name, value in values.items():
            value = scalar_on(device, value)
            # What counts nothing may be anything, even nan.
            pair = torch.stack([torch.where(weight > 0, value * weight, 0.0), weight])
            key = f"{player}/{name}"
            self._sums[key] = self._sums[key] + pair if key in self._sums else pair

    def turn(self, documents: int) -> None:
        """Count a turn, and the documents of all processes in it."""
        self._turns += 1
        self._documents += documents

    @contextmanager
    def paused(self) -> Iterator[None]:
        """What happens in the block is no training: it does not slow the rates down."""
        started = time.monotonic()
        yield
        self._since += time.monotonic() - started

    def flush(self) -> dict[str, float]:
        """Means and rates, the same in every process; begins anew."""
        means: dict[str, float] = {}
        if self._sums:
            sums = torch.stack([self._sums[key] for key in sorted(self._sums)])  # (measures, 2)
            rows = self._accelerator.reduce(sums, "sum").tolist()
            for key, (total, weight) in zip(sorted(self._sums), rows, strict=True):
                means[key] = total / weight if weight else float("nan")
        seconds = time.monotonic() - self._since
        means["turns_per_second"] = self._turns / seconds
        means["documents_per_second"] = self._documents / seconds
        self._clear()
        return means

    def _clear(self) -> None:
        self._sums: dict[str, torch.Tensor] = {}
        self._turns = self._documents = 0
        self._since = time.monotonic()
