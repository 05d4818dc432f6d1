"""Sources to records, lazily: one document each, with the columns that stood beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal

from summae.cli.csv_rows import csv_rows
from summae.cli.json_rows import json_rows
from summae.cli.lines import Line, read_lines
from summae.cli.sources import Source, is_tsv
from summae.errors import InputError, MissingExtraError
from summae.inference.long_documents import is_blank
from summae.inference.options import DOCUMENT_FIELDS
from summae.text.encoding import text_pieces

_PARQUET_ROWS = 256


@dataclass(frozen=True)
class Record:
    """A document to summarise, or the reason why there is none in its place."""

    source: Source
    row: Mapping[str, Any] | None
    """Columns of the output row; None if the problem concerns a whole table."""
    text: str = ""
    problem: str | None = None
    place: str = ""
    """File and line, for messages."""


@dataclass(frozen=True, kw_only=True)
class ReadingOptions:
    """How files are cut into documents."""

    field: str | None = None
    """Field or column of the document; None takes `document`, `content` or `text`."""
    per: Literal["file", "line"] = "file"
    """What a document is in plain text."""
    encoding: str | None = None
    """None to find out."""
    on_header: Callable[[Source, list[str]], None] | None = None
    """Called with the columns of each CSV or parquet file, which may be all that it has."""


def read_records(
    sources: Sequence[Source], stdin: BinaryIO | None, options: ReadingOptions
) -> Iterator[Record]:
    """Read every source; what cannot be read becomes a record that says so.

    Raises:
        MissingExtraError: A parquet file needs pyarrow, which is not installed.
    """
    for source in sources:
        try:
            yield from _read(source, stdin, options)
        except InputError as error:
            is_document = source.kind == "text" and options.per == "file"
            row = {"file": source.name} if is_document else None
            yield Record(source, row, problem=str(error))


def _read(source: Source, stdin: BinaryIO | None, options: ReadingOptions) -> Iterator[Record]:
    if source.problem is not None:
        raise InputError(source.problem)
    if source.kind == "parquet":
        yield from _read_parquet(source, options)
        return
    with _opened(source, stdin) as stream:
        if source.kind == "text" and options.per == "file":
            text = "".join(text_pieces(stream, source.name, options.encoding))
            yield _record(source, {"file": source.name}, text, source.name)
            return
        all_lines = read_lines(stream, source.name, options.encoding)
        if source.kind == "jsonl":
            yield from _read_json(source, all_lines, options)
        elif source.kind == "csv":
            yield from _read_csv(source, all_lines, options)
        else:
            yield from _read_text_lines(source, all_lines)


@contextmanager
def _opened(source: Source, stdin: BinaryIO | None) -> Iterator[BinaryIO]:
    if source.path is None:
        if stdin is None:
            raise InputError("standard input is closed")
        yield stdin
        return
    try:
        with source.path.open("rb") as stream:
            yield stream
    except OSError as error:
        raise InputError(f"{source.name}: {error.strerror}") from error


def _read_text_lines(source: Source, all_lines: Iterator[Line]) -> Iterator[Record]:
    for line in all_lines:
        row = {"file": source.name, "line": line.number}
        if line.problem is not None or not is_blank(line.text):
            yield Record(source, row, line.text, line.problem, f"{source.name}, line {line.number}")


def _read_json(
    source: Source, all_lines: Iterator[Line], options: ReadingOptions
) -> Iterator[Record]:
    for row in json_rows(all_lines, source.name):
        if row.problem is not None:
            yield Record(source, {}, problem=row.problem)
        elif isinstance(row.value, dict):
            yield _record_of_row(source, row.value, row.where, options)
        else:
            problem = (
                f"{row.where}: expected a JSON object with a document, got {_kind_of(row.value)}"
            )
            yield Record(source, {}, problem=problem)


def _read_csv(
    source: Source, all_lines: Iterator[Line], options: ReadingOptions
) -> Iterator[Record]:
    rows = csv_rows(all_lines, source.name, "\t" if is_tsv(source.path) else None)
    first = next(rows, None)
    if first is None:
        return  # no bytes or empty lines only: a table without columns and rows
    if first.problem is not None:
        raise InputError(first.problem)
    header = first.values
    if len(set(header)) < len(header):
        raise InputError(f"{source.name}: two columns of the header have the same name")
    _document_field(header, source.name, options.field)
    if options.on_header is not None:
        options.on_header(source, header)
    for values in rows:
        # A row that is cut short has all columns even so.
        row = {**dict.fromkeys(header), **dict(zip(header, values.values, strict=False))}
        where = f"{source.name}, line {values.line}"
        if values.problem is not None:
            yield Record(source, row, problem=values.problem)
        elif len(values.values) == len(header):
            yield _record_of_row(source, row, where, options)
        else:
            problem = f"{where}: {len(values.values)} values, but the header names {len(header)}"
            yield Record(source, row, problem=problem)


def _read_parquet(source: Source, options: ReadingOptions) -> Iterator[Record]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtraError("reading parquet", "data") from error
    if source.path is None:
        raise InputError("parquet cannot be read from standard input; name the file")
    try:
        with pyarrow.parquet.ParquetFile(source.path) as file:
            columns = file.schema_arrow.names
            _document_field(columns, source.name, options.field)
            if options.on_header is not None:
                options.on_header(source, columns)
            number = 0
            for batch in file.iter_batches(batch_size=_PARQUET_ROWS):
                for row in batch.to_pylist():
                    number += 1
                    yield _record_of_row(source, row, f"{source.name}, row {number}", options)
    except (OSError, pyarrow.ArrowException) as error:
        raise InputError(f"{source.name}: not a whole parquet file: {error}") from error


def _record_of_row(
    source: Source, row: dict[str, Any], where: str, options: ReadingOptions
) -> Record:
    try:
        field = _document_field(list(row), where, options.field)
    except InputError as error:
        return Record(source, row, problem=str(error))
    text = row[field]
    if not isinstance(text, str):
        problem = f"{where}: {field!r} holds {_kind_of(text)}, expected a text"
        return Record(source, row, problem=problem)
    return _record(source, row, text, where)


def _record(source: Source, row: dict[str, Any], text: str, where: str) -> Record:
    if is_blank(text):
        return Record(source, row, problem=f"{where}: the document is empty")
    return Record(source, row, text, place=where)


def _document_field(fields: Sequence[str], where: str, wanted: str | None) -> str:
    candidates = DOCUMENT_FIELDS if wanted is None else (wanted,)
    for field in candidates:
        if field in fields:
            return field
    raise InputError(
        f"{where}: no field {' or '.join(map(repr, candidates))}; "
        f"it has {', '.join(map(repr, fields)) or 'none'}; name the document's with --field"
    )


def _kind_of(value: object) -> str:
    names = {dict: "an object", list: "a list", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a text" if isinstance(value, str) else "a number")
