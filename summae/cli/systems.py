"""What SYSTEM stands for in `summae evaluate`: a file of summaries to read, or a model to run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from summae.cli.console import UsageError
from summae.errors import InputError
from summae.evaluation.rows import Rows, System, read_summaries, read_token_scores

if TYPE_CHECKING:
    from summae.inference.model_folder import ModelFolder

__all__ = ["System", "Task", "read_or_run"]

Progress = Callable[[Iterable[str], str, int | None], Iterable[str]]

_SUMMARY_FILES = (".jsonl", ".json", ".parquet")


@dataclass(frozen=True)
class Task:
    """What every system has to summarise."""

    data: Path
    rows: Rows
    """All rows of the data: a file of summaries has one for each."""
    places: Sequence[int]
    """Those that are judged."""
    length: int | None
    """Characters to ask a model for."""
    batch_size: int


def read_or_run(system: str, task: Task, taken: Sequence[str], progress: Progress) -> System:
    """The summaries of the rows that are judged.

    Args:
        system: A file of summaries, a model folder, or the name of a model in the package.
        task: What to summarise.
        taken: Names of systems that are there already; a second one of the name goes by its path.
        progress: Shows how far a model is.

    Raises:
        InputError: The file cannot be read, or has other rows than the data.
        ModelError: There is no such model.
        UsageError: The same system was named twice.
    """
    path = Path(system)
    found = _read(path, task) if path.is_file() else _run(system, task, progress)
    if found.name not in taken:
        return found
    if system in taken:
        raise UsageError(f"{system} is named twice; a comparison needs different systems")
    return System(system, found.summaries, found.revision, found.decoding, found.token_scores)


def _read(path: Path, task: Task) -> System:
    summaries, scores = read_summaries(path), read_token_scores(path)
    if len(summaries) != len(task.rows):
        raise InputError(
            f"{path} holds {len(summaries)} summaries and {task.data} {len(task.rows)} rows; "
            "expected one summary for each row, in the same order."
        )
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return System(
        path.stem,
        [summaries[place] for place in task.places],
        revision=f"{path.name}@{digest}",
        decoding="unknown",
        token_scores=None if scores is None else [scores[place] for place in task.places],
    )


def _decoding(folder: ModelFolder) -> str:
    """The search as a signature names it; weights by their digest."""
    told = (
        *("beam_size", "patience", "length_penalty", "no_repeat_ngram_size"),
        *("repetition_penalty", "open_length", "shorter"),
    )
    settings = [f"{name}={getattr(folder.decoding, name)}" for name in told]
    weights = json.dumps(asdict(folder.scorer), sort_keys=True)
    settings.append(f"scorer={hashlib.sha256(weights.encode()).hexdigest()[:8]}")
    return ",".join(settings)


def _run(system: str, task: Task, progress: Progress) -> System:
    from summae.inference.summarizer import Summarizer
    from summae.text.length import Length

    if Path(system).suffix in _SUMMARY_FILES:
        raise InputError(f"there is no file {system}")
    summarizer = Summarizer.from_pretrained(system)
    folder = summarizer.folder
    documents = (task.rows.documents[place] for place in task.places)
    decoding = _decoding(folder)
    length = None
    if task.length is not None:
        length = Length.characters(task.length)
        decoding += f",length={task.length}"
    written = summarizer.stream(
        progress(documents, folder.name, len(task.places)),
        length=length,
        batch_size=task.batch_size,
    )
    return System(
        folder.name,
        [summary.text for summary in written],
        revision=f"{folder.name}@{folder.fingerprint[:12]}",
        decoding=decoding,
    )
