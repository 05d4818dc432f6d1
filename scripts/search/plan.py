"""Everything that is to be trained, in order, each run with as many steps as its budget pays for."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from filelock import FileLock

from search.cost import Cost, cost_of
from search.experiment import DECIDED, Alternative, Experiment, Factor, slug
from search.kept import Kept, Record
from search.runs import Run, portable, told
from summae.config import flattened, load_config
from summae.data.pack import TokenPack
from summae.errors import ConfigError
from summae.evaluation.signature import content_hash
from summae.inference.options import DecodingOptions
from summae.recipes.experiment import check_experiment
from summae.recipes.packing import ensure_pack
from summae.recipes.settings import PipelineSettings

DEFAULT = "default"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Draft:
    """A run of which all is known but what it costs."""

    name: str
    settings: PipelineSettings
    flops: float
    """Its budget; 0 where `documents` says it."""
    documents: int
    starts_from: str = ""
    """Name of the draft whose model it starts from."""


@dataclass(frozen=True)
class Row:
    """A line of a factor's table: a model, and how it is searched."""

    label: str
    draft: str
    """Name of the run, with whichever seeds."""
    decoding: DecodingOptions
    note: str = ""


@dataclass(frozen=True)
class Section:
    """A factor's table."""

    factor: Factor
    rows: Sequence[Row]
    reference: Row
    """The row that the others are compared with."""


class Plan:
    """What an experiment file comes to.

    Args:
        experiment: What is searched.
        folder: Of the experiment file.
        kept: Records of runs that were measured before, on whichever machine.

    Raises:
        ConfigError: A configuration cannot be read, or says what the budget decides.
    """

    def __init__(self, experiment: Experiment, folder: Path, kept: Kept | None = None) -> None:
        self.experiment = experiment
        self._kept = kept
        self._folder = folder
        self.output = Path(experiment.output)
        first, *others = experiment.seeds
        self._prepared = {p.name: p for p in experiment.prepared}
        self._starts = {f"start {name}" for name in self._prepared}
        default = Alternative(name=DEFAULT)
        self.drafts = [
            *(self._draft(f"start {p.name}", p, {}, first) for p in experiment.prepared),
            self._draft(DEFAULT, default, {}, first),
            *(
                self._draft(_name(factor, alternative), alternative, factor.overrides, first)
                for factor in experiment.factors
                for alternative in factor.alternatives
                if _is_trained(factor, alternative)
            ),
            *(self._draft(DEFAULT, default, {}, seed) for seed in others),
        ]
        """In order: what others start from, one of each, then the default with other seeds."""
        precisions = {draft.settings.training.precision for draft in self.drafts}
        if len(precisions) > 1:
            raise ConfigError(
                f"all runs are trained in one process, which has one precision, got "
                f"{sorted(precisions)}"
            )

    @cached_property
    def runs(self) -> list[Run]:
        """All runs with their steps; makes the token packs that are not there.

        Where all that starts from a prepared model is kept, that model is not a run any more.
        """
        records = [self._record(draft) for draft in self.drafts]
        wanted = {
            draft.starts_from
            for draft, record in zip(self.drafts, records, strict=True)
            if record is None
        }
        packs: dict[str, TokenPack] = {}
        flops: dict[str, float] = {}
        found = []
        for draft, record in zip(self.drafts, records, strict=True):
            if record is not None:
                found.append(self._kept_run(draft, record))
                continue
            if draft.name in self._starts and draft.name not in wanted:
                continue
            folder = draft.settings.pack
            if folder not in packs:
                logger.info("token pack %s", folder)
                Path(folder).parent.mkdir(parents=True, exist_ok=True)
                with FileLock(f"{folder}.lock"):  # another process may be making it
                    packs[folder] = TokenPack.load(ensure_pack(draft.settings))
            run = self._run(draft, packs[folder], flops.get(draft.starts_from, 0.0))
            flops[draft.name] = run.flops
            found.append(run)
        return found

    @cached_property
    def sections(self) -> list[Section]:
        """The tables, by factor."""
        usual = self.experiment.decoding
        found = []
        for factor in self.experiment.factors:
            rows = {
                a.name: Row(
                    a.name,
                    _name(factor, a) if _is_trained(factor, a) else DEFAULT,
                    DecodingOptions.from_mapping(usual | a.decoding),
                    a.note,
                )
                for a in factor.alternatives
            }
            default = self.default(factor.default or DEFAULT)
            reference = rows[factor.reference] if factor.reference else default
            shown = [] if factor.default == "-" else [default]
            found.append(Section(factor, [*shown, *rows.values()], reference))
        return found

    def default(self, label: str = DEFAULT) -> Row:
        """The default, as one table calls it."""
        return Row(label, DEFAULT, DecodingOptions.from_mapping(self.experiment.decoding))

    def of(self, row: Row) -> list[Run]:
        """The runs of a row, one for each seed."""
        return [run for run in self.runs if run.name == row.draft]

    def _draft(
        self, name: str, alternative: Alternative, common: Mapping[str, Any], seed: int
    ) -> Draft:
        experiment = self.experiment
        overrides = {
            key: value
            for given in (experiment.overrides, common, alternative.overrides)
            for key, value in flattened(given)
        }
        if decided := sorted(set(overrides) & set(DECIDED)):
            raise ConfigError(f"{name}: {', '.join(decided)} follow from budget, seed and folder")
        start = str(overrides.get("start", ""))
        starts_from = f"start {start[1:]}" if start.startswith("$") else ""
        if starts_from:
            overrides["start"] = self._model_of(start[1:])
        overrides["training.seed"] = seed
        overrides["output"] = str(self.output / slug(name) / f"seed-{seed}")
        words = [f"{key}={json.dumps(value)}" for key, value in overrides.items()]
        config = self._folder / experiment.config if experiment.config else None
        settings = load_config(PipelineSettings, config, words)
        if settings.stages:
            raise ConfigError(f"{name}: a run is one stage; prepare what it starts from")
        if settings.mixture.source_tokens > settings.data.document_tokens:
            raise ConfigError(
                f"{name} reads {settings.mixture.source_tokens} tokens of a document, its pack "
                f"keeps {settings.data.document_tokens}: raise data.document_tokens"
            )
        # Runs with the same data share a pack, whatever else tells them apart.
        pack = content_hash([json.dumps(told(settings).get("data", {}), sort_keys=True)])
        settings = replace(settings, pack=str(self.output / "packs" / pack))
        own = alternative.training_flops or alternative.training_documents
        budget = alternative if own else experiment
        documents = round(experiment.times * budget.training_documents)
        flops = experiment.times * budget.training_flops
        return Draft(name, settings, flops, documents, starts_from)

    def _model_of(self, name: str) -> str:
        if name not in self._prepared:
            raise ConfigError(f"${name} is not prepared; prepared are {sorted(self._prepared)}")
        seed = self.experiment.seeds[0]
        return str(self.output / slug(f"start {name}") / f"seed-{seed}" / "last")

    def _run(self, draft: Draft, pack: TokenPack, flops_before: float) -> Run:
        settings, experiment = draft.settings, self.experiment
        # The same documents are looked at for all seeds: they may not differ in steps.
        cost = cost_of(
            replace(settings, training=replace(settings.training, seed=experiment.seeds[0])), pack
        )
        settings = self._with_steps(draft, steps_for(draft, cost))
        check_experiment(settings, pack)
        pairs = len(pack.supervised or ())
        return Run(
            name=draft.name,
            seed=settings.training.seed,
            settings=settings,
            cost=cost,
            pairs=settings.supervised.count or pairs,
            flops_before=flops_before,
        )

    def _record(self, draft: Draft) -> Record | None:
        if self._kept is None:
            return None
        return self._kept.of(draft.name, draft.settings.training.seed)

    def _kept_run(self, draft: Draft, record: Record) -> Run:
        settings = self._with_steps(draft, record.outcome["steps"])
        run = Run(
            name=draft.name,
            seed=settings.training.seed,
            settings=settings,
            cost=record.cost,
            pairs=record.pairs,
            flops_before=record.flops_before,
            record=record,
        )
        if record.settings != portable(settings):
            raise ConfigError(
                f"what is kept of {draft.name} was trained with other settings than the experiment "
                "says now: remove its record, or give the alternative another name"
            )
        return run

    def _with_steps(self, draft: Draft, steps: int) -> PipelineSettings:
        """Its settings, and those of training that follow from the number of steps."""
        experiment = self.experiment
        training = replace(
            draft.settings.training,
            steps=steps,
            warmup_steps=max(1, round(experiment.warmup_share * steps)),
            validate_every=math.ceil(steps / max(1, experiment.validations)),
        )
        return replace(draft.settings, training=training)


def steps_for(draft: Draft, cost: Cost) -> int:
    """Steps that the budget of a run pays for; at least one."""
    documents = draft.documents or draft.flops / cost.flops_per_document
    return max(1, round(documents / draft.settings.mixture.batch_size))


def _name(factor: Factor, alternative: Alternative) -> str:
    return f"{factor.name} {alternative.name}"


def _is_trained(factor: Factor, alternative: Alternative) -> bool:
    """Whether it is a model of its own, and no other search of the default's."""
    return bool(alternative.overrides or factor.overrides or not alternative.decoding)
