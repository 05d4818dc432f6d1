"""Training what is not finished, run after run, for as long as there is time; and telling what is left.

Several processes may share the work, one for each core or GPU: whoever comes first to a run has it.
"""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

from filelock import FileLock, Timeout

from summae.config import to_mapping
from summae.recipes.any_settings import AnySettings
from summae.recipes.pipeline import train
from summae.recipes.settings import PipelineSettings
from summae.training.memory import give_back_freed_memory

logger = logging.getLogger(__name__)


class Run(Protocol):
    """One of several experiments with names and seeds, whose folder remembers how it ended."""

    @property
    def name(self) -> str:
        """As tables call it."""
        ...

    @property
    def seed(self) -> int:
        """One of several, mostly."""
        ...

    @property
    def settings(self) -> AnySettings:
        """What is trained."""
        ...

    @property
    def outcome(self) -> Mapping[str, Any]:
        """How it ended; empty unless it has."""
        ...

    def write(self, outcome: Mapping[str, Any]) -> None:
        """Remember that it was begun and, where it has ended, how."""
        ...


AnyRun = TypeVar("AnyRun", bound=Run)


def train_all(
    runs: Sequence[AnyRun],
    *,
    max_minutes: float = 0.0,
    facts: Callable[[AnyRun], Mapping[str, Any]] = lambda run: {},
    then: Callable[[AnyRun], object] = lambda run: None,
) -> tuple[list[AnyRun], list[tuple[AnyRun, str]]]:
    """Train what is not finished, in order.

    One that fails does not cost the others their night.

    Args:
        runs: All of them.
        max_minutes: Of this call; 0 for no limit.
        facts: What is to be remembered of a run that has ended, beside how.
        then: What is done with a run that has ended, before the next one begins; where it fails, so has the
            run in this call.

    Returns:
        The runs that are not finished, for want of time or because another process is at them; and
        those that failed, with why.
    """
    todo = [run for run in runs if not run.outcome]
    started = time.monotonic()
    left: list[AnyRun] = []
    failed: list[tuple[AnyRun, str]] = []
    for place, run in enumerate(todo):
        minutes = max_minutes - (time.monotonic() - started) / 60 if max_minutes else 0.0
        if minutes < 0:
            return [*left, *(run for run in todo[place:] if not run.outcome)], failed
        lock = _lock(run)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            logger.info("%s is trained by another process", title(run))
            left.append(run)
            continue
        try:
            if run.outcome:  # by now
                continue
            if _starts_from(run, left):
                logger.info("%s starts from one that is not finished", title(run))
                left.append(run)
                continue
            logger.info("%s (%d of %d)", title(run), place + 1, len(todo))
            if _is_trained(run, minutes, facts):
                then(run)
            else:
                left.append(run)
        except Exception as error:
            logger.exception("%s failed", title(run))
            failed.append((run, type(error).__name__))
        finally:
            lock.release()
            # Each run leaves a heap with other gaps.
            gc.collect()
            give_back_freed_memory()
    return [run for run in left if not run.outcome], failed


def _lock(run: Run) -> FileLock:
    folder = Path(run.settings.output)
    folder.mkdir(parents=True, exist_ok=True)
    return FileLock(folder / "training.lock")


def _starts_from(run: Run, unfinished: Sequence[Run]) -> bool:
    used = [Path(text) for text in _texts(to_mapping(run.settings)) if text]
    return any(path.is_relative_to(other.settings.output) for path in used for other in unfinished)


def _texts(value: Any) -> Iterator[str]:
    """All strings in settings: any of them may name a model, of whichever player."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from _texts(inner)


def _is_trained(
    run: AnyRun, max_minutes: float, facts: Callable[[AnyRun], Mapping[str, Any]]
) -> bool:
    """Go on with it until it has ended or the time is up."""
    run.write({})
    settings = run.settings
    training = replace(settings.training, max_minutes=max_minutes)
    outcome = train(replace(settings, training=training))
    if not outcome.is_over:
        return False
    run.write(
        {
            "ended": outcome.state.ended,
            "steps": outcome.state.step,
            **_read(settings, outcome.state.batches),
            "minutes": outcome.state.seconds / 60,
            **facts(run),
        }
    )
    return True


def _read(settings: AnySettings, batches: int) -> dict[str, int]:
    """What a run has learned from."""
    if isinstance(settings, PipelineSettings):
        return {"documents": batches * settings.mixture.batch_size}
    return {"sentences": batches * settings.batches.sentences_per_batch}


def missing(left: Sequence[Run], failed: Sequence[tuple[Run, str]]) -> list[str]:
    """What tables lack, and why; runs that lack the same seeds are named together.

    Args:
        left: Runs that are not trained to their end.
        failed: Runs that failed, with why.
    """
    seeds: dict[str, list[int]] = {}
    for run in left:
        seeds.setdefault(run.name, []).append(run.seed)
    names: dict[tuple[int, ...], list[str]] = {}
    for name, lacking in seeds.items():
        names.setdefault(tuple(lacking), []).append(f"“{name}”")
    told = [
        f"seed{'s' * (len(lacking) > 1)} {', '.join(map(str, lacking))} of: {', '.join(those)} (not "
        "trained to the end)"
        for lacking, those in names.items()
    ]
    return told + [f"{title(run)} (failed: {error}, see the log)" for run, error in failed]


def title(run: Run) -> str:
    """For messages."""
    return f"{run.name}, seed {run.seed}"
