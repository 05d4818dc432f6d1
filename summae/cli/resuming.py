"""An interrupted output file is taken up only if its rows are those that this run would write."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from summae.cli.reading import Record
from summae.cli.writing import (
    CsvWriter,
    JsonlWriter,
    LineWriter,
    TextWriter,
    detail_columns,
    with_details,
)
from summae.errors import InputError

Summarize = Callable[[Sequence[str]], list[str]]
"""Texts to their summaries, as this run would write them."""

_WRITTEN_AGAIN = 8
"""Summaries that are made again, to see whether the file's length and model were those of this run."""


def take_up(path: Path, writer: LineWriter, records: Iterator[Record], summarize: Summarize) -> int:
    """Pass over the records that an output file holds already, and cut off its torn last row.

    Args:
        path: The output file; one that is not there yet has no rows.
        writer: Writes the rest; a CSV writer is given the header.
        records: Those of the whole input; as many are taken as the file has rows.
        summarize: Writes the first few once more: if most read otherwise, the file has been written
            with another length or by another model. A search with more beams or fewer is not told.

    Returns:
        Number of rows in the file.

    Raises:
        InputError: A row, or most of the first summaries, is not what this run would have written in
            its place. The file is left as it was.
    """
    if not path.is_file():
        return 0
    number = end = 0
    first: list[tuple[str, str]] = []
    with path.open("r+b") as file:
        for row in _whole_rows(file, writer):
            end += len(row)
            if isinstance(writer, CsvWriter) and writer.header is None:
                writer.header = _values(row, writer)
                continue
            number += 1
            record = next(records, None)
            if record is None:
                raise _foreign(path, f"row {number} is one more than the input has")
            summary = _compare(row, record, writer, path, number)
            # A short document is its own summary whatever the options.
            is_copy = summary == record.text.strip()
            if summary and not is_copy and len(first) < _WRITTEN_AGAIN:
                first.append((record.text, summary))
        _compare_summaries(first, summarize, path)
        file.truncate(end)
    return number


def _whole_rows(file: BinaryIO, writer: LineWriter) -> Iterator[bytes]:
    """The rows of a file with their line ends, without a torn one at its end."""
    row = b""
    quotes = 0
    for line in file:
        row += line
        quotes += line.count(b'"') if isinstance(writer, CsvWriter) else 0
        # A line feed within quotes is part of a CSV value.
        if line.endswith(b"\n") and quotes % 2 == 0:
            yield row
            row = b""


def _compare(row: bytes, record: Record, writer: LineWriter, path: Path, number: int) -> str | None:
    # What is not known yet is the summary; so it is taken from the row, and the rest must agree.
    try:
        if not isinstance(writer, TextWriter) and writer.has_details:
            record = with_details(record, writer.column, _details_in(row, writer))
        summary = _summary_in(row, record, writer)
        expected = writer.line((record, summary))
    except (ValueError, KeyError, csv.Error) as error:
        raise _foreign(path, f"row {number} is not in the format of this run") from error
    except InputError as error:
        raise _foreign(path, f"row {number}: {error}") from error
    if expected != row:
        raise _foreign(path, f"row {number} is not that of {_described(record)}")
    if summary and record.problem is not None:
        raise _foreign(path, f"row {number} has a summary, unlike {_described(record)}")
    # Lines of text show nothing else of their documents.
    is_text = isinstance(writer, TextWriter) and not writer.leaves_empty
    if not summary and record.problem is None and is_text:
        raise _foreign(path, f"row {number} has no summary, unlike {_described(record)}")
    return summary


def _compare_summaries(first: Sequence[tuple[str, str]], summarize: Summarize, path: Path) -> None:
    # One may differ where two lines are as good but for the last bits of a number.
    again = summarize([text for text, _ in first]) if first else []
    others = [(old, new) for (_, old), new in zip(first, again, strict=True) if old != new]
    if 2 * len(others) > len(first):
        old, new = others[0]
        raise _foreign(
            path,
            f"of its first {len(first)} summaries {len(others)} read otherwise with these options "
            f"({old!r} there, {new!r} now)",
        )


def _details_in(row: bytes, writer: JsonlWriter | CsvWriter) -> list[Any]:
    names = detail_columns(writer.column)
    if isinstance(writer, JsonlWriter):
        value = json.loads(row)
        return [value[name] for name in names]
    header = list(writer.header or ())
    values = _values(row, writer)
    return [values[header.index(name)] for name in names]


def _summary_in(row: bytes, record: Record, writer: LineWriter) -> str | None:
    if isinstance(writer, JsonlWriter):
        value = json.loads(row)
        if not isinstance(value, dict):
            raise ValueError("not an object")
        summary: str | None = value[writer.column]
        return summary
    if isinstance(writer, CsvWriter):
        header = list(writer.header or ())
        # Without the column there is no place for a summary, which is then another table.
        return _values(row, writer)[header.index(writer.column)]
    return _summary_in_text(row, record, writer)


def _summary_in_text(row: bytes, record: Record, writer: TextWriter) -> str:
    prefix = writer.line((record, None)).removesuffix(b"\n")
    if not row.startswith(prefix) or _is_object(row):
        raise ValueError("another file's line, or no text")
    return row[len(prefix) :].removesuffix(b"\n").decode()


def _is_object(row: bytes) -> bool:
    try:
        return isinstance(json.loads(row), dict)
    except ValueError:
        return False


def _values(row: bytes, writer: CsvWriter) -> list[str]:
    lines = io.StringIO(row.decode("utf-8", "surrogateescape"), newline="\n")
    return next(csv.reader(lines, delimiter=writer.delimiter))


def _described(record: Record) -> str:
    if record.problem is not None:
        return f"the unusable document ({record.problem})"
    return f"the document in its place in {record.source.name}"


def _foreign(path: Path, reason: str) -> InputError:
    return InputError(
        f"{path} does not belong to this input and these options: {reason}; "
        "name another --output, or write anew with --force"
    )
