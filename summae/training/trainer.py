"""The training loop: players take turns, each turn consumes one batch; nothing here knows a method.

Batches come from a map-style dataset in which an index is a batch, so the loop's place in the data
is one number. With weights, optimizers, random states and that number in the checkpoint, a resumed
run repeats the uninterrupted one bit for bit on CPU.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator, PartialState
from torch.utils.data import DataLoader, Dataset

from summae.training.checkpoints import Checkpoints, TrainState
from summae.training.memory import keep_freed_memory
from summae.training.settings import TrainerSettings
from summae.training.tracking import Tracker
from summae.training.unit import Player, TrainUnit

logger = logging.getLogger(__name__)


def process_state() -> PartialState:
    """This process's place among those that were launched together.

    Without an accelerator in the machine, accelerate must be told to join processes over gloo:
    left to itself it lets each train alone.
    """
    return PartialState(cpu=not torch.accelerator.is_available())


class Trainer:
    """Trains a unit on batches.

    Args:
        unit: The method.
        batches: Map-style dataset of batches with `.to(device)` and `.shard(index, count)`;
            item n is batch n of the run.
        settings: How long, how carefully.
        output: Folder of the run: `checkpoints/`, `best/`, `last/`, `log/`.
    """

    def __init__(
        self, unit: TrainUnit, batches: Dataset[Any], settings: TrainerSettings, output: Path
    ) -> None:
        self.unit = unit
        self.batches = batches
        self.settings = settings
        self.output = output
        process_state()
        if not torch.accelerator.is_available():
            keep_freed_memory()
        self.accelerator = Accelerator(
            cpu=not torch.accelerator.is_available(), mixed_precision=settings.precision
        )
        self.players: Mapping[str, Player] = unit.players()
        for player in self.players.values():
            player.module, player.optimizer = self.accelerator.prepare(
                player.module, player.optimizer
            )
        self.checkpoints = Checkpoints(
            output / "checkpoints", list(self.players), kept=settings.kept_checkpoints
        )
        self.state = TrainState()

    def fit(self, *, resume: bool = True) -> TrainState:
        """Train to the last step or the time limit; returns where the run stands.

        Args:
            resume: Go on from the newest checkpoint if there is one.
        """
        torch.manual_seed(self.settings.seed + self.accelerator.process_index)
        if resume and (found := self.checkpoints.resume(self.accelerator)) is not None:
            self.state = found
            logger.info("resuming after step %d", found.step)
        tracker = Tracker(
            self.output / "log", self.settings.steps, active=self.accelerator.is_main_process
        )
        try:
            self._run(tracker)
        finally:
            tracker.close()
        return self.state

    def _run(self, tracker: Tracker) -> None:
        settings, state = self.settings, self.state
        stream = self._stream(state.batches)
        started, before = time.monotonic(), state.seconds
        meter = _Meter()
        while state.step < settings.steps:
            self._step(stream, meter)
            state.step += 1
            state.seconds = before + time.monotonic() - started
            finished = state.step == settings.steps
            out_of_time = (
                settings.max_minutes and state.seconds - before > 60 * settings.max_minutes
            )
            if state.step % settings.log_every == 0 or finished:
                rate = _rate(settings, state.step - 1)
                tracker.log(state.step, {**meter.flush(), "rate": rate})
            if finished or (settings.validate_every and state.step % settings.validate_every == 0):
                self._validate(tracker)
            if finished or out_of_time or state.step % settings.save_every == 0:
                self.checkpoints.save(self.accelerator, state)
            if out_of_time and not finished:
                tracker.message(f"time is up after step {state.step}; run again to go on")
                return
        if self.accelerator.is_main_process:
            self.unit.save(self.output / "last")

    def _step(self, stream: Iterator[Any], meter: _Meter) -> None:
        """One turn of each player whose turn it is."""
        for name in self.unit.turns(self.state.step):
            player = self.players[name]
            for other_name, other in self.players.items():
                other.module.train()
                other.module.requires_grad_(other_name == name)
            for group in player.optimizer.param_groups:
                group["lr"] = player.learning_rate * _rate(self.settings, self.state.step)
            batch = next(stream)
            self.state.batches += 1
            with self.accelerator.autocast():
                loss = self.unit.loss(name, batch)
            self.accelerator.backward(loss.value)
            norm = self.accelerator.clip_grad_norm_(
                player.module.parameters(), self.settings.clip_norm
            )
            player.optimizer.step()
            player.optimizer.zero_grad()
            meter.add(name, {"loss": loss.value.detach(), **loss.parts, "gradient": norm})

    def _stream(self, first: int) -> Iterator[Any]:
        """This process's share of each batch from number `first` on."""
        rank, count = self.accelerator.process_index, self.accelerator.num_processes
        loader = DataLoader(
            self.batches,
            batch_size=None,
            sampler=range(first, len(self.batches)),  # type: ignore[arg-type]
            num_workers=self.settings.workers,
            # Of its own: each new loader draws a number, which after a resume would come out of the
            # stream that dropout uses.
            generator=torch.Generator(),
        )
        for batch in loader:
            yield batch.shard(rank, count).to(self.accelerator.device)

    def _validate(self, tracker: Tracker) -> None:
        modules = [player.module for player in self.players.values()]
        for module in modules:
            module.eval()
        with torch.no_grad(), self.accelerator.autocast():
            measures = self.unit.validate()
        for module in modules:
            module.train()
        tracker.log(self.state.step, {f"validation/{k}": v for k, v in measures.items()})
        # Where the measure is missing, as without validation texts, the newest model is the best.
        watched = measures.get(self.settings.watched)
        if watched is None or watched > self.state.best:
            self.state.best = self.state.best if watched is None else watched
            self.state.best_step = self.state.step
            if self.accelerator.is_main_process:
                self.unit.save(self.output / "best")


def _rate(settings: TrainerSettings, step: int) -> float:
    """Learning rate of a step as a share of the highest: linear rise, half cosine down."""
    if step < settings.warmup_steps:
        return (step + 1) / settings.warmup_steps
    done = (step - settings.warmup_steps) / max(1, settings.steps - settings.warmup_steps)
    low = settings.final_rate_share
    return low + (1 - low) * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


class _Meter:
    """Means since the last log; sums stay on the device, so that logging never waits for it."""

    def __init__(self) -> None:
        self._clear()

    def add(self, player: str, values: Mapping[str, Any]) -> None:
        self._turns += 1
        for name, value in values.items():
            key = f"{player}/{name}"
            self._sums[key] = self._sums.get(key, 0.0) + value
            self._counts[key] = self._counts.get(key, 0) + 1

    def flush(self) -> dict[str, float]:
        means = {key: float(total) / self._counts[key] for key, total in self._sums.items()}
        means["turns_per_second"] = self._turns / (time.monotonic() - self._since)
        self._clear()
        return means

    def _clear(self) -> None:
        self._sums: dict[str, Any] = {}
        self._counts: dict[str, int] = {}
        self._since = time.monotonic()
        self._turns = 0
