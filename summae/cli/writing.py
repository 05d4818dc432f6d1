"""Records with their summaries to text, JSONL, CSV or parquet: whole rows only, whatever happens."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, Literal, Protocol

from summae.cli.interrupts import interrupts_held
from summae.cli.reading import Record
from summae.cli.sources import Source
from summae.errors import InputError, MissingExtraError

Format = Literal["text", "jsonl", "csv", "parquet"]
Written = tuple[Record, str | None]
"""A record and its summary; None where there is none."""
DETAILS = ("confidence", "source")
"""What a table may tell of a summary, each in a column of its own beside the summary's."""


def detail_columns(column: str) -> tuple[str, ...]:
    """Where the details of the summaries in `column` stand."""
    return tuple(f"{column}_{name}" for name in DETAILS)


def with_details(record: Record, column: str, values: Sequence[Any]) -> Record:
    """The record with the details of its summary, in the order of `DETAILS`."""
    told = dict(zip(detail_columns(column), values, strict=True))
    return replace(record, row={**(record.row or {}), **told})


class Writer(Protocol):
    """Writes rows in order; each call leaves only whole rows behind."""

    def write(self, rows: Sequence[Written]) -> None:
        """Write some rows and hand them to the operating system."""
        ...

    def write_header(self, source: Source | None, columns: Sequence[str]) -> None:
        """Write what a table without rows has: its columns, in the formats that state them.

        Nothing is done where rows were written.

        Args:
            source: The first table of the input, if it has any.
            columns: Its columns.
        """
        ...

    def close(self) -> None:
        """Finish the output."""
        ...


class TextWriter:
    """One summary a line, after the file's name and a tab where there are several files."""

    def __init__(self, stream: BinaryIO, *, with_names: bool, leaves_empty: bool = False) -> None:
        self.leaves_empty = leaves_empty
        self._stream = stream
        self._with_names = with_names

    def write(self, rows: Sequence[Written]) -> None:
        """See `Writer`."""
        _write_whole(self._stream, b"".join(map(self.line, rows)))

    def write_header(self, source: Source | None, columns: Sequence[str]) -> None:
        """See `Writer`; the rows say all."""

    def close(self) -> None:
        """See `Writer`."""
        self._stream.flush()

    def line(self, written: Written) -> bytes:
        """The row as it is written."""
        record, summary = written
        name = f"{record.source.name}\t" if self._with_names else ""
        return _encoded(f"{name}{summary or ''}\n")


class JsonlWriter:
    """Each row as a JSON object with the summary added."""

    def __init__(self, stream: BinaryIO, *, column: str, has_details: bool = False) -> None:
        self.column = column
        self.has_details = has_details
        self._stream = stream

    def write(self, rows: Sequence[Written]) -> None:
        """See `Writer`."""
        _write_whole(self._stream, b"".join(map(self.line, rows)))

    def write_header(self, source: Source | None, columns: Sequence[str]) -> None:
        """See `Writer`; the rows say all."""

    def close(self) -> None:
        """See `Writer`."""
        self._stream.flush()

    def line(self, written: Written) -> bytes:
        """The row as it is written."""
        row: Any = _row(written, self.column)
        try:
            line = json.dumps(row, ensure_ascii=False, allow_nan=False, default=str)
        except ValueError:
            row = _without_nan(row)
            line = json.dumps(row, ensure_ascii=False, default=str)
        try:
            return line.encode() + b"\n"
        except UnicodeEncodeError:
            # A lone surrogate came in as an escape and can only go out as one.
            return json.dumps(row, default=str).encode() + b"\n"


class CsvWriter:
    """Rows under a header that the first of them decides."""

    def __init__(
        self,
        stream: BinaryIO,
        *,
        column: str,
        header: Sequence[str] | None = None,
        delimiter: str = ",",
        has_details: bool = False,
    ) -> None:
        self.column = column
        self.has_details = has_details
        self.header = header
        self.delimiter = delimiter
        self._stream = stream

    def write(self, rows: Sequence[Written]) -> None:
        """See `Writer`.

        Raises:
            InputError: A row has a column that the header lacks.
        """
        lines: list[bytes] = []
        try:
            for written in rows:
                if self.header is None:
                    self.header = list(_row(written, self.column))
                    lines.append(self._values(self.header))
                lines.append(self.line(written))
        finally:
            _write_whole(self._stream, b"".join(lines))

    def write_header(self, source: Source | None, columns: Sequence[str]) -> None:
        """See `Writer`; a table without columns gets none."""
        if self.header is None and source is not None:
            details = detail_columns(self.column) if self.has_details else ()
            self.header = [*columns, *details, self.column]
            _write_whole(self._stream, self._values(self.header))

    def close(self) -> None:
        """See `Writer`."""
        self._stream.flush()

    def line(self, written: Written) -> bytes:
        """The row as it is written.

        Raises:
            InputError: It has a column that the header lacks.
        """
        row = _row(written, self.column)
        header = list(row) if self.header is None else self.header
        unknown = [name for name in row if name not in header]
        if unknown:
            raise InputError(
                f"{written[0].source.name}: a row has the columns {', '.join(map(repr, unknown))}, "
                "which the header of the CSV output lacks; write --format jsonl"
            )
        return self._values([row.get(name) for name in header])

    def _values(self, values: Sequence[Any]) -> bytes:
        line = io.StringIO(newline="")
        csv.writer(line, lineterminator="\n", delimiter=self.delimiter).writerow(values)
        return _encoded(line.getvalue())


LineWriter = TextWriter | JsonlWriter | CsvWriter
"""Writers whose output grows line by line, so that a run can be taken up again."""


class ParquetWriter:
    """Rows under the schema of the input file, or of the first rows where it is no parquet file."""

    def __init__(self, path: Path, *, column: str, has_details: bool = False) -> None:
        self._path = path
        self._column = column
        self._has_details = has_details
        self._file: Any = None

    def write(self, rows: Sequence[Written]) -> None:
        """See `Writer`.

        Raises:
            InputError: A row does not fit the schema.
            MissingExtraError: pyarrow is not installed.
        """
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError as error:
            raise MissingExtraError("writing parquet", "data") from error
        values = [_row(written, self._column) for written in rows]
        try:
            if self._file is None:
                self._open(self._schema(rows[0][0].source, values))
            table = pyarrow.Table.from_pylist(values, schema=self._file.schema)
        except pyarrow.ArrowException as error:
            raise InputError(f"a row does not fit the columns of {self._path}: {error}") from error
        with interrupts_held():
            self._file.write_table(table)

    def write_header(self, source: Source | None, columns: Sequence[str]) -> None:
        """See `Writer`; columns of a CSV file hold texts."""
        if self._file is None:
            self._open(self._schema(source, [], columns))

    def close(self) -> None:
        """Write the footer, without which no row can be read."""
        if self._file is not None:
            with interrupts_held():
                self._file.close()

    def _open(self, schema: Any) -> None:
        import pyarrow.parquet

        self._file = pyarrow.parquet.ParquetWriter(self._path, schema)

    def _schema(
        self, source: Source | None, values: list[dict[str, Any]], columns: Sequence[str] = ()
    ) -> Any:
        import pyarrow
        import pyarrow.parquet

        ours = {name: pyarrow.string() for name in (self._column,)}
        if self._has_details:
            confidence, who = detail_columns(self._column)
            ours = {confidence: pyarrow.float64(), who: pyarrow.string(), **ours}
        if source is not None and source.kind == "parquet" and source.path is not None:
            schema = pyarrow.parquet.read_schema(source.path)
        elif values:
            schema = pyarrow.Table.from_pylist(values).schema
        else:
            schema = pyarrow.schema([(name, pyarrow.string()) for name in columns])
        # The first rows may all be empty, which tells nothing of a column's type.
        others = [field for field in schema if field.name not in ours]
        return pyarrow.schema([*others, *ours.items()], metadata=schema.metadata)


def _row(written: Written, column: str) -> dict[str, Any]:
    record, summary = written
    return {**(record.row or {}), column: summary}


def _without_nan(value: Any) -> Any:
    """The value with null for the numbers that JSON has no notation for."""
    if isinstance(value, Mapping):
        return {name: _without_nan(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_without_nan(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _encoded(text: str) -> bytes:
    # File names that are no UTF-8 keep their bytes; other lone surrogates become escapes.
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace")


def _write_whole(stream: BinaryIO, data: bytes) -> None:
    with interrupts_held():
        stream.write(data)
        stream.flush()
