"""Sources to records, lazily: one document each, with the columns that stood beside it."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal

from summae.cli.encoding import lines, text_pieces
from summae.cli.sources import Source
from summae.errors import InputError, MissingExtraError
from summae.inference.long_documents import is_blank
from summae.inference.options import DOCUMENT_FIELDS

_LARGEST_CSV_FIELD = 1 << 30
_PARQUET_ROWS = 256


@dataclass(frozen=True)
class Record:
    """A document to summarise, or the reason why there is none in its place."""

    source: Source
    row: Mapping[str, Any] | None
    """Columns of the output row; None if the problem concerns a whole table."""
    text: str = ""
    problem: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReadingOptions:
    """How files are cut into documents."""

    field: str | None = None
    """Field or column of the document; None takes `document`, `content` or `text`."""
    per: Literal["file", "line"] = "file"
    """What a document is in plain text."""
    encoding: str | None = None
    """None to find out."""
    new_column: str | None = None
    """Column that the output adds; a row that has it already is a problem."""


def read_records(
    sources: Sequence[Source | InputError], stdin: BinaryIO | None, options: ReadingOptions
) -> Iterator[Record]:
    """Read every source; what cannot be read becomes a record that says so.

    Raises:
        MissingExtraError: A parquet file needs pyarrow, which is not installed.
    """
    for source in sources:
        if isinstance(source, InputError):
            yield Record(Source(None, "text"), None, problem=str(source))
            continue
        try:
            yield from _read(source, stdin, options)
        except InputError as error:
            is_document = source.kind == "text" and options.per == "file"
            row = {"file": source.name} if is_document else None
            yield Record(source, row, problem=str(error))


def _read(source: Source, stdin: BinaryIO | None, options: ReadingOptions) -> Iterator[Record]:
    if source.kind == "parquet":
        yield from _read_parquet(source, options)
        return
    with _opened(source, stdin) as stream:
        pieces = text_pieces(stream, source.name, options.encoding)
        if source.kind == "jsonl":
            yield from _read_jsonl(source, lines(pieces), options)
        elif source.kind == "csv":
            yield from _read_csv(source, lines(pieces), options)
        elif options.per == "line":
            for number, line in enumerate(lines(pieces), start=1):
                row = {"file": source.name, "line": number}
                yield _record(source, row, line, f"{source.name}, line {number}")
        else:
            yield _record(source, {"file": source.name}, "".join(pieces), source.name)


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


def _read_jsonl(
    source: Source, all_lines: Iterator[str], options: ReadingOptions
) -> Iterator[Record]:
    for number, line in enumerate(all_lines, start=1):
        if not line.strip():
            continue
        where = f"{source.name}, line {number}"
        row = _parse(line)
        if isinstance(row, dict):
            yield _record_of_row(source, row, where, options)
        elif isinstance(row, ValueError):
            yield Record(source, {}, problem=f"{where}: not JSON: {row}")
        else:
            problem = f"{where}: expected a JSON object with a document, got {_kind_of(row)}"
            yield Record(source, {}, problem=problem)


def _read_csv(
    source: Source, all_lines: Iterator[str], options: ReadingOptions
) -> Iterator[Record]:
    csv.field_size_limit(_LARGEST_CSV_FIELD)
    delimiter = "\t" if source.path and source.path.suffix.lower() == ".tsv" else ","
    # Quoted fields may span lines, so the line ends are put back.
    reader = csv.reader((line + "\n" for line in all_lines), delimiter=delimiter, strict=True)
    try:
        header = next(reader, None)
        if header is None:
            raise InputError(f"{source.name}: empty; expected a header line and rows")
        if len(set(header)) < len(header):
            raise InputError(f"{source.name}: two columns of the header have the same name")
        _document_field(header, source.name, options.field)
        for values in reader:
            if not values:
                continue
            where = f"{source.name}, line {reader.line_num}"
            row = dict(zip(header, values, strict=False))
            if len(values) == len(header):
                yield _record_of_row(source, row, where, options)
            else:
                problem = f"{where}: {len(values)} values, but the header names {len(header)}"
                yield Record(source, row, problem=problem)
    except csv.Error as error:
        raise InputError(f"{source.name}, line {reader.line_num}: not CSV: {error}") from error


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
            _document_field(file.schema_arrow.names, source.name, options.field)
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
    if options.new_column in row:
        problem = (
            f"{where}: has a column {options.new_column!r} already; name another with --column"
        )
        return Record(source, row, problem=problem)
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
    return Record(source, row, text)


def _document_field(fields: Sequence[str], where: str, wanted: str | None) -> str:
    candidates = DOCUMENT_FIELDS if wanted is None else (wanted,)
    for field in candidates:
        if field in fields:
            return field
    raise InputError(
        f"{where}: no field {' or '.join(map(repr, candidates))}; "
        f"it has {', '.join(map(repr, fields)) or 'none'}; name the document's with --field"
    )


def _parse(line: str) -> object:
    """The JSON value of a line, or the error as a value."""
    try:
        return json.loads(line)
    except ValueError as error:
        return error
    except RecursionError:
        return ValueError("nested too deeply")


def _kind_of(value: object) -> str:
    names = {dict: "an object", list: "a list", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a text" if isinstance(value, str) else "a number")
