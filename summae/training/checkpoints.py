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
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

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
    without_gain: int = 0
    """Validations since then."""
    history: list[dict[str, float]] = field(default_factory=list)
    """Measures of each validation."""
    quiet_step: int | None = None
    """Step of the newest checkpoint whose validation raised no alarm that asks to go back."""
    roll_backs: int = 0
    """Times the run went back to such a one."""
    rate_share: float = 1.0
    """Learning rates as a share of what the schedule says; lower after going back."""
    ended: str = ""
    """Why the run is over: `steps`, `patience` or `alarm`; empty while it can go on."""


class Checkpoints:
    """The checkpoints of one run.

    Args:
        directory: Where they lie.
        players: Names of the players, in order.
        kept: How many are kept, beside the one to go back to.
        averaged: Whether they hold averages of the weights.
    """

    def __init__(
        self, directory: Path, players: list[str], *, kept: int = 2, averaged: bool = False
    ) -> None:
        self.directory = directory
        self.players = players
        self.kept = kept
        self.averaged = averaged

    def save(self, accelerator: Accelerator, state: TrainState) -> Path:
        """Write a checkpoint; it appears whole or not at all."""
        final = self._path(state.step)
        aside = self.directory / f".writing-{state.step:08d}"
        if accelerator.is_main_process:
            for left_over in self.directory.glob(".*-????????"):
                shutil.rmtree(left_over)
            aside.mkdir(parents=True)
        accelerator.wait_for_everyone()
        accelerator.save_state(str(aside))
        accelerator.wait_for_everyone()
        if accelerator.is_main_process:
            about = {
                "players": self.players,
                "processes": accelerator.num_processes,
                "averaged": self.averaged,
            }
            _write(aside / "state.json", {**asdict(state), **about})
            self._drop(final)
            os.replace(aside, final)
            for old in self.all()[: -self.kept]:
                if state.quiet_step is None or old != self._path(state.quiet_step):
                    self._drop(old)
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
            ModelError: It is of another method, of other networks or another number of processes.
        """
        whole = self.all()
        return self._load(accelerator, whole[-1]) if whole else None

    def forget(self, accelerator: Accelerator) -> None:
        """Remove all, so that a run that begins anew is neither rotated away nor resumed past."""
        if accelerator.is_main_process:
            for old in self.all():
                self._drop(old)
        accelerator.wait_for_everyone()

    def go_back(
        self, accelerator: Accelerator, step: int, changes: Mapping[str, Any]
    ) -> TrainState:
        """Load an older checkpoint and forget those after it.

        Killed half-way, a run resumes before the alarm, and finds its way here again.

        Args:
            accelerator: Whose state is loaded.
            step: Which.
            changes: What its state says from now on.
        """
        target = self._path(step)
        if accelerator.is_main_process:
            for newer in reversed(self.all()):
                if newer > target:
                    self._drop(newer)
            state = json.loads((target / "state.json").read_text(encoding="utf-8"))
            _write(target / "state.json", {**state, **changes})
        accelerator.wait_for_everyone()
        return self._load(accelerator, target)

    def _load(self, accelerator: Accelerator, folder: Path) -> TrainState:
        about = json.loads((folder / "state.json").read_text(encoding="utf-8"))
        players, processes = about.pop("players"), about.pop("processes")
        averaged = about.pop("averaged", False)
        if players != self.players:
            raise ModelError(
                f"{folder} trains the players {players}, this run has {self.players}: "
                "resume with the settings it was started with, or choose another output folder"
            )
        if processes != accelerator.num_processes:
            raise ModelError(
                f"{folder} was written by {processes} processes, this run has "
                f"{accelerator.num_processes}: launch with --num_processes {processes}"
            )
        if averaged != self.averaged:
            raise ModelError(
                f"{folder} was written {'with' if averaged else 'without'} averages of the weights: "
                f"resume with ema_decay {'above 0' if averaged else '0'}, as it was started"
            )
        try:
            accelerator.load_state(str(folder))
        except (RuntimeError, ValueError) as error:  # weights or optimizers of other shapes
            what = str(error).partition("\n")[0].rstrip(":")
            raise ModelError(
                f"{folder} does not fit the networks of this run ({what}): resume with the settings "
                "it was started with, or choose another output folder"
            ) from error
        return TrainState(**about)

    def _path(self, step: int) -> Path:
        return self.directory / f"step-{step:08d}"

    def _drop(self, folder: Path) -> None:
        """Remove it, under another name: half-removed it must not look whole."""
        if folder.exists():
            aside = folder.with_name(folder.name.replace("step", ".dropped"))
            shutil.rmtree(aside, ignore_errors=True)
            os.replace(folder, aside)
            shutil.rmtree(aside)


def _write(file: Path, values: Mapping[str, Any]) -> None:
    aside = file.with_suffix(".new")
    aside.write_text(json.dumps(values, indent=1), encoding="utf-8")
    os.replace(aside, file)
