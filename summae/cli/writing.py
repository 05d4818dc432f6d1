"""Records with their summaries to text, JSONL, CSV or parquet: whole rows only, whatever happens."""

from __future__ import annotations

import csv
import io
import json
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal, Protocol

from summae.cli.reading import Record
from summae.errors import InputError, MissingExtraError

Format = Literal["text", "jsonl", "csv", "parquet"]
Written = tuple[Record, str | None]
"""A record and its summary; None where there is none."""


class Writer(Protocol):
    """Writes rows in order; each call leaves only whole rows behind."""

    def write(self, rows: Sequence[Written]) -> None:
        """Write some rows and hand them to the operating system."""
        ...

    def close(self) -> None:
        """Finish the output."""
        ...


class TextWriter:
    """One summary a line, after the file's name and a tab where there are several files."""

    def __init__(self, stream: BinaryIO, *, with_names: bool) -> None:
        self._stream = stream
        self._with_names = with_names

    def write(self, rows: Sequence[Written]) -> None:
        """See `Writer`."""
        _write_whole(self._stream, "".join(map(self._line, rows)))

    def close(self) -> None:
        """See `Writer`."""
        self._stream.flush()

    def _line(self, written: Written) -> str:
        record, summary = written
        name = f"{record.source.name}\t" if self._with_names else ""
        return f"{name}{summary or ''}\n"


class JsonlWriter:
    """Each row as a JSON object with the summary added."""

    def __init__(self, stream: BinaryIO, *, column: str) -> None:
        self._stream = stream
        self._column = column

    def write(self, rows: Sequence[Written]) -> None:
        """See `Writer`."""
        _write_whole(self._stream, "".join(map(self._line, rows)))

    def close(self) -> None:
        """See `Writer`."""
        self._stream.flush()

    def _line(self, written: Written) -> str:
        row = _row(written, self._column)
        line = json.dumps(row, ensure_ascii=False, default=str)
        try:
            line.encode()
        except UnicodeEncodeError:
            # A lone surrogate came in as an escape and can only go out as one.
            line = json.dumps(row, default=str)
        return line + "\n"


class CsvWriter:
    """Rows under a header that the first of them decides."""

    def __init__(
        self, stream: BinaryIO, *, column: str, header: Sequence[str] | None = None
    ) -> None:
        self._stream = stream
        self._column = column
        self._header = header

    def write(self, rows: Sequence[Written]) -> None:
        """See `Writer`.

        Raises:
            InputError: A row has a column that the header lacks.
        """
        lines = io.StringIO(newline="")
        writer = csv.writer(lines, lineterminator="\n")
        try:
            for written in rows:
                row = _row(written, self._column)
                if self._header is None:
                    self._header = list(row)
                    writer.writerow(self._header)
                self._check(row, written[0])
                writer.writerow([row.get(name) for name in self._header])
        finally:
            _write_whole(self._stream, lines.getvalue())

    def close(self) -> None:
        """See `Writer`."""
        self._stream.flush()

    def _check(self, row: Mapping[str, Any], record: Record) -> None:
        unknown = [name for name in row if name not in (self._header or ())]
        if unknown:
            raise InputError(
                f"{record.source.name}: a row has the columns {', '.join(map(repr, unknown))}, "
                "which the header of the CSV output lacks; write --format jsonl"
            )


class ParquetWriter:
    """Rows under the schema of the input file, or of the first rows where it is no parquet file."""

    def __init__(self, path: Path, *, column: str) -> None:
        self._path = path
        self._column = column
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
                schema = self._schema(rows[0][0], values)
                self._file = pyarrow.parquet.ParquetWriter(self._path, schema)
            table = pyarrow.Table.from_pylist(values, schema=self._file.schema)
        except pyarrow.ArrowException as error:
            raise InputError(f"a row does not fit the columns of {self._path}: {error}") from error
        with interrupts_held():
            self._file.write_table(table)

    def close(self) -> None:
        """Write the footer, without which no row can be read."""
        if self._file is not None:
            with interrupts_held():
                self._file.close()

    def _schema(self, first: Record, values: list[dict[str, Any]]) -> Any:
        import pyarrow
        import pyarrow.parquet

        if first.source.kind != "parquet" or first.source.path is None:
            return pyarrow.Table.from_pylist(values).schema
        schema = pyarrow.parquet.read_schema(first.source.path)
        return schema.append(pyarrow.field(self._column, pyarrow.string()))


@dataclass(frozen=True)
class Progress:
    """How far an interrupted output file had come."""

    rows: int
    header: list[str] | None = None


def take_up(path: Path, form: Format) -> Progress:
    """Count the whole rows of an output file and cut off a torn last one.

    Raises:
        InputError: The format cannot be continued.
    """
    if form == "parquet":
        raise InputError("--resume continues text, jsonl and csv; a parquet file cannot grow")
    if not path.exists():
        return Progress(0)
    rows = end = quotes = 0
    header: list[str] | None = None
    with path.open("r+b") as file:
        record = b""
        for line in file:
            record += line
            quotes += line.count(b'"') if form == "csv" else 0
            # A line feed within quotes is part of a CSV value.
            if not line.endswith(b"\n") or quotes % 2:
                continue
            if form == "csv" and header is None:
                header = next(csv.reader([record.decode()]))
            else:
                rows += 1
            end += len(record)
            record = b""
        file.truncate(end)
    return Progress(rows, header)


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Let Ctrl-C wait for the end of the block; a second Ctrl-C does not wait."""
    previous = signal.getsignal(signal.SIGINT)
    # Signals reach the main thread only; a background job may have been told to ignore them.
    if threading.current_thread() is not threading.main_thread() or not callable(previous):
        yield
        return
    is_pending = False

    def remember(_number: int, _frame: object) -> None:
        nonlocal is_pending
        if is_pending:
            raise KeyboardInterrupt
        is_pending = True

    signal.signal(signal.SIGINT, remember)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
    if is_pending:
        raise KeyboardInterrupt


def _row(written: Written, column: str) -> dict[str, Any]:
    record, summary = written
    return {**(record.row or {}), column: summary}


def _write_whole(stream: BinaryIO, text: str) -> None:
    # File names that are no UTF-8 keep their bytes; other lone surrogates become escapes.
    try:
        encoded = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        encoded = text.encode("utf-8", "backslashreplace")
    with interrupts_held():
        stream.write(encoded)
        stream.flush()
