"""Vectors to .npy or parquet, window by window: what stands in the file can be read at any time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from summae.cli.interrupts import interrupts_held
from summae.cli.reading import Record
from summae.errors import InputError, MissingExtraError
from summae.inference.batching import window_size, windows

if TYPE_CHECKING:
    from summae.inference.sentence_encoder import SentenceEncoder

Vectors = NDArray[np.float32]


def encoded(
    records: Iterable[Record], encoder: SentenceEncoder
) -> Iterator[tuple[list[Record], Vectors]]:
    """Windows of records with their vectors (records, dimensions); NaN for unusable ones."""
    for window in windows(records, window_size(encoder.batch_size, jobs=1)):
        vectors = np.full((len(window), encoder.dimensions), np.nan, np.float32)
        usable = [place for place, record in enumerate(window) if record.problem is None]
        vectors[usable] = encoder.encode(window[place].text for place in usable)
        yield window, vectors


class VectorWriter(Protocol):
    """Writes rows in order."""

    def write(self, records: Sequence[Record], vectors: Vectors) -> None:
        """Write the vectors (records, dimensions); those of unusable records are NaN."""
        ...

    def close(self) -> None:
        """Finish the output."""
        ...


class NpyWriter:
    """Rows of one array; its header counts those that are there.

    Args:
        stream: A new file, which can be read and written anywhere.
        dimensions: Width of the vectors.
    """

    def __init__(self, stream: BinaryIO, dimensions: int) -> None:
        self._stream = stream
        self._dimensions = dimensions
        self._rows = 0
        self._write_header()
        self._header_bytes = stream.tell()

    def write(self, records: Sequence[Record], vectors: Vectors) -> None:
        """See `VectorWriter`."""
        with interrupts_held():
            self._stream.seek(0, 2)
            self._stream.write(np.ascontiguousarray(vectors, dtype="<f4").tobytes())
            self._rows += len(vectors)
            self._stream.seek(0)
            self._write_header()
            self._stream.flush()

    def close(self) -> None:
        """See `VectorWriter`."""
        self._stream.flush()

    def _write_header(self) -> None:
        # NumPy leaves room in it for a first dimension of any size.
        shape = (self._rows, self._dimensions)
        header = {"descr": "<f4", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(self._stream, header)


class ParquetWriter:
    """The input's columns and a column of vectors.

    Args:
        path: The file to write.
        column: Name of the column of vectors.
        dimensions: Width of the vectors.
    """

    def __init__(self, path: Path, column: str, dimensions: int) -> None:
        self._path = path
        self._column = column
        self._dimensions = dimensions
        self._file: Any = None

    def write(self, records: Sequence[Record], vectors: Vectors) -> None:
        """See `VectorWriter`; no rows at all still make a file.

        Raises:
            InputError: A row has the column already, or does not fit those before it.
            MissingExtraError: pyarrow is not installed.
        """
        if not records and self._file is not None:
            return
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError as error:
            raise MissingExtraError("writing parquet", "data") from error
        for record in records:
            if self._column in (record.row or {}):
                raise InputError(
                    f"{record.place or record.source.name}: has a column {self._column!r} already; "
                    "name another with --column"
                )
        kind = pyarrow.list_(pyarrow.float32(), self._dimensions)
        try:
            rows = [dict(record.row or {}) for record in records]
            if self._file is None:
                schema = _schema(records, rows).append(pyarrow.field(self._column, kind))
                self._file = pyarrow.parquet.ParquetWriter(self._path, schema)
            columns = self._file.schema.remove(len(self._file.schema) - 1)
            table = pyarrow.Table.from_pylist(rows, schema=columns)
            is_empty = [record.problem is not None for record in records]
            lists = pyarrow.FixedSizeListArray.from_arrays(
                np.ascontiguousarray(vectors).ravel(),
                self._dimensions,
                mask=pyarrow.array(is_empty, type=pyarrow.bool_()),
            )
            table = table.append_column(self._file.schema.field(self._column), lists)
        except pyarrow.ArrowException as error:
            raise InputError(f"a row does not fit the columns of {self._path}: {error}") from error
        with interrupts_held():
            self._file.write_table(table)

    def close(self) -> None:
        """Write the footer, without which no row can be read."""
        if self._file is not None:
            with interrupts_held():
                self._file.close()


def _schema(records: Sequence[Record], rows: Sequence[dict[str, Any]]) -> Any:
    """Columns of the first parquet file where the input is one, else of the first rows."""
    import pyarrow
    import pyarrow.parquet

    schema = pyarrow.Table.from_pylist(list(rows)).schema
    source = records[0].source if records else None
    if source is None or source.kind != "parquet" or source.path is None:
        return schema
    known = pyarrow.parquet.read_schema(source.path)
    added = [field for field in schema if field.name not in known.names]
    return pyarrow.schema([*known, *added])
