"""`summae embed FILE... --output vectors.npy`: texts in, vectors out, row by row."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from importlib.util import find_spec
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from summae.cli.console import OK, UsageError, run_command
from summae.cli.settings import HELP, parse
from summae.cli.texts import (
    Tally,
    TextSettings,
    one_each,
    read_texts,
    sources_of,
    standard_input,
    text_options,
)
from summae.errors import MissingExtraError

if TYPE_CHECKING:
    from summae.cli.vectors import VectorWriter

PROGRAM = "summae embed"

_DESCRIPTION = """Write a vector for each Chinese text in FILE..., or of standard input (-).

\b
  summae embed news.jsonl --output vectors.npy
  summae embed articles/*.txt --per sentence --output sentences.parquet

A .npy file holds the vectors alone, float32, one row a text in the order of the input; a .parquet
file holds the input's columns, too, and the vectors in a column "embedding". Files are read as
`summarize` reads them: .jsonl .ndjson .csv .tsv .parquet hold one text a row, .txt is plain text.

Exit status: 0 success, 1 unusable input or encoder, 2 wrong command line, 130 interrupted.
"""


def main(argv: list[str] | None = None) -> int:
    """Run the command; `argv` without the program's name. Returns the exit code."""
    return run_command(PROGRAM, lambda: _main(sys.argv[1:] if argv is None else argv))


@click.command(help=_DESCRIPTION, context_settings=HELP)
@text_options
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write: .npy or .parquet.",
)
@click.option(
    "--column",
    metavar="NAME",
    default="embedding",
    show_default=True,
    help="Column of the vectors in a parquet file.",
)
@click.option(
    "--on-error",
    type=click.Choice(["stop", "skip", "null"]),
    default="stop",
    show_default=True,
    help="At an unusable text: stop, leave it out, or write an empty vector (NaN in .npy).",
)
@click.option("--force", is_flag=True, help="Overwrite the file named by --output.")
def _command(**values: object) -> dict[str, object]:
    return values


def _main(argv: list[str]) -> int:
    options = parse(_command, PROGRAM, argv)
    if options is None:
        return OK
    settings = TextSettings.of(options)
    output = _checked_output(options["output"])
    import numpy as np

    from summae.cli.output import check_output_file
    from summae.cli.progress import progress_bar
    from summae.cli.vectors import encoded
    from summae.inference.sentence_encoder import SentenceEncoder

    stdin = standard_input()
    sources = sources_of(settings, stdin)
    ways = "overwrite it with --force"
    check_output_file(output, sources, may_exist=options["force"], ways=ways)
    encoder = SentenceEncoder.from_pretrained(
        settings.model,
        batch_size=settings.batch_size,
        per="document" if settings.per == "document" else "sentence",
    )
    tally = Tally(PROGRAM, settings.on_error)
    # The first text is read before an old output is given up.
    records = tally.usable(read_texts(settings, sources, stdin))
    records = chain(list(islice(records, 1)), records)
    with ExitStack() as stack:
        writer = _open_writer(output, options["column"], encoder.dimensions, stack)
        bar = stack.enter_context(progress_bar(one_each(settings, sources), "embed"))
        for window, vectors in encoded(records, encoder):
            writer.write(window, vectors)
            bar.advance(len(window))
        # Where there was nothing to read, a file says so, too.
        writer.write([], np.zeros((0, encoder.dimensions), np.float32))
    return tally.report()


def _checked_output(output: Path | None) -> Path:
    if output is None:
        raise UsageError("name the file to write with --output, ending in .npy or .parquet")
    if output.suffix.lower() not in (".npy", ".parquet"):
        raise UsageError(f"--output ends in .npy or .parquet, got {output}")
    if output.suffix.lower() == ".parquet" and find_spec("pyarrow") is None:
        raise MissingExtraError("writing parquet", "data")
    return output


def _open_writer(output: Path, column: str, dimensions: int, stack: ExitStack) -> VectorWriter:
    from summae.cli.vectors import NpyWriter, ParquetWriter

    writer: Any
    if output.suffix.lower() == ".parquet":
        writer = ParquetWriter(output, column, dimensions)
    else:
        writer = NpyWriter(stack.enter_context(output.open("w+b")), dimensions)
    stack.callback(writer.close)
    opened: VectorWriter = writer
    return opened
