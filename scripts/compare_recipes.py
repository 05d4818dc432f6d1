"""Recipes side by side: same corpus, same start, same search, same test. Written to evaluation/recipes.md.

    python scripts/compare_recipes.py configs/comparison.yaml --data pairs-valid.parquet --rows 1000

Trains every row of the experiment with each seed, goes on where a killed call stood, and skips what
is finished; then writes summaries and measures them. Exit status 3 says that time was up.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import re
import statistics
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from summae import Summarizer
from summae.cli.settings import silence_transformers
from summae.config import load_config, to_mapping
from summae.data.pack import TokenPack
from summae.errors import ConfigError
from summae.evaluation.baselines import cut_to_mean, lead
from summae.evaluation.judges import Fluency, Judge, ReconstructionGain
from summae.evaluation.report import Table
from summae.evaluation.results import KINDS
from summae.evaluation.rouge import score
from summae.evaluation.rows import Rows, evenly, read_rows
from summae.evaluation.signature import Signature, content_hash
from summae.evaluation.significance import Difference, compare, holm
from summae.evaluation.statistics import Statistics, measure
from summae.inference.export import export
from summae.inference.options import DecodingOptions
from summae.recipes.experiment import check_experiment
from summae.recipes.packing import ensure_pack
from summae.recipes.pipeline import train
from summae.recipes.settings import PipelineSettings
from summae.text.normalize import clean_document, normalize

ROOT = Path(__file__).parents[1]
OUTPUT = ROOT / "evaluation" / "recipes.md"
NEWS = ROOT / "data" / "news.jsonl"
SHOWN = 10
"""Documents that are shown with what the models make of them."""
SHOWN_CHARACTERS = 60

PLAIN = DecodingOptions(
    beam_size=1, candidates=1, no_repeat_ngram_size=0, repetition_penalty=1.0, length_penalty=1.0
)
"""The likeliest word at each step and nothing that covers up for the model: to see how it writes."""

START = "the start, untouched"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A way to train."""

    name: str = ""
    """As tables call it; its folder is called alike."""
    config: str = ""
    """Configuration, beside the experiment file; empty: that of the experiment."""
    overrides: dict[str, Any] = field(default_factory=dict)
    """Settings by their dotted names. `$name` stands for the best model of what is `prepared`."""
    seeds: tuple[int, ...] = ()
    """Empty: those of the experiment."""
    pairs: int | None = None
    """True pairs that a supervised or semi-supervised recipe may see; None: all of the pack's."""
    note: str = ""
    """What a reader should know, such as what was tried in vain."""

    def __post_init__(self) -> None:
        if not _slug(self.name):
            raise ValueError(f"a row needs a name with letters in it, got {self.name!r}")


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """What is compared."""

    output: str = "runs/comparison"
    """Folder of all runs."""
    config: str = ""
    """Configuration of all rows that name no other, beside the experiment file."""
    overrides: dict[str, Any] = field(default_factory=dict)
    """Settings of all rows by their dotted names; a row's own come last."""
    pack: str = ""
    """The token pack of all rows; empty: `pack` inside `output`, made if it is not there."""
    start: str = ""
    """The generator that all rows start from: a checkpoint, or `$name` of one that is `prepared`."""
    seeds: tuple[int, ...] = (1,)
    checkpoint: Literal["last", "best"] = "last"
    """Which model of a run is measured. The last one was not chosen by human summaries, and does
    not hide that a method went astray."""
    prepared: tuple[Row, ...] = ()
    """Models that rows or judges need; trained once, with the first seed, if anything names them."""
    rows: tuple[Row, ...] = ()
    """What is compared; each with the first."""
    decoding: dict[str, Any] = field(default_factory=dict)
    """Search of all rows, as in `summae.inference.options`."""
    backend: Literal["ctranslate2", "torch"] = "ctranslate2"
    """What writes: the exported model, in float32, or the checkpoint."""
    reconstructor: str = ""
    """Independent reconstructor that judges: a checkpoint or `$name`."""
    language_model: str = ""
    """Language model that judges fluency, of which no row learned: a checkpoint or `$name`."""
    readable: tuple[str, ...] = ()
    """Rows whose summaries are shown side by side."""

    def __post_init__(self) -> None:
        if not self.rows:
            raise ValueError("rows name what is compared, got none")
        names = [_slug(row.name) for row in (*self.prepared, *self.rows)]
        doubles = sorted({name for name in names if names.count(name) > 1})
        if doubles:
            raise ValueError(f"rows need names of their own, got {', '.join(doubles)} twice")
        unknown = set(self.readable) - {row.name for row in self.rows}
        if unknown:
            raise ValueError(f"readable names rows, got {sorted(unknown)}")
        DecodingOptions.from_mapping(self.decoding)


@dataclass(frozen=True)
class Run:
    """A row with one seed."""

    row: Row
    seed: int
    settings: PipelineSettings

    @property
    def folder(self) -> Path:
        """Where it is trained."""
        return Path(self.settings.output)

    @property
    def title(self) -> str:
        """For messages."""
        return f"{self.row.name}, seed {self.seed}"

    @property
    def outcome(self) -> dict[str, Any]:
        """How it ended; empty unless it has.

        Raises:
            ConfigError: It was begun with other settings.
        """
        about = _read_json(self._file)
        if about and about["digest"] != self._digest:
            raise ConfigError(
                f"{self.folder} was trained with other settings than the experiment says now: "
                "remove it, or give the row another name"
            )
        outcome: dict[str, Any] = about.get("outcome", {})
        return outcome

    def write(self, outcome: Mapping[str, Any]) -> None:
        """Remember with which settings it was trained and, where it has ended, how."""
        self.folder.mkdir(parents=True, exist_ok=True)
        _write_json(self._file, {"digest": self._digest, "outcome": dict(outcome)})

    @property
    def _file(self) -> Path:
        return self.folder / "run.json"

    @cached_property
    def _digest(self) -> str:
        return content_hash([json.dumps(to_mapping(self.settings), sort_keys=True)])


class Plan:
    """Everything that is to be trained, in an order in which each finds what it needs.

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
        precisions = {run.settings.training.precision for run in self.runs}
        if len(precisions) > 1:
            raise ConfigError(
                f"all rows are trained in one process, which has one precision, got {sorted(precisions)}"
            )
        for run in self.runs:
            judges = {self.reconstructor, self.language_model} - {""}
            settings = run.settings
            if judges & {settings.reconstructor.start, settings.language_model.start}:
                raise ConfigError(
                    f"{run.row.name} is trained with a model that judges it: prepare another one, "
                    "with another seed"
                )

    @property
    def runs(self) -> list[Run]:
        """In order."""
        return [*self.preparations, *(run for runs in self.rows.values() for run in runs)]

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
            "output": str(output / _slug(row.name) / f"seed-{seed}"),
            "pack": experiment.pack or str(output / "pack"),
        }
        words = [f"{key}={json.dumps(self.resolve(value))}" for key, value in overrides.items()]
        config = row.config or experiment.config
        settings = load_config(PipelineSettings, self._folder / config if config else None, words)
        return Run(row, seed, settings)


def main(argv: Sequence[str] | None = None) -> int:
    """Train what is not trained yet, then measure."""
    arguments = _arguments(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    silence_transformers()
    experiment = load_config(Experiment, arguments.experiment, arguments.set)
    plan = Plan(experiment, arguments.experiment.parent)
    left, failed = train_all(plan, max_minutes=arguments.max_minutes)
    if left and not arguments.now:
        print(f"{len(plan.runs) - len(left)} of {len(plan.runs)} runs are finished; run it again")
        return 3
    rows = read_rows(arguments.data)
    found = measure_all(plan, rows.take(evenly(len(rows), arguments.rows)), arguments.data.name)
    command = _command(arguments)
    missing = [f"{run.title} (not trained to its end)" for run in left]
    missing += [f"{run.title} (failed: {error}, see the log)" for run, error in failed]
    text = markdown(plan, found, command, missing)
    print(text)
    arguments.output.write_text(text, encoding="utf-8")
    _write_json(arguments.output.with_suffix(".json"), as_dict(plan, found, command, missing))
    return 3 if left else 1 if failed else 0


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("experiment", type=Path)
    parser.add_argument(
        "--data", type=Path, required=True, help="parquet or JSONL: document, summary, set"
    )
    parser.add_argument("--rows", type=int, help="rows of it, evenly spread; default: all")
    parser.add_argument("--max-minutes", type=float, default=0.0, help="of training in this call")
    parser.add_argument("--now", action="store_true", help="measure what is finished so far")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    return parser.parse_args(argv)


def _command(arguments: argparse.Namespace) -> str:
    """What to type for the same, files by their names."""
    words = ["python scripts/compare_recipes.py", arguments.experiment.name]
    words += ["--data", arguments.data.name]
    words += ["--rows", str(arguments.rows)] if arguments.rows else []
    for override in arguments.set:
        key, _, value = override.partition("=")
        words += ["--set", f"{key}={Path(value).name if '/' in value else value}"]
    return " ".join(words)


def train_all(plan: Plan, *, max_minutes: float) -> tuple[list[Run], list[tuple[Run, str]]]:
    """Train what is not finished.

    One that fails does not cost the others their night.

    Args:
        plan: All runs.
        max_minutes: Of this call; 0 for no limit.

    Returns:
        The runs for which no time was left, and those that failed, with why.
    """
    todo = [run for run in plan.runs if not run.outcome]
    if not todo:
        return [], []
    pack = TokenPack.load(ensure_pack(todo[0].settings))
    for run in todo:
        check_experiment(run.settings, pack)
    started = time.monotonic()
    failed: list[tuple[Run, str]] = []
    for place, run in enumerate(todo):
        minutes = max_minutes - (time.monotonic() - started) / 60 if max_minutes else 0.0
        if minutes < 0:
            return todo[place:], failed
        run.write({})
        logger.info("%s (%d of %d)", run.title, place + 1, len(todo))
        try:
            outcome = train(_for(run.settings, minutes))
        except Exception as error:
            logger.exception("%s failed", run.title)
            failed.append((run, type(error).__name__))
            continue
        if not outcome.is_over:
            return todo[place:], failed
        run.write(
            {
                "ended": outcome.state.ended,
                "steps": outcome.state.step,
                "documents": outcome.state.batches * run.settings.mixture.batch_size,
                "minutes": outcome.state.seconds / 60,
            }
        )
    return [], failed


def _for(settings: PipelineSettings, minutes: float) -> PipelineSettings:
    return replace(settings, training=replace(settings.training, max_minutes=minutes))


@dataclass(frozen=True)
class Measured:
    """What one run wrote, and how good it is."""

    f1: dict[str, NDArray[np.float64]]
    """By kind of ROUGE, one value for each document."""
    lead: dict[str, float]
    """Mean F1 of a lead of equal length, by kind of ROUGE."""
    statistics: Statistics
    judged: dict[str, float]
    """Means by judge."""
    plain: Statistics
    """Of what it writes word by likeliest word."""
    plain_judged: dict[str, float]
    shown: list[str]
    """Its summaries of the documents that are shown, word by likeliest word."""
    revision: str
    """Hash of the weights."""
    outcome: dict[str, Any]


@dataclass(frozen=True)
class Found:
    """Everything that was measured."""

    rows: dict[str, list[Measured]]
    """By name, the start first, one for each finished seed."""
    human: Statistics
    human_judged: dict[str, float]
    short_lead: dict[str, float]
    """Mean F1 of a lead of 20 characters, by kind of ROUGE."""
    signature: str


def measure_all(plan: Plan, rows: Rows, data: str) -> Found:
    """Write summaries with every finished model, the same way, and measure them.

    Args:
        plan: All runs.
        rows: What is summarised.
        data: Name of the file it came from.
    """
    experiment = plan.experiment
    decoding = DecodingOptions.from_mapping(experiment.decoding)
    court = _Court(rows, _judges(plan))
    found = {}
    if plan.start:
        folder = Path(experiment.output) / "start"
        found[START] = [court.measure(_Writer(Path(plan.start), folder, experiment), decoding, {})]
    for name, runs in plan.rows.items():
        found[name] = [
            court.measure(
                _Writer(run.folder / experiment.checkpoint, run.folder, experiment),
                decoding,
                run.outcome,
            )
            for run in runs
            if run.outcome
        ]
    digest = content_hash([*rows.documents, *rows.references])
    judges = {"reconstructor": plan.reconstructor, "lm": plan.language_model}
    signature = Signature(
        system="rows",
        data=f"{data}@{digest}",
        items=len(rows),
        decoding=_spelled(decoding),
        extras={key: _weights_hash(Path(path)) for key, path in judges.items() if path},
    )
    return Found(
        rows={name: each for name, each in found.items() if each},
        human=measure(court.references, court.documents),
        human_judged=court.ask(court.references),
        short_lead=score(lead(court.documents, 20), court.references).mean_f1(),
        signature=str(signature),
    )


def _judges(plan: Plan) -> list[Judge]:
    judges: list[Judge] = []
    if plan.reconstructor:
        judges.append(ReconstructionGain(plan.reconstructor))
    if plan.language_model:
        judges.append(Fluency(plan.language_model))
    return judges


class _Court:
    """The test, before which models appear one after another."""

    def __init__(self, rows: Rows, judges: Sequence[Judge]) -> None:
        self.rows = rows
        self.documents = [clean_document(text) for text in rows.documents]
        self.references = [normalize(text) for text in rows.references]
        self.judges = judges

    def measure(
        self, writer: _Writer, decoding: DecodingOptions, outcome: dict[str, Any]
    ) -> Measured:
        written, plain = (
            [normalize(text) for text in writer(self.rows.documents, options)]
            for options in (decoding, PLAIN)
        )
        scores, found = score(written, self.references), measure(written, self.documents)
        beginning = cut_to_mean(self.documents, found.mean_length)
        return Measured(
            f1={kind: getattr(scores, kind).f1 for kind in KINDS},
            lead=score(beginning, self.references).mean_f1(),
            statistics=found,
            judged=self.ask(written),
            plain=measure(plain, self.documents),
            plain_judged=self.ask(plain),
            shown=writer([item["document"] for item in shown_news()], PLAIN),
            revision=writer.revision,
            outcome=outcome,
        )

    def ask(self, summaries: Sequence[str]) -> dict[str, float]:
        return {
            judge.name: float(judge(summaries, self.references, self.documents).mean())
            for judge in self.judges
        }


class _Writer:
    """A trained generator that remembers what it wrote, in its folder.

    Args:
        checkpoint: Its weights.
        folder: Where the exported model and the summaries lie.
        experiment: Says by what it is run.
    """

    def __init__(self, checkpoint: Path, folder: Path, experiment: Experiment) -> None:
        self._checkpoint = checkpoint
        self._folder = folder
        self._backend = experiment.backend
        self.revision = _weights_hash(checkpoint)

    def __call__(self, documents: Sequence[str], decoding: DecodingOptions) -> list[str]:
        options = json.dumps(asdict(decoding), sort_keys=True)
        key = content_hash([*documents, options, self._backend, self.revision])
        file = self._folder / "summaries" / f"{key}.json"
        if not file.exists():
            summarizer = self._summarizer
            summarizer.folder = replace(summarizer.folder, decoding=decoding)
            texts = [str(summary) for summary in summarizer.summarize(documents)]
            file.parent.mkdir(parents=True, exist_ok=True)
            _write_json(file, texts)
        written: list[str] = json.loads(file.read_text(encoding="utf-8"))
        return written

    @cached_property
    def _summarizer(self) -> Summarizer:
        if self._backend == "torch":
            return Summarizer.from_pretrained(self._checkpoint, backend="torch")
        model = self._folder / "model"
        # In full precision: rows are to differ by how they were trained.
        export(self._checkpoint, model, quantization="float32", name=self._folder.name)
        return Summarizer.from_pretrained(model)


def shown_news() -> list[dict[str, Any]]:
    """Made-up news that nobody was trained on, evenly spread over its subjects."""
    lines = NEWS.read_text(encoding="utf-8").splitlines()
    return [json.loads(lines[place]) for place in evenly(len(lines), SHOWN)]


def markdown(plan: Plan, found: Found, command: str, missing: Sequence[str]) -> str:
    """The comparison for people."""
    first = plan.experiment.rows[0].name
    blocks = [
        "# Recipes compared",
        f"`{command}`. All rows learned from one token pack and were searched alike. "
        f"{_beginnings(plan)} The {plan.experiment.checkpoint} model of each run is measured. Mean "
        "over seeds, range in brackets.",
        *([f"**Missing**: {'; '.join(missing)}."] if missing else []),
        _scores(found, first).markdown(),
        f"Lead: the document's beginning, cut to the row's own mean length. Difference: R-1 minus "
        f"that of “{first}” on the same documents, means over seeds, with its 95 % interval by "
        "paired bootstrap over documents; p by Holm's method over all rows. It says how sure the "
        "difference is on other documents; the range says how sure it is with other seeds.",
        _beyond(found).markdown(),
        *_judges_explained(plan),
        _cost(plan, found).markdown(),
        *_readable(plan, found),
        *_notes(plan),
        f"`{found.signature}`",
    ]
    return "\n\n".join(blocks) + "\n"


def _beginnings(plan: Plan) -> str:
    """Where rows started, and which did elsewhere."""
    what = f"“{START}”" if plan.start else "fresh weights"
    others = [
        name
        for name, runs in plan.rows.items()
        if any(run.settings.start != plan.start for run in runs)
    ]
    but = f", but for {', '.join(others)}" if others else ""
    return f"They started from {what}{but}."


def _judges_explained(plan: Plan) -> list[str]:
    told = []
    if plan.reconstructor:
        told.append(
            "Reconstruction gain: how much better a reconstructor that no row was trained with tells "
            "the document from the summary than from a lead of its length, nats per character."
        )
    if plan.language_model:
        told.append(
            "Log-probability: under a headline language model that no row was trained with, nats; "
            "nearer to 0 is more fluent, and so is what repeats itself."
        )
    return [" ".join(told)] if told else []


def _scores(found: Found, first: str) -> Table:
    header = ["row", "seeds", "R-1", "R-2", "R-L", "length", "lead R-1", "lead R-L"]
    header += ["R-1 minus the first row's", "p"]
    differences = _differences(found, first)
    p_values = dict(zip(differences, holm([d.p_value for d in differences.values()]), strict=True))
    rows = []
    for name, measured in found.rows.items():
        ours = [_ranged([100 * m.f1[kind].mean() for m in measured]) for kind in KINDS]
        leads = [_mean(100 * m.lead[kind] for m in measured) for kind in ("rouge_1", "rouge_l")]
        length = _mean(m.statistics.mean_length for m in measured)
        cells = [name, str(len(measured)), *ours, f"{length:.1f}", *(f"{x:.2f}" for x in leads)]
        against = ["", ""]
        if name in differences:
            d = differences[name]
            against = [
                f"{100 * d.mean:+.2f} [{100 * d.low:.2f}, {100 * d.high:.2f}]",
                f"{p_values[name]:.3f}",
            ]
        rows.append([*cells, *against])
    short = [f"{100 * found.short_lead[kind]:.2f}" for kind in KINDS]
    rows.append(["lead-20", "", *short, "20.0", *[""] * 4])
    return Table("ROUGE F1 × 100", header, rows)


def _differences(found: Found, first: str) -> dict[str, Difference]:
    """R-1 of each row minus that of the first, means over seeds, document by document."""
    means = {
        name: np.mean([m.f1["rouge_1"] for m in measured], axis=0)
        for name, measured in found.rows.items()
    }
    if first not in means:
        return {}
    return {name: compare(values, means[first]) for name, values in means.items() if name != first}


_STATISTICS: tuple[tuple[str, str], ...] = (
    ("lead copied", "lead_copy_rate"),
    ("repeated bigrams", "repetition"),
    ("novel bigrams", "novel_bigrams"),
    ("numbers in document", "supported_numbers"),
    ("Latin words in document", "supported_names"),
    ("people and places in document", "supported_proper_names"),
)


def _beyond(found: Found) -> Table:
    judges = [*found.human_judged]
    header = ["row", "length", *(title for title, _ in _STATISTICS), *judges]
    rows = [
        [name, *_facts([m.statistics for m in measured]), *_opinions([m.judged for m in measured])]
        for name, measured in found.rows.items()
    ]
    rows.append(["human", *_facts([found.human]), *_opinions([found.human_judged])])
    return Table("Beyond ROUGE", header, rows)


def _facts(each: Sequence[Statistics]) -> Iterator[str]:
    yield f"{_mean(s.mean_length for s in each):.1f}"
    for _, name in _STATISTICS:
        values = [v for s in each if (v := getattr(s, name)) is not None]
        yield f"{100 * _mean(values):.1f} %" if values else "–"


def _opinions(each: Sequence[Mapping[str, float]]) -> list[str]:
    return [f"{_mean(judged[name] for judged in each):.3f}" for name in each[0]]


def _cost(plan: Plan, found: Found) -> Table:
    rows = []
    for name, runs in plan.rows.items():
        outcomes = [m.outcome for m in found.rows.get(name, ())]
        if not outcomes:
            continue
        settings = runs[0].settings
        ends = sorted({outcome["ended"] for outcome in outcomes})
        pairs = runs[0].row.pairs
        rows.append(
            [
                name,
                settings.recipe,
                f"{_mean(o['steps'] for o in outcomes):,.0f}",
                f"{_mean(o['documents'] for o in outcomes):,.0f}",
                f"{pairs:,}" if pairs else ("all" if "supervised" in settings.recipe else "0"),
                f"{_mean(o['minutes'] for o in outcomes):.0f}",
                ", ".join(ends),
            ]
        )
    header = ["row", "recipe", "steps", "documents read", "true pairs", "minutes", "ended by"]
    return Table("What each run took, mean over seeds; every turn of a player reads", header, rows)


def _readable(plan: Plan, found: Found) -> list[str]:
    names = [name for name in plan.experiment.readable if name in found.rows]
    if not names:
        return []
    judges = [*found.human_judged]
    header = ["row", "length", *(title for title, _ in _STATISTICS), *judges]
    rows = [
        [
            name,
            *_facts([m.plain for m in found.rows[name]]),
            *_opinions([m.plain_judged for m in found.rows[name]]),
        ]
        for name in names
    ]
    blocks = [
        "## Readable with the discriminator, not without it",
        "What the rows write word by likeliest word, without a beam, a penalty or a choice among "
        "candidates that could cover up for the model.",
        Table("All documents of the test", header, rows).markdown(),
        f"And {SHOWN} made-up documents, models of the first seed:",
    ]
    for place, item in enumerate(shown_news()):
        lines = [f"> {item['document'][:SHOWN_CHARACTERS]}……", "", f"- human: {item['summary']}"]
        lines += [f"- {name}: {found.rows[name][0].shown[place]}" for name in names]
        blocks.append("\n".join(lines))
    return blocks


def _notes(plan: Plan) -> list[str]:
    notes = [f"- {row.name}: {row.note}" for row in plan.experiment.rows if row.note]
    return ["## Notes", "\n".join(notes)] if notes else []


def as_dict(plan: Plan, found: Found, command: str, missing: Sequence[str]) -> dict[str, Any]:
    """The comparison as JSON types; scores and shares in [0, 1], lengths in characters."""
    first = plan.experiment.rows[0].name
    differences = _differences(found, first)
    given = {row.name: asdict(row) for row in plan.experiment.rows}
    return {
        "command": command,
        "signature": found.signature,
        "missing": list(missing),
        "first": first,
        "config": plan.experiment.config,
        "overrides": plan.experiment.overrides,
        "rows": [
            {
                **given.get(name, {"name": name}),
                "behind": asdict(differences[name]) if name in differences else None,
                "measured": [_measured_dict(measured) for measured in each],
            }
            for name, each in found.rows.items()
        ],
        "human": {"statistics": asdict(found.human), "judged": found.human_judged},
        "lead-20": found.short_lead,
    }


def _measured_dict(measured: Measured) -> dict[str, Any]:
    return {
        "f1": {kind: float(values.mean()) for kind, values in measured.f1.items()},
        "lead": measured.lead,
        "statistics": asdict(measured.statistics),
        "judged": measured.judged,
        "plain": {"statistics": asdict(measured.plain), "judged": measured.plain_judged},
        "revision": measured.revision,
        "outcome": measured.outcome,
    }


def _ranged(values: Sequence[float]) -> str:
    if len(values) == 1:
        return f"{values[0]:.2f}"
    return f"{_mean(values):.2f} ({min(values):.2f}–{max(values):.2f})"


def _mean(values: Any) -> float:
    return statistics.fmean(values)


def _spelled(decoding: DecodingOptions) -> str:
    names = ("beam_size", "candidates", "length_penalty", "no_repeat_ngram_size")
    return ",".join(f"{n}={getattr(decoding, n)}" for n in (*names, "repetition_penalty"))


def _weights_hash(folder: Path) -> str:
    return hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()[:12]


def _slug(name: str) -> str:
    return re.sub(r"\W+", "-", name.lower()).strip("-")


def _read_json(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def _write_json(file: Path, values: Any) -> None:
    aside = file.with_suffix(".new")
    aside.write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    aside.replace(file)


if __name__ == "__main__":
    sys.exit(main())
