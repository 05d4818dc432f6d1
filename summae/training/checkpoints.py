"""Checkpoints that survive a kill at any moment: written aside, renamed when whole, rotated.

A checkpoint is accelerate's state (weights, optimizers, random states) and `state.json`: the step,
the best result, and the players' names, which are compared on resume because accelerate itself
knows modules by position only.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from accelerate import Accelerator

from summae.errors import ModelError

_NAME = re.compile(r"step-(\d{8})$")


@dataclass
class TrainState:
    """Where a run stands."""

    step: int = 0
    """Steps finished."""
    batches: int = 0
    """Batches consumed by all turns so far."""
    seconds: float = 0.0
    """Training time over all sessions of the run."""
    best: float = float("-inf")
    """Highest value of the watched measure."""
    best_step: int = 0
    """Step at which it was reached."""


class Checkpoints:
    """The checkpoints of one run.

    Args:
        directory: Where they lie.
        players: Names of the players, in order.
        kept: How many are kept.
    """

    def __init__(self, directory: Path, players: list[str], *, kept: int = 2) -> None:
        self.directory = directory
        self.players = players
        self.kept = kept

    def save(self, accelerator: Accelerator, state: TrainState) -> Path:
        """Write a checkpoint; it appears whole or not at all."""
        final = self.directory / f"step-{state.step:08d}"
        aside = self.directory / f".writing-{state.step:08d}"
        if accelerator.is_main_process:
            shutil.rmtree(aside, ignore_errors=True)
            aside.mkdir(parents=True)
        accelerator.wait_for_everyone()
        accelerator.save_state(str(aside))
        accelerator.wait_for_everyone()
        if accelerator.is_main_process:
            about = {"players": self.players, "processes": accelerator.num_processes}
            text = json.dumps({**asdict(state), **about}, indent=1)
            (aside / "state.json").write_text(text, encoding="utf-8")
            shutil.rmtree(final, ignore_errors=True)
            os.replace(aside, final)
            for old in self.all()[: -self.kept]:
                shutil.rmtree(old)
        accelerator.wait_for_everyone()
        return final

    def all(self) -> list[Path]:
        """Whole checkpoints, oldest first."""
        if not self.directory.is_dir():
            return []
        return sorted(path for path in self.directory.iterdir() if _NAME.match(path.name))

    def resume(self, accelerator: Accelerator) -> TrainState | None:
        """Load the newest checkpoint; None when there is none.

        Raises:
            ModelError: It is of another method or another number of processes.
        """
        whole = self.all()
        if not whole:
            return None
        newest = whole[-1]
        about = json.loads((newest / "state.json").read_text(encoding="utf-8"))
        players, processes = about.pop("players"), about.pop("processes")
        if players != self.players:
            raise ModelError(
                f"{newest} trains the players {players}, this run has {self.players}: "
                "resume with the settings it was started with, or choose another output folder"
            )
        if processes != accelerator.num_processes:
            raise ModelError(
                f"{newest} was written by {processes} processes, this run has "
                f"{accelerator.num_processes}: launch with --num_processes {processes}"
            )
        accelerator.load_state(str(newest))
        return TrainState(**about)
