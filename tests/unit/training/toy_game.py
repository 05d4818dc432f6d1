"""A game of two players small enough to be played by two processes in a test; run, it plays.

A writer moves points, a critic tells moved ones from others: a loss through a frozen player, a
penalty with a second derivative, documents of different lengths, and batches too small to share.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import accelerate
import torch
from torch import Tensor, nn

from summae.objectives.loss import Loss
from summae.training import trainer as trainer_module
from summae.training.settings import TrainerSettings
from summae.training.trainer import Trainer
from summae.training.unit import Player

SETTINGS = TrainerSettings(
    steps=7, warmup_steps=2, log_every=2, validate_every=3, save_every=3, ema_decay=0.5
)
SCENARIOS = {
    "whole": SETTINGS,
    "parts": replace(SETTINGS, accumulation=2),
    "hurried": replace(SETTINGS, max_minutes=1e-9),
    "unlogged": replace(
        SETTINGS, steps=25, log_every=0, validate_every=0, save_every=0, max_minutes=1e-9
    ),
}
SHARDED = replace(SETTINGS, ema_decay=0.0)


@dataclass(frozen=True)
class Points:
    """Documents of up to four points each."""

    values: Tensor
    """(B, 4, 3)."""
    real: Tensor
    """True where there is a point, (B, 4)."""
    rows: Tensor
    """Which documents, (B,)."""

    def to(self, device: object) -> Points:
        return self

    def shard(self, index: int, count: int) -> Points:
        part = slice(index, None, count)
        return Points(self.values[part], self.real[part], self.rows[part])


class Epochs(torch.utils.data.Dataset[Points]):
    """Eleven documents in batches of five, five and one, over and over."""

    def __len__(self) -> int:
        return 60

    def __getitem__(self, number: int) -> Points:
        rows = torch.arange(11)[5 * (number % 3) :][:5]
        values = torch.randn(11, 4, 3, generator=torch.Generator().manual_seed(number // 3))
        lengths = rows % 4 + 1
        return Points(values[rows], torch.arange(4) < lengths[:, None], rows)


class Writer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.move = nn.Linear(3, 3)
        self.by_itself = nn.Linear(3, 3)

    def forward(self, values: Tensor) -> Tensor:
        return values + self.move(values).tanh()


class ToyGame:
    """Critic, then writer; each loss is a mean over real points.

    Args:
        uses_all: Whether every part of a batch uses every weight, as sharding asks.
    """

    def __init__(self, *, uses_all: bool = False) -> None:
        self._uses_all = uses_all
        torch.manual_seed(0)
        writer, critic = Writer(), nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 1))
        self._players = {
            "writer": Player(writer, torch.optim.SGD(writer.parameters(), lr=1.0), 0.1),
            "critic": Player(critic, torch.optim.AdamW(critic.parameters(), lr=1.0), 0.01),
        }
        self.seen: list[int] = []

    def players(self) -> Mapping[str, Player]:
        return self._players

    def turns(self, step: int) -> Sequence[str]:
        return ("critic", "writer")

    def loss(self, player: str, batch: Points) -> Loss:
        self.seen += batch.rows.tolist()
        writer, critic = (self._players[name].module for name in ("writer", "critic"))
        moved = writer(batch.values)
        if player == "writer":
            each = -critic(moved)[..., 0]
            odd = batch.rows % 2 == 1
            if self._uses_all or odd.any():  # weights that `forward` does not use
                by_itself = unwrapped(writer).by_itself
                each = each + odd[:, None] * by_itself(batch.values).pow(2).sum(dim=-1)
        else:
            between = ((batch.values + moved) / 2).detach().requires_grad_()
            (slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
            penalty = (slope.pow(2).sum(dim=-1) - 1).pow(2)
            each = (critic(moved.detach()) - critic(batch.values))[..., 0] + penalty
        points = batch.real.sum()
        value = each.masked_fill(~batch.real, 0.0).sum() / points
        return Loss(value, {"twice": 2 * value.detach()}, weight=points)

    def validate(self) -> Mapping[str, float]:
        # Not the same everywhere, as with sampled summaries; and without a call of the whole.
        unwrapped(self._players["writer"].module).move(torch.ones(3))
        rank = trainer_module.process_state().process_index
        return {"rouge_l": float(rank - len(self.seen) * (-1) ** rank)}

    def save(self, directory: Path) -> None:
        directory.mkdir(exist_ok=True)
        torch.save(self.weights(), directory / "weights.pt")

    def weights(self) -> dict[str, Tensor]:
        return {
            f"{name}.{key}": value.clone()
            for name, player in self._players.items()
            for key, value in unwrapped(player.module).state_dict().items()
        }


def unwrapped(module: nn.Module) -> nn.Module:
    return getattr(module, "module", module)


def play(settings: TrainerSettings, output: Path, *, uses_all: bool = False) -> None:
    """Train, and leave behind what this process came to."""
    game = ToyGame(uses_all=uses_all)
    trainer = Trainer(game, Epochs(), settings, output)
    state = trainer.fit()
    rank = trainer.accelerator.process_index
    torch.save(game.weights(), output / f"weights-{rank}.pt")
    about = {"seen": game.seen, "steps": state.step, "best_step": state.best_step}
    (output / f"about-{rank}.json").write_text(json.dumps(about), encoding="utf-8")


def pretend_gpus() -> None:
    """accelerate shards (FSDP) between GPUs only; torch does so between CPUs as well."""
    os.environ |= {
        "ACCELERATE_USE_FSDP": "true",
        "FSDP_VERSION": "2",
        "FSDP_CPU_RAM_EFFICIENT_LOADING": "false",
        "FSDP_RESHARD_AFTER_FORWARD": "true",
    }
    accelerate.state.AcceleratorState._reset_state()
    shared = accelerate.state.PartialState._shared_state
    shared["distributed_type"] = accelerate.DistributedType.MULTI_GPU
    trainer_module.Accelerator = lambda cpu, **options: accelerate.Accelerator(**options)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for name, settings in SCENARIOS.items():
        play(settings, folder / name)
    pretend_gpus()
    play(SHARDED, folder / "sharded", uses_all=True)
