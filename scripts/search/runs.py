"""A run of a search: its settings, its folder, how it ended and how fast it was."""

from __future__ import annotations

import json
import shutil
import statistics
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from repository import read_json, read_lines, write_json
from search.cost import Cost
from search.kept import Record
from summae.errors import ConfigError
from summae.recipes.settings import PipelineSettings

PLACES = ("documents", "headlines", "supervised", "validation", "tokenizer")
"""Settings of data that say where it lies."""


@dataclass(frozen=True)
class Run:
    """A model to be trained."""

    name: str
    seed: int
    settings: PipelineSettings
    cost: Cost
    pairs: int
    """True pairs that it may see."""
    flops_before: float
    """What the model that it starts from has cost."""
    record: Record | None = None
    """What was measured of it, here or elsewhere; it is not trained again."""

    @property
    def folder(self) -> Path:
        """Where it is trained."""
        return Path(self.settings.output)

    @property
    def title(self) -> str:
        """For messages."""
        return f"{self.name}, seed {self.seed}"

    @property
    def documents(self) -> int:
        """That it reads, those that it reads again included."""
        return self.settings.training.steps * self.settings.mixture.batch_size

    @property
    def flops(self) -> float:
        """Of its training and of what it starts from."""
        return self.flops_before + self.documents * self.cost.flops_per_document

    @property
    def outcome(self) -> dict[str, Any]:
        """How it ended; empty unless it has.

        Raises:
            ConfigError: It was begun with other settings.
        """
        if self.record is not None:
            return self.record.outcome
        if not self._file.exists():
            return {}
        about = read_json(self._file)
        if about["settings"] != told(self.settings):
            raise ConfigError(
                f"{self.folder} was trained with other settings than the experiment says now: "
                "remove it, or give the alternative another name"
            )
        outcome: dict[str, Any] = about.get("outcome", {})
        return outcome

    def write(self, outcome: Mapping[str, Any]) -> None:
        """Remember with which settings it was trained and, where it has ended, how."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_json(self._file, {"settings": told(self.settings), "outcome": dict(outcome)})
        if outcome:
            # Three times the weights and more, good for nothing but going on.
            shutil.rmtree(self.folder / "checkpoints", ignore_errors=True)

    @property
    def _file(self) -> Path:
        return self.folder / "run.json"


def told(settings: PipelineSettings) -> dict[str, Any]:
    """What settings say that defaults do not, places left out.

    A setting that a later version adds changes nothing of what was trained before.
    """
    differing = _differing(plain(settings), plain(PipelineSettings()))
    for place in ("output", "pack"):
        differing.pop(place, None)
    return differing


def portable(settings: PipelineSettings) -> dict[str, Any]:
    """The same without places of files: what a run is on any machine."""
    told_ = {key: value for key, value in told(settings).items() if key != "start"}
    return told_ | {"data": {k: v for k, v in told_.get("data", {}).items() if k not in PLACES}}


def plain(settings: Any) -> Any:
    """A settings dataclass as JSON types."""
    return json.loads(json.dumps(asdict(settings)))


def speed(run: Run) -> dict[str, float]:
    """Documents a second while it trained; validations do not count, nor does a slow moment."""
    rows = read_lines(run.folder / "log" / "metrics.jsonl")
    name = "documents_per_second"
    return {name: float(statistics.median(row[name] for row in rows if name in row))}


def _differing(values: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in values.items():
        usual = defaults.get(key)
        if isinstance(value, Mapping) and isinstance(usual, Mapping):
            value, usual = _differing(value, usual), {}
        if value != usual:
            found[key] = value
    return found
