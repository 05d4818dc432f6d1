"""What is compared and everything that it trains: the settings of an experiment, row by row and seed by seed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from comparison.experiment import Row, slug
from comparison.runs import Run
from summae.recipes.any_settings import load_settings


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """What is compared."""

    output: str = "runs/encoders"
    """Folder of all runs."""
    pack: str = ""
    """The sentence pack of all rows; empty: `pack` inside `output`, made if it is not there."""
    overrides: dict[str, Any] = field(default_factory=dict)
    """Settings of all rows by their dotted names; a row's own come last."""
    seeds: tuple[int, ...] = (1,)
    rows: tuple[Row, ...] = ()

    def __post_init__(self) -> None:
        names = [slug(row.name) for row in self.rows]
        doubles = sorted({name for name in names if names.count(name) > 1})
        if not names or doubles:
            raise ValueError(f"rows need names of their own, got {', '.join(doubles) or 'none'}")
        for row in self.rows:
            if not row.config:
                raise ValueError(
                    f"row {row.name!r} needs the configuration of its method, got none"
                )


class Plan:
    """Everything that is to be trained.

    Args:
        experiment: What is compared.
        folder: Of the experiment file.

    Raises:
        ConfigError: A configuration cannot be read.
    """

    def __init__(self, experiment: Experiment, folder: Path) -> None:
        self.experiment = experiment
        self._folder = folder
        self.rows = {
            row.name: [self._run(row, seed) for seed in row.seeds or experiment.seeds]
            for row in experiment.rows
        }
        """Runs by row."""

    @property
    def runs(self) -> list[Run]:
        """In order: each row with its first seed, each with its second ..."""
        passes = zip_longest(*self.rows.values())
        return [run for each in passes for run in each if run is not None]

    def _run(self, row: Row, seed: int) -> Run:
        experiment, output = self.experiment, Path(self.experiment.output)
        overrides = {
            **experiment.overrides,
            **row.overrides,
            "training.seed": seed,
            "output": str(output / slug(row.name) / f"seed-{seed}"),
            "pack": experiment.pack or str(output / "pack"),
        }
        words = [f"{key}={json.dumps(value)}" for key, value in overrides.items()]
        return Run(row, seed, load_settings(self._folder / row.config, words))
