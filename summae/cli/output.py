"""Where the summaries go: format, column and file, with what is wrong found before any work."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from importlib.util import find_spec
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from summae.cli.arguments import PROGRAM, Settings
from summae.cli.console import UsageError, say
from summae.cli.reading import Record
from summae.cli.resuming import Summarize, take_up
from summae.cli.sources import Source, is_tsv, kind_of
from summae.cli.writing import (
    CsvWriter,
    Format,
    JsonlWriter,
    LineWriter,
    ParquetWriter,
    TextWriter,
    Writer,
    detail_columns,
)
from summae.errors import InputError, MissingExtraError
from summae.inference.options import OUR_SUMMARY_FIELD, SUMMARY_FIELD

Header = tuple[Source, list[str]]
"""A table and its columns."""

_LOOKED_AT = 100
"""Unusable records that are passed over to find the columns of the input."""


def output_format(settings: Settings, sources: Sequence[Source]) -> Format:
    """The format that was asked for, or that fits the output file, or that of the input."""
    if settings.format is not None:
        return settings.format
    if settings.output is not None and (kind := kind_of(settings.output)) is not None:
        return kind
    kinds = _kinds(sources)
    if kinds == {"csv"} or kinds == {"jsonl"}:
        return kinds.pop()
    if kinds == {"parquet"}:
        return "jsonl"
    return "text"


def check_output(settings: Settings, form: Format, sources: Sequence[Source]) -> None:
    """Refuse what cannot be written.

    Raises:
        UsageError: The options do not fit each other.
        InputError: The output file cannot be made, or holds something that would be lost.
        MissingExtraError: Parquet is wanted without pyarrow.
    """
    output = settings.output
    if form == "parquet" and output is None:
        raise UsageError("parquet is written to a file; name it with --output")
    if form == "text" and settings.details:
        raise UsageError("--details are columns of a table; add --format jsonl or --format csv")
    if form == "parquet" and settings.resume:
        raise InputError("--resume continues text, jsonl and csv; a parquet file cannot grow")
    if form == "parquet" and find_spec("pyarrow") is None:
        raise MissingExtraError("writing parquet", "data")
    kinds = _kinds(sources)
    if form in ("csv", "parquet") and len(kinds) > 1:
        raise InputError(
            f"{form} has the same columns in every row, but the input is "
            f"{' and '.join(sorted(kinds))}; write --format jsonl"
        )
    if output is not None:
        ways = "continue it with --resume or overwrite it with --force"
        check_output_file(output, sources, may_exist=settings.resume or settings.force, ways=ways)


def check_output_file(
    output: Path, sources: Sequence[Source], *, may_exist: bool, ways: str
) -> None:
    """Refuse a file that cannot be made or that holds something that would be lost.

    Args:
        output: The file to write.
        sources: The input, which must not be overwritten.
        may_exist: It was asked for although it may exist.
        ways: What to do if it does, for the message.

    Raises:
        InputError: There is no folder for it, it is an input file, or it exists.
    """
    if not output.parent.is_dir():
        raise InputError(f"{output}: there is no folder {output.parent}")
    if not output.exists():
        return
    for source in sources:
        if source.problem is None and source.path and source.path.samefile(output):
            raise InputError(f"{output} is an input file too; write to another file")
    is_empty = output.is_file() and output.stat().st_size == 0
    is_device = not output.is_file()
    if not (may_exist or is_empty or is_device):
        raise InputError(f"{output} exists; {ways}")


def with_new_column(
    records: Iterator[Record],
    wanted: str | None,
    headers: Sequence[Header] = (),
    *,
    with_details: bool = False,
) -> tuple[Iterator[Record], str]:
    """Find a column that the input does not have, so that none of it is replaced.

    Args:
        records: Those of the whole input; they are read up to the first usable one.
        wanted: The column that was named; None takes `summary`, or `summary_summae` and so on
            where that row has it already.
        headers: Filled while records are read; it has the columns of a table without rows.
        with_details: The columns of details must be new, too.

    Returns:
        The records, of which those that have the column even so are a problem; and the column.
    """
    seen: list[Record] = []
    for record in islice(records, _LOOKED_AT):
        seen.append(record)
        if record.problem is None:
            break
    table: tuple[Source, Collection[str]] | None = headers[0] if headers else None
    if seen:
        table = seen[-1].source, seen[-1].row or {}
    column = wanted or (SUMMARY_FIELD if table is None else _free_column(*table))
    added = (column, *detail_columns(column)) if with_details else (column,)
    return (_checked(record, added) for record in chain(seen, records)), column


def open_writer(
    settings: Settings,
    form: Format,
    column: str,
    sources: Sequence[Source],
    records: Iterator[Record],
    summarize: Summarize,
    stack: ExitStack,
) -> tuple[Writer, int]:
    """The writer, and how many rows its file holds already; their records are passed over.

    Raises:
        InputError: With --resume, the file does not belong to these records.
    """
    output = settings.output
    writer: LineWriter
    if form == "parquet" and output is not None:
        parquet = ParquetWriter(output, column=column, has_details=settings.details)
        stack.callback(parquet.close)
        return parquet, 0
    stream: BinaryIO = sys.stdout.buffer
    if output is not None:
        stream = stack.enter_context(output.open("ab" if settings.resume else "wb"))
    if form == "jsonl":
        writer = JsonlWriter(stream, column=column, has_details=settings.details)
    elif form == "csv":
        writer = CsvWriter(
            stream,
            column=column,
            delimiter=_delimiter(settings, sources),
            has_details=settings.details,
        )
    else:
        writer = TextWriter(
            stream,
            with_names=len(sources) > 1,
            leaves_empty=settings.min_confidence is not None,
        )
    stack.callback(writer.close)
    if settings.resume and output is not None:
        return writer, take_up(output, writer, records, summarize)
    return writer, 0


def _kinds(sources: Sequence[Source]) -> set[Format]:
    readable: set[Format] = {source.kind for source in sources if source.problem is None}
    return readable or {source.kind for source in sources}


def _free_column(source: Source, columns: Collection[str]) -> str:
    if SUMMARY_FIELD not in columns:
        return SUMMARY_FIELD
    column, number = OUR_SUMMARY_FIELD, 1
    while column in columns:
        number += 1
        column = f"{OUR_SUMMARY_FIELD}_{number}"
    say(
        PROGRAM,
        f"{source.name} has a column {SUMMARY_FIELD!r} already; the summaries go to "
        f"{column!r} (name another with --column)",
    )
    return column


def _checked(record: Record, added: Sequence[str]) -> Record:
    column = next((name for name in added if name in (record.row or {})), None)
    if record.problem is not None or column is None:
        return record
    return replace(
        record,
        problem=f"{record.place}: has a column {column!r} already; name another with --column",
    )


def _delimiter(settings: Settings, sources: Sequence[Source]) -> str:
    """A tab if the output is .tsv, or is on standard output what every input is."""
    if settings.output is not None and kind_of(settings.output) is not None:
        return "\t" if is_tsv(settings.output) else ","
    is_taken_over = settings.format is None and all(is_tsv(source.path) for source in sources)
    return "\t" if is_taken_over else ","
