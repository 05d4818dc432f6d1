"""`summae evaluate SYSTEM --data FILE`: how good summaries are, against whom, at what length, how sure."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from summae.cli.console import OK, UsageError, run_command
from summae.errors import InputError, MissingExtraError

if TYPE_CHECKING:
    from summae.evaluation.rouge import Unit
    from summae.evaluation.rows import Rows
    from summae.evaluation.runner import Report

PROGRAM = "summae evaluate"

_NARROWEST = 112
"""Columns of the widest table: a figure cut short is worse than a line that wraps."""

_HELP = """Score summaries against human ones, beside baselines of the same mean length.

SYSTEM is a model folder, or a .jsonl or .parquet file with a column `summary` and one row for each
row of the data, in the same order, as `summarize --format jsonl` writes it.
"""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The command line, parsed."""

    system: str
    data: Path
    limit: int | None
    unit: Unit
    batch_size: int
    rankings: bool
    json: Path | None
    markdown: Path | None


@dataclass(frozen=True)
class _Predictions:
    """What the system wrote for the chosen rows, and what a signature says of it."""

    summaries: list[str]
    name: str
    revision: str
    decoding: str


def main(argv: list[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: Arguments without the program's name; None takes those of the process.

    Returns:
        The exit code.
    """
    return run_command(PROGRAM, lambda: _main(sys.argv[1:] if argv is None else argv))


def _main(argv: list[str]) -> int:
    try:
        values = _command.main(argv, prog_name=PROGRAM, standalone_mode=False)
    except click.ClickException as error:
        raise UsageError(error.format_message()) from error
    # click returns an exit code instead of the options after --help.
    if not isinstance(values, int):
        _run(Settings(**values))
    return OK


_POSITIVE = click.IntRange(min=1)
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(help=_HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("system")
@click.option(
    "--data",
    type=_FILE,
    required=True,
    help="JSONL or parquet with the columns document, summary and, for rows by part, set.",
)
@click.option("--limit", type=_POSITIVE, help="Judge so many rows, evenly spread over the data.")
@click.option(
    "--unit",
    type=click.Choice(["character", "word"]),
    default="character",
    help="What ROUGE counts.",
)
@click.option("--batch-size", type=_POSITIVE, default=32, help="Documents decoded together.")
@click.option(
    "--rankings/--no-rankings",
    default=True,
    help="TextRank and LexRank, which need the extra eval.",
)
@click.option("--json", type=_FILE, help="Write the report for machines.")
@click.option("--markdown", type=_FILE, help="Write the tables as Markdown.")
def _command(**values: object) -> dict[str, object]:
    return values


def _run(settings: Settings) -> None:
    from summae.evaluation.rows import evenly, read_rows
    from summae.evaluation.runner import evaluate
    from summae.evaluation.signature import Signature, content_hash

    _check_outputs(settings)
    versions = _versions(settings)
    rows = read_rows(settings.data)
    if not len(rows):
        raise InputError(f"{settings.data} holds no rows.")
    places = evenly(len(rows), settings.limit)
    chosen = rows.take(places)
    predictions = _predict(settings, rows, places)
    signature = Signature(
        system=predictions.revision,
        data=f"{settings.data.name}@{content_hash([*chosen.documents, *chosen.references])}",
        items=len(chosen),
        unit=settings.unit,
        decoding=predictions.decoding,
        extras=versions,
    )
    report = evaluate(
        predictions.summaries,
        chosen.references,
        chosen.documents,
        sets=chosen.sets,
        name=predictions.name,
        signature=str(signature),
        unit=settings.unit,
        rankings=("textrank", "lexrank") if settings.rankings else (),
        progress=_progress,
    )
    _write(settings, report)
    _print(report)


def _check_outputs(settings: Settings) -> None:
    """Find out before an hour of work that its result could not be written."""
    for output in (settings.json, settings.markdown):
        if output is not None and not output.parent.is_dir():
            raise InputError(f"{output}: there is no folder {output.parent}")


def _versions(settings: Settings) -> dict[str, str]:
    """Versions of the packages that scores depend on; found out before an hour of work, too.

    Raises:
        MissingExtraError: One of them is not installed.
    """
    wanted: dict[str, str] = {}
    if settings.rankings:
        feature = "comparing with TextRank and LexRank (--no-rankings leaves them out)"
        wanted |= {"sumy": feature, "jieba": feature}
    if settings.unit == "word":
        wanted.setdefault("jieba", "scoring words (--unit character does without)")
    for package, feature in wanted.items():
        if importlib.util.find_spec(package) is None:
            raise MissingExtraError(feature, "eval")
    return {package: version(package) for package in wanted}


def _predict(settings: Settings, rows: Rows, places: Sequence[int]) -> _Predictions:
    path = Path(settings.system)
    if path.is_file():
        return _read_predictions(path, settings.data, rows, places)
    from summae.inference.summarizer import Summarizer

    summarizer = Summarizer.from_pretrained(settings.system)
    folder = summarizer.folder
    documents = _progress((rows.documents[place] for place in places), folder.name, len(places))
    decoding = ",".join(
        f"{setting}={getattr(folder.decoding, setting)}"
        for setting in ("beam_size", "length_penalty", "no_repeat_ngram_size", "repetition_penalty")
    )
    return _Predictions(
        [summary.text for summary in summarizer.stream(documents, batch_size=settings.batch_size)],
        name=folder.name,
        revision=f"{folder.name}@{folder.fingerprint[:12]}",
        decoding=decoding,
    )


def _read_predictions(path: Path, data: Path, rows: Rows, places: Sequence[int]) -> _Predictions:
    from summae.evaluation.rows import read_summaries

    summaries = read_summaries(path)
    if len(summaries) != len(rows):
        raise InputError(
            f"{path} holds {len(summaries)} summaries and {data} {len(rows)} rows; "
            "expected one summary for each row, in the same order."
        )
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return _Predictions(
        [summaries[place] for place in places],
        name=path.stem,
        revision=f"{path.name}@{digest}",
        decoding="unknown",
    )


def _progress(items: Iterable[str], title: str, total: int | None = None) -> Iterable[str]:
    """Show how far it is, on stderr and only where somebody watches."""
    if not sys.stderr.isatty():
        return items
    from rich.console import Console
    from rich.progress import track

    return track(items, title, total=total, console=Console(stderr=True), transient=True)


def _write(settings: Settings, report: Report) -> None:
    from summae.evaluation.report import as_dict, markdown

    if settings.json is not None:
        text = json.dumps(as_dict(report), ensure_ascii=False, indent=1)
        settings.json.write_text(text + "\n", encoding="utf-8")
    if settings.markdown is not None:
        settings.markdown.write_text(markdown(report), encoding="utf-8")


def _print(report: Report) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    from summae.evaluation.report import tables

    console = Console()
    console.width = max(console.width, _NARROWEST)
    for table in tables(report):
        drawn = Table(title=table.title, title_justify="left", box=SIMPLE_HEAD)
        for column, heading in enumerate(table.header):
            drawn.add_column(heading, justify="right" if column else "left", no_wrap=True)
        for row in table.rows:
            drawn.add_row(*row)
        console.print(drawn)
    print(report.signature)
