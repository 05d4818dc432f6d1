"""Hooks into a training by which the stopwatch learns what happens; the training knows nothing of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_hook

from benchmarking.arithmetic import flops
from benchmarking.memory import memory_now
from benchmarking.stopwatch import PARTS, Stopwatch
from summae.models import sampling
from summae.models.relaxed import RelaxedDecoder
from summae.recipes.reading import Reading
from summae.recipes.rewarding import Rewarding
from summae.training import gradients

Part = str | Callable[[], str | None]
"""Of `PARTS`, or what says which, if any, at the moment."""


class TimedUnit:
    """A training method that looks at the clock where the trainer meets it.

    Args:
        unit: The method.
        warm_up: Steps after which memory is looked at for the first time.
    """

    def __init__(self, unit: Any, *, warm_up: int) -> None:
        self.unit = unit
        self.stopwatch = Stopwatch(torch.device("cpu"))
        self.memory: list[int] = []
        self.device_memory: list[int] = []
        self._warm_up = warm_up

    def __getattr__(self, name: str) -> Any:
        return getattr(self.unit, name)

    def turns(self, step: int) -> Sequence[str]:
        """A step begins."""
        if step == self._warm_up:
            self.look_at_memory()
        self.stopwatch.next_step()
        turns: Sequence[str] = self.unit.turns(step)
        return turns

    def loss(self, player: str, batch: Any) -> Any:
        """A turn begins; its backward pass, which follows, is its own as well."""
        part = player if player in PARTS else "scoring"
        self.stopwatch.turn(part, len(batch), _tokens(player, batch))
        return self.unit.loss(player, batch)

    def validate(self) -> Mapping[str, float]:
        """The last step is over; there is nothing to validate on."""
        self.stopwatch.end_step()
        self.look_at_memory()
        return {}

    def look_at_memory(self) -> None:
        """Remember how much is held."""
        self.memory.append(memory_now().resident)
        self.device_memory.append(torch.cuda.memory_allocated() if torch.cuda.is_available() else 0)


@contextmanager
def told_apart(stopwatch: Stopwatch, unit: Any) -> Iterator[None]:
    """Every function and network that a part consists of, wrapped while the block runs."""
    game = getattr(unit, "other", unit)  # what is played between steps on true pairs

    def softly() -> str | None:
        return None if torch.is_grad_enabled() else "sampling"

    with ExitStack() as stack:
        for function, part in (
            (sampling.encode, "sampling"),
            (sampling.draw, "sampling"),
            (sampling.greedy, "sampling"),
            (gradients.average, "optimizer"),
            (gradients.clip, "optimizer"),
        ):
            for module in _modules_with(function):
                stack.enter_context(_timed(module, function.__name__, stopwatch, part))
        for name, part in (
            ("reader_model", "reconstructor"),
            ("judge_model", "discriminator"),
            ("language_model", "rewards"),
            ("beginning", "rewards"),
        ):
            network = getattr(game, name, None)
            if isinstance(network, nn.Module):
                stack.enter_context(_timed(network, "forward", stopwatch, part))
        methods: tuple[tuple[type, str, Part], ...] = (
            (torch.optim.AdamW, "step", "optimizer"),
            (RelaxedDecoder, "forward", softly),
            (Reading, "recovered", "reconstructor"),
            (Rewarding, "judge", "rewards"),
        )
        for owner, method, part_of in methods:
            stack.enter_context(_timed(owner, method, stopwatch, part_of))
        handle = register_module_forward_hook(
            lambda module, _, output: (
                stopwatch.add_flops(flops(module, output)) if stopwatch.is_running else None
            )
        )
        stack.callback(handle.remove)
        yield


@contextmanager
def _timed(owner: Any, name: str, stopwatch: Stopwatch, part: Part) -> Iterator[None]:
    original = getattr(owner, name)

    @wraps(original)
    def timed(*arguments: Any, **named: Any) -> Any:
        with stopwatch.inside(part if isinstance(part, str) else part()):
            return original(*arguments, **named)

    setattr(owner, name, timed)
    try:
        yield
    finally:
        setattr(owner, name, original)


def _modules_with(function: Callable[..., Any]) -> list[Any]:
    """Our modules that call it by its name."""
    return [
        module
        for name, module in list(sys.modules.items())
        if name.startswith("summae.") and getattr(module, function.__name__, None) is function
    ]


def _tokens(player: str, batch: Any) -> Tensor:
    """Real tokens of the texts of a batch, which stay on its device: to ask would be to wait."""
    # True pairs and what is played between them; the game's batches; plain ones.
    batch = getattr(batch, "other", batch)
    texts = getattr(batch, "texts", batch)
    mask: Tensor = texts.headline_mask if player == "language_model" else texts.source_mask
    return mask.sum()
