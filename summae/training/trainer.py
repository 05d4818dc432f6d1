"""The training loop: players take turns, each turn consumes one batch; nothing here knows a method.

Batches come from a map-style dataset in which an index is a batch, so the loop's place in the data
is one number. With weights, optimizers, random states and that number in the checkpoint, a resumed
run repeats the uninterrupted one bit for bit on CPU.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator, PartialState
from accelerate.utils import broadcast_object_list
from torch.utils.data import DataLoader, Dataset

from summae.errors import ConfigError
from summae.training.alarms import STANDARD_ALARMS, Alarm, Ringing, ringing
from summae.training.averaging import WeightAverage
from summae.training.checkpoints import Checkpoints, TrainState
from summae.training.decisions import check_names, goes_back, is_spoilt, take_in, why_over
from summae.training.gradients import (
    average,
    clip,
    documents_in,
    parts_of,
    scalar_on,
    summing_here,
)
from summae.training.memory import (
    forget_prepared_products,
    give_back_freed_memory,
    keep_freed_memory,
)
from summae.training.meter import Meter
from summae.training.schedule import rate_share
from summae.training.settings import TrainerSettings
from summae.training.sharding import gathered, is_sharded, prepared, whole_weights
from summae.training.stopping import Stop, ignore_ctrl_c, stopping
from summae.training.tracking import Tracker
from summae.training.unit import Keeping, Player, Previewing, TrainUnit

logger = logging.getLogger(__name__)

_SLOWER = 0.5
"""Learning rates after going back, as a share of those before. Batches and random numbers are the
same again, so the same rates would lead to the same place; halved thrice, an eighth is left."""
_ASKED_EVERY = 20
"""Steps after which several processes agree whether to stop, where no losses are logged."""


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
            item n is batch n of the run. Each process takes its share of each batch, so no
            document is seen twice where the dataset does not repeat it.
        settings: How long, how carefully.
        output: Folder of the run: `checkpoints/`, `best/`, `last/`, `log/`.
        alarms: What to look out for at each validation.

    Raises:
        ConfigError: The settings name an alarm that there is not.
    """

    def __init__(
        self,
        unit: TrainUnit,
        batches: Dataset[Any],
        settings: TrainerSettings,
        output: Path,
        *,
        alarms: Sequence[Alarm] = STANDARD_ALARMS,
    ) -> None:
        self.unit = unit
        self.batches = batches
        self.settings = settings
        self.output = output
        self.alarms = alarms
        check_names(settings, alarms)
        process_state()
        if not torch.accelerator.is_available():
            keep_freed_memory()
            forget_prepared_products()
        self.accelerator = Accelerator(
            cpu=not torch.accelerator.is_available(), mixed_precision=settings.precision
        )
        # Accumulation is the loop's; accelerate, launched with some, would divide losses once more.
        self.accelerator.gradient_accumulation_steps = 1
        self.players: Mapping[str, Player] = unit.players()
        for player in self.players.values():
            player.module, player.optimizer = prepared(self.accelerator, player)
        self._modules = [player.module for player in self.players.values()]
        # What a method froze for good stays so.
        self._learning = {
            name: [p for p in player.module.parameters() if p.requires_grad]
            for name, player in self.players.items()
        }
        self._averages = self._averages_of_weights()
        if isinstance(unit, Keeping):
            self.accelerator.register_for_checkpointing(*unit.kept().values())
        self.checkpoints = Checkpoints(
            output / "checkpoints",
            list(self.players),
            kept=settings.kept_checkpoints,
            averaged=bool(self._averages),
        )
        self.state = TrainState()

    def fit(self, *, resume: bool = True) -> TrainState:
        """Train until the run is over or the time is up; returns where the run stands.

        Args:
            resume: Go on from the newest checkpoint if there is one; else those there are removed.

        Raises:
            KeyboardInterrupt: Ctrl-C; all that was done is saved. A second one does not wait.
            SystemExit: SIGTERM, likewise.
        """
        torch.manual_seed(self.settings.seed + self.accelerator.process_index)
        if not resume:
            self.checkpoints.forget(self.accelerator)
        elif (found := self.checkpoints.resume(self.accelerator)) is not None:
            self.state = found
            logger.info("resuming after step %d", found.step)
        tracker = Tracker(
            self.output / "log",
            self.settings.steps,
            first_step=self.state.step,
            active=self.accelerator.is_main_process,
        )
        with stopping() as stop:
            try:
                self._run(tracker, stop)
            finally:
                tracker.close()
        stop.obey()
        return self.state

    def _run(self, tracker: Tracker, stop: Stop) -> None:
        settings = self.settings
        started, before = time.monotonic(), self.state.seconds
        meter = Meter(self.accelerator)
        stream = self._stream()
        self.state.ended = why_over(settings, self.state)
        if settings.on_alarm == "roll_back" and self.state.step == 0 and not self.state.history:
            # Something to go back to, should the very first steps lead astray.
            self._validate(tracker)
            if self.state.quiet_step is not None:
                self.checkpoints.save(self.accelerator, self.state)
        while not self.state.ended:
            self._step(stream, meter)
            state = self.state
            state.step += 1
            state.seconds = before + time.monotonic() - started
            is_last = state.step == settings.steps
            tracker.step(state.step)
            if self._is_due(settings.log_every) or is_last:
                tracker.losses(state.step, {**meter.flush(), "rate": self._rate(state.step - 1)})
            with meter.paused():
                is_quiet = False
                if self._is_due(settings.validate_every) or is_last:
                    rung = self._validate(tracker)
                    if goes_back(settings, state, rung):
                        self._go_back(tracker)
                        stream = self._stream()
                        continue
                    is_quiet = state.quiet_step == state.step
                    state.ended = why_over(settings, state, rung)
                if self._is_due(settings.preview_every):
                    self._preview(tracker)
                cut_short = self._cut_short(started, stop)
                if state.ended or cut_short or is_quiet or self._is_due(settings.save_every):
                    self.checkpoints.save(self.accelerator, state)
                    give_back_freed_memory()
            if cut_short and not state.ended:
                tracker.message(f"{cut_short} after step {state.step}; run again to go on")
                return
        if self.state.step < settings.steps:
            tracker.message(f"over after step {self.state.step}: {self.state.ended}")
        with self._at_rest():
            self._save("last")

    def _step(self, stream: Iterator[Any], meter: Meter) -> None:
        """One turn of each player whose turn it is."""
        for name in self.unit.turns(self.state.step):
            batch = next(stream, None)
            if batch is None:
                raise ConfigError(
                    f"the batches end after {self.state.batches}, at step {self.state.step + 1} of "
                    f"{self.settings.steps}: each turn of a player takes one"
                )
            self.state.batches += 1
            self._turn(name, batch, meter)
            meter.turn(documents_in(batch))

    def _turn(self, name: str, batch: Any, meter: Meter) -> None:
        """One update of one player, the others frozen."""
        accelerator, player, learning = self.accelerator, self.players[name], self._learning[name]
        for module in self._modules:
            module.train()
            module.requires_grad_(False)
        for parameter in learning:
            parameter.requires_grad_(True)
        for group in player.optimizer.param_groups:
            group["lr"] = player.learning_rate * self._rate(self.state.step)
        total = torch.zeros((), device=accelerator.device)
        for part, counts in parts_of(
            batch,
            process=accelerator.process_index,
            processes=accelerator.num_processes,
            parts=self.settings.accumulation,
        ):
            with summing_here(accelerator, self._modules):
                with accelerator.autocast():
                    loss = self.unit.loss(name, part.to(accelerator.device))
                weight = scalar_on(accelerator.device, loss.weight if counts else 0.0)
                accelerator.backward(loss.value * weight)
            total += weight
            meter.add(name, {"loss": loss.value, **loss.parts}, weight)
        average(accelerator, learning, total)
        norm = clip(accelerator, player.optimizer, learning, self.settings.clip_norm)
        player.optimizer.step()
        player.optimizer.zero_grad()
        meter.add(name, {"gradient": norm})
        if self._averages:
            self._averages[name].update()

    def _stream(self) -> Iterator[Any]:
        """The batches that come next, each whole."""
        loader = DataLoader(
            self.batches,
            batch_size=None,
            sampler=range(self.state.batches, len(self.batches)),  # type: ignore[arg-type]
            num_workers=self.settings.workers,
            worker_init_fn=ignore_ctrl_c,
            pin_memory=torch.accelerator.is_available(),
            # Of its own: each new loader draws a number, which after a resume would come out of the
            # stream that dropout uses.
            generator=torch.Generator(),
        )
        yield from loader

    def _validate(self, tracker: Tracker) -> list[Ringing]:
        """Measure, keep the best, and return the alarms that ring."""
        state, settings = self.state, self.settings
        with self._at_rest():
            # What follows from them must be the same everywhere.
            measures = dict(broadcast_object_list([self.unit.validate()])[0])
            state.history.append(measures)
            tracker.validation(state.step, measures)
            rung = ringing(self.alarms, state.history)
            for one in rung:
                tracker.alarm(state.step, one.alarm.name, str(one))
            if take_in(settings, state, measures, rung):
                self._save("best")
        if settings.on_alarm == "roll_back" and not is_spoilt(settings, rung):
            state.quiet_step = state.step
        if math.isfinite(state.best):
            tracker.best(settings.watched, state.best, state.best_step)
        return rung

    def _go_back(self, tracker: Tracker) -> None:
        """To the last checkpoint whose validation was quiet, and on from there more slowly."""
        state = self.state
        assert state.quiet_step is not None
        changes = {
            "roll_backs": state.roll_backs + 1,
            "rate_share": _SLOWER * state.rate_share,
            "seconds": state.seconds,
        }
        self.state = self.checkpoints.go_back(self.accelerator, state.quiet_step, changes)
        tracker.alarm(
            state.step,
            "rolled back",
            f"back to step {state.quiet_step}, for the {self.state.roll_backs}. of at most "
            f"{self.settings.max_roll_backs} times; learning rates are {self.state.rate_share:g} of "
            "the schedule from here on, as the same rates would lead to the same place",
        )

    def _preview(self, tracker: Tracker) -> None:
        if isinstance(self.unit, Previewing):
            with self._at_rest():
                tracker.preview(self.state.step, self.unit.previews())

    @contextmanager
    def _at_rest(self) -> Iterator[None]:
        """Evaluation mode without gradients, averages in place of weights where they are kept."""
        with ExitStack() as stack:
            stack.enter_context(torch.no_grad())
            stack.enter_context(self.accelerator.autocast())
            stack.enter_context(gathered(self.accelerator, self._modules))
            for mean in self._averages.values():
                stack.enter_context(mean.in_place())
            for module in self._modules:
                module.eval()
                stack.callback(module.train)
            yield

    def _save(self, name: str) -> None:
        with whole_weights(self.accelerator, self._modules):
            if self.accelerator.is_main_process:
                self.unit.save(self.output / name)
        self.accelerator.wait_for_everyone()

    def _averages_of_weights(self) -> dict[str, WeightAverage]:
        decay = self.settings.ema_decay
        if not decay:
            return {}
        if is_sharded(self.accelerator):
            raise ConfigError(
                "averages of weights need whole weights in each process: set ema_decay to 0, or "
                "launch with configs/accelerate/ddp.yaml"
            )
        averages = {name: WeightAverage(ps, decay) for name, ps in self._learning.items()}
        self.accelerator.register_for_checkpointing(*averages.values())
        return averages

    def _rate(self, step: int) -> float:
        return self.state.rate_share * rate_share(self.settings, step)

    def _is_due(self, every: int) -> bool:
        return bool(every) and self.state.step % every == 0

    def _cut_short(self, started: float, stop: Stop) -> str:
        """Why the run is to go on another time, if it is."""
        limit = 60 * self.settings.max_minutes
        is_time_up = bool(limit) and time.monotonic() - started > limit
        why = "stopped" if stop else "time is up" if is_time_up else ""
        if self.accelerator.num_processes == 1:
            return why
        # No two clocks agree, and processes that stop at different steps wait for ever; but asking
        # one of them after each step would keep GPUs waiting.
        is_asked = self._is_due(self.settings.log_every or _ASKED_EVERY)
        return str(broadcast_object_list([why])[0]) if is_asked else ""
