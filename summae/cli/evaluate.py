"""`summae evaluate SYSTEM --data FILE`: how good summaries are, against whom, at what length, how sure."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from summae.cli.console import OK, UsageError, run_command
from summae.errors import InputError, needs_extra

if TYPE_CHECKING:
    from summae.evaluation.judges import Judge
    from summae.evaluation.results import Report
    from summae.evaluation.rouge import Unit
    from summae.evaluation.rows import Rows

PROGRAM = "summae evaluate"

_NARROWEST = 112
"""Columns of the widest table: a figure cut short is worse than a line that wraps."""

_HELP = """Score summaries against human ones, beside baselines of the same mean length.

SYSTEM is a model folder, or a .jsonl or .parquet file with a column `summary` and one row for each
row of the data, in the same order, as `summarize --format jsonl` writes it. A column `token_scores`
with lists of [piece, score], as a discriminator gives them, is shown in the report.
"""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The command line, parsed."""

    system: str
    data: Path
    limit: int | None
    unit: Unit
    batch_size: int
    length: int | None
    compare: tuple[str, ...]
    upper_bound: str | None
    rankings: bool
    language_model: Path | None
    reconstructor: Path | None
    embedding_model: Path | None
    discriminator: Path | None
    report: Path | None
    json: Path | None
    markdown: Path | None


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
_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


@click.command(help=_HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("system")
@click.option(
    "--data",
    type=_FILE,
    required=True,
    help="JSONL or parquet with the columns document, summary and, for rows by part, set; "
    "or LCSTS: 'PART_III.txt?score>=3'.",
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
    "--length",
    type=_POSITIVE,
    help="Ask a model for so many characters; count the summaries that have them.",
)
@click.option(
    "--compare",
    multiple=True,
    metavar="SYSTEM",
    help="Another system on the same rows; may be given several times.",
)
@click.option("--upper-bound", metavar="SYSTEM", help="One that has learnt from true pairs.")
@click.option(
    "--rankings/--no-rankings",
    default=True,
    help="TextRank, LexRank and LSA, which need the extra eval.",
)
@click.option("--language-model", type=_FOLDER, help="Judges fluency; a causal language model.")
@click.option(
    "--reconstructor",
    type=_FOLDER,
    help="Tells documents from summaries; one that SYSTEM was not trained with.",
)
@click.option("--embedding-model", type=_FOLDER, help="For cosine and BERTScore; an encoder.")
@click.option(
    "--discriminator", type=_FOLDER, help="Scores each piece of a summary, in the report."
)
@click.option("--report", type=_FILE, help="Write one HTML file with charts and rows to browse.")
@click.option("--json", type=_FILE, help="Write the report for machines.")
@click.option("--markdown", type=_FILE, help="Write the tables as Markdown.")
def _command(**values: object) -> dict[str, object]:
    return values


def _run(settings: Settings) -> None:
    from summae.cli.systems import System, Task, read_or_run
    from summae.cli.token_scores import TokenJudge
    from summae.evaluation.baselines import RANKINGS
    from summae.evaluation.report import UPPER_BOUND
    from summae.evaluation.rows import evenly
    from summae.evaluation.runner import evaluate
    from summae.evaluation.signature import Signature, content_hash, versions

    _check_outputs(settings)
    # Found out before an hour of work, like a wrong folder below.
    packages = versions(settings.unit, rankings=settings.rankings)
    rows = _rows(settings.data)
    if not len(rows):
        raise InputError(f"{settings.data} holds no rows.")
    judges = _judges(settings)
    token_judge = None if settings.discriminator is None else TokenJudge(settings.discriminator)
    places = evenly(len(rows), settings.limit)
    chosen = rows.take(places)
    task = Task(settings.data, rows, places, settings.length, settings.batch_size)
    systems: list[System] = []
    for named in (settings.system, *settings.compare):
        systems.append(read_or_run(named, task, [one.name for one in systems], _progress))
    if settings.upper_bound is not None:
        bound = read_or_run(settings.upper_bound, task, [], _progress)
        systems.append(replace(bound, name=f"{bound.name}{UPPER_BOUND}"))
    ours, *rivals = systems
    signature = Signature(
        system=ours.revision,
        data=f"{settings.data.name}@{content_hash([*chosen.documents, *chosen.references])}",
        items=len(chosen),
        unit=settings.unit,
        decoding=ours.decoding,
        extras=packages | _judging(settings),
    )
    report = evaluate(
        ours.summaries,
        chosen.references,
        chosen.documents,
        sets=chosen.sets,
        rivals=rivals,
        name=ours.name,
        signature=signature,
        unit=settings.unit,
        rankings=RANKINGS if settings.rankings else (),
        wanted_length=settings.length,
        judges=judges,
        token_scores=ours.token_scores if token_judge is None else token_judge(ours.summaries),
        progress=_progress,
    )
    try:
        _write(settings, report)
    finally:
        # A full disk may not cost what was found out.
        _print(report)


def _rows(data: Path) -> Rows:
    """What is judged: rows of a file, or of LCSTS as sources name it, PART_III.txt?score>=3."""
    from summae.data.text_files import is_lcsts
    from summae.evaluation.rows import Rows, read_rows

    if not is_lcsts(Path(str(data).partition("?")[0])):
        return read_rows(data)
    with needs_extra("reading LCSTS", "train"):
        from summae.data.place_rows import stream_rows
        from summae.data.places import Place
    pairs = [(row["document"], row["summary"]) for row in stream_rows(Place.parse(str(data)), "")]
    return Rows([pair[0] for pair in pairs], [pair[1] for pair in pairs], [""] * len(pairs))


def _check_outputs(settings: Settings) -> None:
    """Find out before an hour of work that its result could not be written, or over what.

    Raises:
        InputError: A folder is missing or may not be written to.
        UsageError: An output would replace another one, the data or a system.
    """
    inputs = [settings.system, *settings.compare, settings.upper_bound or settings.system]
    taken = {settings.data.resolve(), *(Path(name).resolve() for name in inputs)}
    for output in (settings.report, settings.json, settings.markdown):
        if output is None:
            continue
        if not output.parent.is_dir():
            raise InputError(f"{output}: there is no folder {output.parent}")
        if not os.access(output if output.exists() else output.parent, os.W_OK):
            raise InputError(f"{output} may not be written")
        if output.resolve() in taken:
            raise UsageError(f"{output} is named twice; a result needs a file of its own")
        taken.add(output.resolve())


def _judges(settings: Settings) -> list[Judge]:
    """Loaded before the work: a wrong folder is told at once."""
    from summae.evaluation.judges import BertScore, EmbeddingSimilarity, Fluency, ReconstructionGain

    judges: list[Judge] = []
    if settings.language_model is not None:
        judges.append(Fluency(settings.language_model))
    if settings.reconstructor is not None:
        judges.append(ReconstructionGain(settings.reconstructor))
    if settings.embedding_model is not None:
        judges.append(EmbeddingSimilarity(settings.embedding_model))
        judges.append(BertScore(settings.embedding_model))
    return judges


def _judging(settings: Settings) -> dict[str, str]:
    """Names and hashes of the judges' models, for the signature."""
    from summae.evaluation.signature import folder_hash

    named = {
        "lm": settings.language_model,
        "reconstructor": settings.reconstructor,
        "embedding": settings.embedding_model,
        "discriminator": settings.discriminator,
    }
    return {
        key: f"{folder.resolve().name}@{folder_hash(folder)}"
        for key, folder in named.items()
        if folder is not None
    }


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
    if settings.report is not None:
        from summae.evaluation.page import page

        settings.report.write_text(page(report), encoding="utf-8", errors="replace")


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
    for rival in report.rivals:
        print(rival.signature)
    print(report.signature)
