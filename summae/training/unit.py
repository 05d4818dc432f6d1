"""What the trainer knows of a method: its players, whose turn it is, and the loss of each turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from torch import nn
from torch.optim import Optimizer

from summae.objectives.loss import Loss


@dataclass
class Player:
    """A module that learns, and its optimizer. The trainer replaces both by prepared ones."""

    module: nn.Module
    optimizer: Optimizer
    learning_rate: float
    """Highest learning rate of the schedule."""


class TrainUnit(Protocol):
    """A training method as the trainer sees it."""

    def players(self) -> Mapping[str, Player]:
        """Modules that learn, by name, in an order that never changes."""
        ...

    def turns(self, step: int) -> Sequence[str]:
        """Names of the players that move at this step; each turn consumes one batch."""
        ...

    def loss(self, player: str, batch: Any) -> Loss:
        """Loss of one turn on a part of its batch; the other players are frozen while it runs.

        It is called equally often in every process, with at least one document each time.
        """
        ...

    def validate(self) -> Mapping[str, float]:
        """Measures on held-out data; changes no training state. See `alarms` for their names."""
        ...

    def save(self, directory: Path) -> None:
        """Write what a user of the trained model needs."""
        ...


class Stateful(Protocol):
    """Something with a state that a checkpoint can hold."""

    def state_dict(self) -> dict[str, Any]:
        """Tensors and numbers by name."""
        ...

    def load_state_dict(self, state: dict[str, Any], /) -> Any:
        """Go on where `state_dict` was taken."""
        ...


@runtime_checkable
class Keeping(Protocol):
    """A unit with a state that is no player's, as a moving average of one."""

    def kept(self) -> Mapping[str, Stateful]:
        """What a checkpoint needs beside players, by name, in an order that never changes."""
        ...


@runtime_checkable
class Previewing(Protocol):
    """A unit that can show what it does at the moment."""

    def previews(self) -> str:
        """A few examples as an HTML fragment; changes no training state."""
        ...
