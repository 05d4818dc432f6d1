"""The clock of a training: whose time each part of a step is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch

PARTS = {
    "sampling": "writing word by word without gradient, drawn or greedy, whoever writes",
    "scoring": "passes of the generator that carry its gradient, forward and backward",
    "reconstructor": "its turn, and what it is asked in the generator's",
    "discriminator": "its turn, and what it is asked in the generator's",
    "rewards": "rewards of texts, the language model's opinion, the anchor",
    "optimizer": "clipping and the update",
    "other": "batches, bookkeeping",
}
"""What a step's time goes into."""


@dataclass
class Step:
    """What one step did, and for how long."""

    is_detailed: bool
    """Whether its time was told apart: on a GPU that takes waiting, so every other step is."""
    seconds: float = 0.0
    parts: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PARTS, 0.0))
    documents: int = 0
    tokens: Any = 0
    flops: float = 0.0


class Stopwatch:
    """Whose time it is; one part at a time.

    Args:
        device: Where the work is done; before it looks at the clock it waits for a GPU.
    """

    def __init__(self, device: torch.device) -> None:
        self.steps: list[Step] = []
        """Finished steps."""
        self._device = device
        self._step: Step | None = None
        self._part, self._depth = "other", 0
        self._began = self._since = 0.0

    def next_step(self) -> None:
        """A step begins; the one before it, if any, is over."""
        self.end_step()
        is_gpu = self._device.type != "cpu"
        self._step = Step(is_detailed=not is_gpu or len(self.steps) % 2 == 1)
        self._part, self._depth = "other", 0
        self._began = self._since = self._now()

    def end_step(self) -> None:
        """The step is over."""
        if self._step is not None:
            self._charge()
            self._step.seconds = self._now() - self._began
            self.steps.append(self._step)
            self._step = None

    def turn(self, part: str, documents: int, tokens: Any) -> None:
        """A turn begins: what follows is this part, but for what is told apart from it."""
        self.switch(part)
        if self._step is not None:
            self._step.documents += documents
            self._step.tokens = self._step.tokens + tokens

    def switch(self, part: str) -> None:
        """From now on."""
        self._charge()
        self._part = part

    def add_flops(self, flops: float) -> None:
        """Work of a pass."""
        if self.is_running:
            assert self._step is not None
            self._step.flops += flops

    @property
    def is_running(self) -> bool:
        """Whether this step's time is told apart."""
        return self._step is not None and self._step.is_detailed

    @contextmanager
    def inside(self, part: str | None) -> Iterator[None]:
        """What happens in the block is this part; within another such block it stays the other."""
        if part is None or not self.is_running:
            yield
            return
        before = self._part
        if self._depth == 0:
            self.switch(part)
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if self._depth == 0:
                # The next batch is nobody's.
                self.switch("other" if part == "optimizer" else before)

    def _charge(self) -> None:
        if self.is_running:
            assert self._step is not None
            now = self._now()
            self._step.parts[self._part] += now - self._since
            self._since = now

    def _now(self) -> float:
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)
        return time.perf_counter()
