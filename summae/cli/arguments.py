"""The command line of `summarize`: its help, its options and what they mean together."""

from __future__ import annotations

import codecs
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import click

from summae import __version__
from summae.cli.console import UsageError
from summae.cli.sources import Kind

if TYPE_CHECKING:
    from summae.cli.writing import Format
    from summae.text.length import Length

PROGRAM = "summarize"

OnError = Literal["stop", "skip", "null"]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The command line, parsed."""

    files: tuple[str, ...]
    recursive: bool
    input_kind: Kind | None
    per: Literal["file", "line"]
    field: str | None
    encoding: str | None
    format: Format | None
    output: Path | None
    column: str | None
    resume: bool
    force: bool
    details: bool
    min_confidence: float | None
    explain: bool
    on_error: OnError
    length: Length | None
    beams: int | None
    batch_size: int
    jobs: int | None
    model: str | None


def parse(argv: list[str]) -> Settings | None:
    """Read the command line; None if it only asked for help or the version, which is then printed.

    Raises:
        UsageError: An option is unknown or has an impossible value.
    """
    if not argv and (sys.stdin is None or sys.stdin.isatty()):
        raise UsageError("name a FILE, or - for standard input")
    try:
        values = _command.main(argv, prog_name=PROGRAM, standalone_mode=False)
    except click.ClickException as error:
        raise UsageError(error.format_message()) from error
    # click returns an exit code instead of the options after --help and --version.
    if isinstance(values, int):
        return None
    settings = Settings(**values)
    if settings.resume and settings.output is None:
        raise UsageError("--resume continues a file, so it needs --output")
    if settings.explain and (given := _not_for_explaining(settings)):
        raise UsageError(
            f"--explain prints pages to read and takes no {given}; leave one of them out"
        )
    if settings.model == "":
        raise UsageError("--model has an empty value; name a model folder or leave it out")
    return settings


def _not_for_explaining(settings: Settings) -> str | None:
    """An option that was given and says how summaries are written."""
    given = {
        "--output": settings.output,
        "--format": settings.format,
        "--details": settings.details,
        "--min-confidence": settings.min_confidence is not None,
    }
    return next((name for name, value in given.items() if value), None)


_HELP = """Write a one-line summary of each Chinese document in FILE..., or of standard input (-).

\b
  summarize news.txt
  summarize articles/*.txt --length 20 --format jsonl > summaries.jsonl
  cat news.jsonl | summarize - --field content --on-error skip

A file is read by its suffix: .jsonl .ndjson .csv .tsv .parquet hold one document a row, .json one
a row too, or an array of them, or a single one; .txt is plain text. Anything else, and standard
input, is JSON if it begins so, or else plain text. The encoding (UTF-8, UTF-16, GB18030, Big5) is
found out.

\b
Output (--format):
  text     the summary; for several files "FILE<TAB>summary"
  jsonl    one JSON object a row: the input's fields and the summary
  csv      the input's columns and the summary; tabs between them in a .tsv file
  parquet  likewise, into a file named by --output

Without --format the suffix of --output decides; else a table stays the table it was (parquet
becomes jsonl on standard output), and plain text gives text. Nothing of the input is replaced:
where it has a field "summary", the new one is "summary_summae", unless --column names another.

Exit status: 0 success, 1 unusable input (all of it, with --on-error skip or null) or model, 2 wrong command line, 130 interrupted.
"""


def _length(_context: click.Context, _option: click.Parameter, value: str | None) -> Length | None:
    from summae.text.length import Length

    if value is None:
        return None
    try:
        if value.endswith("%"):
            return Length.ratio(float(value[:-1]) / 100)
        return Length.characters(int(value))
    except ValueError as error:
        raise click.BadParameter(
            f"{value!r} is neither a number of characters, at least 1, such as 20, "
            "nor a share of the document, above 0% and up to 100%, such as 10%"
        ) from error


def encoding_name(
    _context: click.Context, _option: click.Parameter, value: str | None
) -> str | None:
    """Check the value of --encoding.

    Raises:
        click.BadParameter: There is no such text encoding.
    """
    if value is None:
        return None
    try:
        codec = codecs.lookup(value)
    except (LookupError, ValueError) as error:
        raise click.BadParameter(f"there is no {value!r}; try utf-8, gb18030 or big5") from error
    try:
        b"a".decode(value)
    except LookupError as error:  # base64 and the like turn bytes into bytes
        message = f"{value!r} is no text encoding; try utf-8, gb18030 or big5"
        raise click.BadParameter(message) from error
    except ValueError:
        pass  # half a character of UTF-16
    return codec.name


_LARGEST_BATCH = 4096
_MOST_JOBS = 256
_MOST_BEAMS = 64


@click.command(help=_HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option(
    "-l",
    "--length",
    callback=_length,
    metavar="N|N%",
    help="At most N characters, or N% of the document.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write; default standard output.",
)
@click.option(
    "-f",
    "--format",
    type=click.Choice(["text", "jsonl", "csv", "parquet"]),
    help="Output format, see above.",
)
@click.option(
    "--field",
    metavar="NAME",
    help="Field or column of the document; by default document, content, text, body, 正文 or 内容.",
)
@click.option(
    "--column",
    metavar="NAME",
    help="Field or column of the summary; default summary, or summary_summae where the input has"
    " a summary.",
)
@click.option(
    "--per",
    type=click.Choice(["file", "line"]),
    default="file",
    show_default=True,
    help="What a document is in plain text.",
)
@click.option(
    "--from",
    "input_kind",
    type=click.Choice(list(get_args(Kind))),
    help="Read every FILE as this, whatever its suffix.",
)
@click.option(
    "--encoding",
    callback=encoding_name,
    metavar="NAME",
    help="Encoding of the input; default: found out.",
)
@click.option(
    "-r", "--recursive", is_flag=True, help="Read the .txt, .jsonl, .csv, ... files in folders."
)
@click.option(
    "--on-error",
    type=click.Choice(["stop", "skip", "null"]),
    default="stop",
    show_default=True,
    help="At an unusable document: stop, leave it out, or write an empty summary.",
)
@click.option("--resume", is_flag=True, help="Continue the interrupted file named by --output.")
@click.option("--force", is_flag=True, help="Overwrite the file named by --output.")
@click.option(
    "--details",
    is_flag=True,
    help="Tables get two more columns: how likely a reader finds the summary good, and whether it is"
    " generated or extracted.",
)
@click.option(
    "--min-confidence",
    type=click.FloatRange(0, 1),
    metavar="P",
    help="Leave summaries empty that a reader finds good with a probability below P, from 0 to 1.",
)
@click.option(
    "--explain",
    is_flag=True,
    help="Print how each summary comes about: candidates and their terms, and what is read back.",
)
@click.option(
    "-m", "--model", metavar="PATH", help="Model folder; default: the one in this package."
)
@click.option(
    "--beams",
    type=click.IntRange(1, _MOST_BEAMS),
    metavar="N",
    help="Hypotheses kept while searching; 1 is fastest.",
)
@click.option(
    "--batch-size",
    type=click.IntRange(1, _LARGEST_BATCH),
    metavar="N",
    default=32,
    show_default=True,
    help="Documents decoded together.",
)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1, _MOST_JOBS),
    metavar="N",
    help="Batches decoded at the same time; default: as many as there are usable cores.",
)
@click.version_option(__version__, prog_name=PROGRAM, message="%(prog)s %(version)s")
def _command(**values: Any) -> dict[str, Any]:
    return values
