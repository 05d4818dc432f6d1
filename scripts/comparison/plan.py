"""Everything that a comparison trains, in an order in which each run finds what it needs."""

from __future__ import annotations

import json
from itertools import zip_longest
from pathlib import Path
from typing import Any

from comparison.experiment import Experiment, Row, slug
from comparison.runs import Run
from summae.config import load_config
from summae.data.pack import TokenPack
from summae.errors import ConfigError
from summae.recipes.experiment import check_experiment
from summae.recipes.packing import ensure_pack
from summae.recipes.settings import PipelineSettings


class Plan:
    """Everything that is to be trained.

    Args:
        experiment: What is compared.
        folder: Of the experiment file.

    Raises:
        ConfigError: A configuration cannot be read, a `$name` is not among the prepared, or a row
            learns from one of its judges.
    """

    def __init__(self, experiment: Experiment, folder: Path) -> None:
        self.experiment = experiment
        self._folder = folder
        self._prepared = {row.name: row for row in experiment.prepared}
        self.preparations: list[Run] = []
        """Models that others need."""
        self.start = self.resolve(experiment.start)
        self.rows = {
            row.name: [self._run(row, seed) for seed in row.seeds or experiment.seeds]
            for row in experiment.rows
        }
        """Runs by row."""
        self.reconstructor = self.resolve(experiment.reconstructor)
        self.language_model = self.resolve(experiment.language_model)
        self._check_rows()

    @property
    def runs(self) -> list[Run]:
        """In order: what others need, then each row with its first seed, each with its second ...

        Interrupted, a comparison of all rows with few seeds says more than one of few rows.
        """
        passes = zip_longest(*self.rows.values())
        return [*self.preparations, *(run for each in passes for run in each if run is not None)]

    def check(self) -> None:
        """See that everything can be trained before the first run is; makes the pack if need be.

        Raises:
            SummaeError: Something cannot be trained with its settings.
        """
        todo = [run for run in self.runs if not run.outcome]
        if todo:
            pack = TokenPack.load(ensure_pack(todo[0].settings))
            for run in todo:
                check_experiment(run.settings, pack)

    def resolve(self, value: Any) -> Any:
        """The value, `$name` replaced by the folder of the model, which is then prepared first."""
        if not isinstance(value, str) or not value.startswith("$"):
            return value
        row = self._prepared.get(value[1:])
        if row is None:
            raise ConfigError(f"{value} is not prepared; prepared are {sorted(self._prepared)}")
        run = self._run(row, (row.seeds or self.experiment.seeds)[0])
        if run.folder not in [other.folder for other in self.preparations]:
            self.preparations.append(run)
        return str(run.folder / "best")

    def _run(self, row: Row, seed: int) -> Run:
        experiment = self.experiment
        output = Path(experiment.output)
        overrides: dict[str, Any] = {**experiment.overrides, **row.overrides}
        # The start itself starts from nothing.
        if "start" not in overrides and experiment.start != f"${row.name}":
            overrides["start"] = experiment.start
        if row.pairs is not None:
            overrides |= {"supervised.count": row.pairs, "semi_supervised.count": row.pairs}
        overrides |= {
            "training.seed": seed,
            "output": str(output / slug(row.name) / f"seed-{seed}"),
            "pack": experiment.pack or str(output / "pack"),
        }
        words = [f"{key}={json.dumps(self.resolve(value))}" for key, value in overrides.items()]
        config = row.config or experiment.config
        settings = load_config(PipelineSettings, self._folder / config if config else None, words)
        return Run(row, seed, settings)

    def _check_rows(self) -> None:
        precisions = {run.settings.training.precision for run in self.runs}
        if len(precisions) > 1:
            raise ConfigError(
                f"all rows are trained in one process, which has one precision, got {sorted(precisions)}"
            )
        judges = {self.reconstructor, self.language_model} - {""}
        for run in self.runs:
            settings = run.settings
            if judges & {settings.reconstructor.start, settings.language_model.start}:
                raise ConfigError(
                    f"{run.row.name} is trained with a model that judges it: prepare another one, "
                    "with another seed"
                )
