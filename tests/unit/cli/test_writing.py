"""Output is made of whole rows, and an interrupted file is taken up where its last one ends."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from summae.cli.reading import Record
from summae.cli.sources import Source
from summae.cli.writing import (
    CsvWriter,
    JsonlWriter,
    ParquetWriter,
    TextWriter,
)
from summae.errors import InputError

SOURCE = Source(Path("news.jsonl"), "jsonl")


def record(**row: Any) -> Record:
    return Record(SOURCE, row, "text")


def test_text_is_one_summary_a_line() -> None:
    stream = io.BytesIO()
    TextWriter(stream, with_names=False).write([(record(), "有雨"), (record(), None)])
    assert stream.getvalue().decode() == "有雨\n\n"


def test_text_of_several_files_names_them() -> None:
    stream = io.BytesIO()
    TextWriter(stream, with_names=True).write([(record(), "有雨")])
    assert stream.getvalue().decode() == "news.jsonl\t有雨\n"


def test_jsonl_adds_the_summary_to_the_row() -> None:
    stream = io.BytesIO()
    JsonlWriter(stream, column="ours").write([(record(id=1), "有雨"), (record(id=2), None)])
    assert stream.getvalue().decode() == '{"id": 1, "ours": "有雨"}\n{"id": 2, "ours": null}\n'


def test_jsonl_sends_a_lone_surrogate_out_as_it_came() -> None:
    stream = io.BytesIO()
    JsonlWriter(stream, column="summary").write([(record(text="雨\ud83d"), "有雨")])
    assert json.loads(stream.getvalue()) == {"text": "雨\ud83d", "summary": "有雨"}


def test_csv_has_one_header_over_all_calls() -> None:
    stream = io.BytesIO()
    writer = CsvWriter(stream, column="summary")
    writer.write([(record(text="雨,\n大"), "有雨")])
    writer.write([(record(text="雪"), None)])
    assert list(csv.reader(io.StringIO(stream.getvalue().decode()))) == [
        ["text", "summary"],
        ["雨,\n大", "有雨"],
        ["雪", ""],
    ]


def test_csv_keeps_the_rows_before_one_that_does_not_fit() -> None:
    stream = io.BytesIO()
    writer = CsvWriter(stream, column="summary")
    with pytest.raises(InputError, match="'extra'"):
        writer.write([(record(text="雨"), "有雨"), (record(text="雪", extra=1), "有雪")])
    assert stream.getvalue().decode() == "text,summary\n雨,有雨\n"


def test_parquet_keeps_the_schema_of_the_input(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    rows: list[dict[str, Any]] = [{"id": 1, "document": "雨"}, {"id": None, "document": "雪"}]
    schema = pyarrow.schema([("id", pyarrow.int16()), ("document", pyarrow.string())])
    parquet.write_table(pyarrow.Table.from_pylist(rows, schema=schema), tmp_path / "in.parquet")
    source = Source(tmp_path / "in.parquet", "parquet")
    writer = ParquetWriter(tmp_path / "out.parquet", column="summary")
    for row in rows:
        writer.write([(Record(source, row, "text"), "短")])
    writer.close()
    table = parquet.read_table(tmp_path / "out.parquet")
    assert table.schema.field("id").type == pyarrow.int16()
    assert table.to_pylist() == [{**row, "summary": "短"} for row in rows]


def test_tabs_separate_values_on_request() -> None:
    stream = io.BytesIO()
    CsvWriter(stream, column="summary", delimiter="\t").write([(record(text="雨, 雪"), "有雨")])
    assert stream.getvalue().decode() == "text\tsummary\n雨, 雪\t有雨\n"


def test_a_table_without_rows_keeps_its_header() -> None:
    stream = io.BytesIO()
    writer = CsvWriter(stream, column="summary")
    table = Source(Path("news.csv"), "csv")
    writer.write_header(table, ["id", "text"])
    writer.write_header(table, ["id", "text"])
    assert stream.getvalue().decode() == "id,text,summary\n"


def test_rows_that_state_their_columns_need_no_header() -> None:
    stream = io.BytesIO()
    for writer in (JsonlWriter(stream, column="summary"), TextWriter(stream, with_names=True)):
        writer.write_header(SOURCE, ["id", "text"])
    CsvWriter(stream, column="summary").write_header(None, [])
    assert stream.getvalue() == b""


def test_parquet_without_rows_has_the_columns_of_the_input(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    schema = pyarrow.schema([("id", pyarrow.int32()), ("text", pyarrow.string())])
    parquet.write_table(schema.empty_table(), tmp_path / "in.parquet")
    cases = [
        (Source(tmp_path / "in.parquet", "parquet"), schema),
        (Source(tmp_path / "in.csv", "csv"), pyarrow.schema([(n, "string") for n in schema.names])),
        (None, pyarrow.schema([])),
    ]
    for source, columns in cases:
        writer = ParquetWriter(tmp_path / "out.parquet", column="summary")
        writer.write_header(source, columns.names)
        writer.close()
        table = parquet.read_table(tmp_path / "out.parquet")
        assert table.schema == columns.append(pyarrow.field("summary", pyarrow.string()))
        assert table.num_rows == 0


def test_jsonl_stays_json_where_python_read_more() -> None:
    stream = io.BytesIO()
    row = record(a=float("nan"), b=[{"c": float("-inf")}], d=0.5)
    JsonlWriter(stream, column="summary").write([(row, "有雨")])
    assert stream.getvalue().decode() == (
        '{"a": null, "b": [{"c": null}], "d": 0.5, "summary": "有雨"}\n'
    )
