"""From texts to a trained model: every stage in order, each skipped when its result is there."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import yaml

from summae.config import flattened, read_config, to_mapping
from summae.errors import ConfigError
from summae.recipes.any_settings import AnyPack, AnySettings
from summae.recipes.experiment import build_experiment, check_experiment
from summae.recipes.packing import Progress, load_pack
from summae.recipes.settings import PipelineSettings
from summae.recipes.stages import stages_of
from summae.training.alarms import alarms_for
from summae.training.checkpoints import TrainState
from summae.training.trainer import Trainer, process_state

__all__ = ["Outcome", "PipelineSettings", "train"]

logger = logging.getLogger(__name__)
_SETTINGS = "settings.yaml"
_PER_SESSION = {"output", "training.max_minutes"}
"""Settings that may well be others each time."""


@dataclass(frozen=True)
class Outcome:
    """How far training came."""

    settings: AnySettings
    """Of the last stage begun; its models are in its `output`, under `best` and `last`."""
    state: TrainState
    """Where that stage stands."""
    number: int
    """Which of the stages it is, counted from 1."""
    count: int
    """How many stages there are."""

    @property
    def step(self) -> int:
        """Steps finished of the last stage begun."""
        return self.state.step

    @property
    def is_over(self) -> bool:
        """Whether the same settings would do nothing more; else time was up."""
        return bool(self.state.ended)


def train(
    settings: AnySettings, *, resume: bool = True, progress: Progress | None = None
) -> Outcome:
    """Train a generator or sentence encoders, from texts or from a pack.

    Args:
        settings: The experiment; with `stages`, several that start from one another.
        resume: Go on from the newest checkpoint of each `output` if there is one.
        progress: Called with (stage, done, in all) while the pack is made.

    Raises:
        SummaeError: Among others, where a stage could not be trained with its settings; as far as
            that can be told beforehand, before the first one is.
    """
    stages: Sequence[AnySettings] = stages_of(settings)
    # One process prepares, the others find the pack made.
    with process_state().main_process_first():
        pack = load_pack(settings, progress=progress)
    for stage in stages:
        check_experiment(stage, pack)
    started = time.monotonic()
    for number, stage in enumerate(stages, start=1):
        state = _train_stage(stage, pack, resume=resume, minutes_gone=_minutes_since(started))
        outcome = Outcome(stage, state, number, len(stages))
        # Out of time, it goes on with the next call; after an alarm a person should have a look.
        if state.ended in ("", "alarm"):
            break
    return outcome


def _train_stage(
    settings: AnySettings, pack: AnyPack, *, resume: bool, minutes_gone: float
) -> TrainState:
    output, training = Path(settings.output), settings.training
    if training.max_minutes:
        # All stages of a session share its time; at least a moment is left, as 0 is no limit.
        training = replace(training, max_minutes=max(training.max_minutes - minutes_gone, 1e-9))
    if process_state().is_main_process:
        if resume:
            _tell_changes(settings, output)
        _write_settings(settings, pack, output)
    experiment = build_experiment(settings, pack)
    alarms = alarms_for(_mean_characters(pack))
    trainer = Trainer(experiment.unit, experiment.batches, training, output, alarms=alarms)
    return trainer.fit(resume=resume)


def _mean_characters(pack: AnyPack) -> float | None:
    """Of the headlines that people wrote, where the pack has any."""
    characters = getattr(pack, "headline_characters", ())
    return float(np.mean(characters)) if len(characters) else None


def _minutes_since(moment: float) -> float:
    return (time.monotonic() - moment) / 60


def _tell_changes(settings: AnySettings, output: Path) -> None:
    """Say what is set otherwise than when this run began or last went on."""
    if not any((output / "checkpoints").glob("step-*")):
        return
    try:
        before = dict(flattened(read_config(output / _SETTINGS)))
    except ConfigError:
        return  # it only tells
    now = dict(flattened(to_mapping(settings)))
    for name in sorted((before.keys() | now.keys()) - _PER_SESSION):
        old, new = (values.get(name, "not set") for values in (before, now))
        if old != new:
            logger.warning("%s has another %s than before: %s, not %s", output, name, new, old)


def _write_settings(settings: AnySettings, pack: AnyPack, output: Path) -> None:
    output.mkdir(parents=True, exist_ok=True)
    aside = output / f"{_SETTINGS}.new"
    aside.write_text(
        yaml.safe_dump(to_mapping(settings), allow_unicode=True, sort_keys=False), encoding="utf-8"
    )
    os.replace(aside, output / _SETTINGS)
    (output / "pack.json").write_text(
        json.dumps(pack.notes, ensure_ascii=False, indent=1), encoding="utf-8"
    )
