"""A row with one seed, and what its folder remembers of it: with which settings, and how it ended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from comparison.experiment import Row
from repository import read_json, write_json
from summae.config import to_mapping
from summae.errors import ConfigError
from summae.evaluation.signature import content_hash
from summae.recipes.any_settings import AnySettings, load_settings


@dataclass(frozen=True)
class Run:
    """A row with one seed."""

    row: Row
    seed: int
    settings: AnySettings

    @property
    def folder(self) -> Path:
        """Where it is trained."""
        return Path(self.settings.output)

    @property
    def name(self) -> str:
        """Of the row."""
        return self.row.name

    @property
    def outcome(self) -> dict[str, Any]:
        """How it ended; empty unless it has.

        Raises:
            ConfigError: It was begun with other settings.
        """
        if not self._file.exists():
            return {}
        about = read_json(self._file)
        if about["digest"] != self._digest and not self._lacked_only_defaults():
            raise ConfigError(
                f"{self.folder} was trained with other settings than the experiment says now: "
                "remove it, or give the row another name"
            )
        outcome: dict[str, Any] = about.get("outcome", {})
        return outcome

    def write(self, outcome: Mapping[str, Any]) -> None:
        """Remember with which settings it was trained and, where it has ended, how."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_json(self._file, {"digest": self._digest, "outcome": dict(outcome)})

    @property
    def _file(self) -> Path:
        return self.folder / "run.json"

    @cached_property
    def _digest(self) -> str:
        return content_hash([json.dumps(to_mapping(self.settings), sort_keys=True)])

    def _lacked_only_defaults(self) -> bool:
        """Whether it was begun before some setting existed, by code that did what its default does."""
        try:
            begun = load_settings(self.folder / "settings.yaml")
        except ConfigError:
            return False
        # Each call of the comparison leaves it another time.
        training = replace(begun.training, max_minutes=self.settings.training.max_minutes)
        return to_mapping(replace(begun, training=training)) == to_mapping(self.settings)
