"""Every file gives its documents, lazily; every unusable one gives its place and the reason."""

from __future__ import annotations

import io
import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from summae.cli.reading import ReadingOptions, Record, read_records
from summae.cli.sources import Source, expand


def read(path: Path, **options: Any) -> list[Record]:
    sources = expand([str(path)], recursive=False)
    return list(read_records(sources, io.BytesIO(), ReadingOptions(**options)))


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_text_file_is_one_document(tmp_path: Path) -> None:
    file = write(tmp_path / "a.txt", "第一行。\n第二行。\n")
    (record,) = read(file)
    assert (record.text, record.row) == ("第一行。\n第二行。\n", {"file": str(file)})


def test_or_each_of_its_lines_is_one(tmp_path: Path) -> None:
    file = write(tmp_path / "a.txt", "第一行。\n第二行。\n")
    records = read(file, per="line")
    assert [(r.text, r.row) for r in records] == [
        ("第一行。", {"file": str(file), "line": 1}),
        ("第二行。", {"file": str(file), "line": 2}),
    ]


@pytest.mark.parametrize("text", ["", " \n\n", "\ufeff", "\u200b"])
def test_a_text_without_content_is_a_problem(tmp_path: Path, text: str) -> None:
    (record,) = read(write(tmp_path / "a.txt", text))
    assert record.problem is not None
    assert record.problem.endswith("a.txt: the document is empty")


def test_blank_lines_are_no_documents_but_count_as_lines(tmp_path: Path) -> None:
    records = read(write(tmp_path / "a.txt", "第一行。\n\n \n第四行。\n"), per="line")
    assert [(r.text, r.problem) for r in records] == [("第一行。", None), ("第四行。", None)]
    assert [(r.row or {})["line"] for r in records] == [1, 4]


@pytest.mark.parametrize(
    ("name", "options"),
    [("a.jsonl", {}), ("a.csv", {}), ("a.txt", {"per": "line"})],
)
@pytest.mark.parametrize("bad", [b"\xff", b"\0"])
def test_a_bad_byte_costs_its_line_only(
    tmp_path: Path, name: str, options: dict[str, Any], bad: bytes
) -> None:
    good = '{"text": "今晚有雨，请带雨伞。"}' if name.endswith("l") else "今晚有雨，请带雨伞。"
    before = b"text\n" if name == "a.csv" else b""
    before += f"{good}\n".encode()
    file = tmp_path / name
    start = before + good[:12].encode()
    file.write_bytes(start + bad + f"{good[12:]}\n{good}\n".encode())
    first, second, third = read(file, **options)
    assert (first.problem, third.problem) == (None, None)
    assert first.text == third.text == "今晚有雨，请带雨伞。"
    number = before.count(b"\n") + 1
    place = f"{file}, line {number}: byte 0x{bad.hex()} at offset {len(start)} is "
    assert str(second.problem).startswith(place)


def test_a_bad_byte_in_the_header_costs_the_table(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"text,caf\xe9\n" + "今晚有雨，,1\n".encode())
    (record,) = read(tmp_path / "a.csv")
    assert "line 1: byte 0xe9 at offset 8" in str(record.problem)


def test_a_csv_row_over_several_lines_is_lost_with_one_of_them(tmp_path: Path) -> None:
    rows = ["1,今晚有雨。".encode(), '2,"今晚\n'.encode() + b"\xff" + '有雨"'.encode()]
    (tmp_path / "a.csv").write_bytes(b"\n".join([b"id,text", *rows, rows[0]]) + b"\n")
    first, second, third = read(tmp_path / "a.csv")
    assert (first.problem, third.problem) == (None, None)
    assert "line 4: byte 0xff" in str(second.problem)


def test_a_binary_file_is_a_problem_that_keeps_its_row(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"PK\x03\x04")
    (record,) = read(file)
    assert "offset 2" in str(record.problem)
    assert record.row == {"file": str(file)}


def test_jsonl_keeps_every_field(tmp_path: Path) -> None:
    row = {"id": 7, "content": "今晚有雨。", "tags": ["天气"]}
    (record,) = read(write(tmp_path / "a.jsonl", json.dumps(row) + "\n\n"))
    assert (record.text, record.row) == ("今晚有雨。", row)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{not json}", "property name enclosed in double quotes at column 2"),
        ('{"content": "今晚', "not JSON"),
        ("[" * 100_000, "not JSON: nested too deeply"),
        ('["今晚有雨"]', "expected a JSON object with a document, got a list"),
        ("12", "got a number"),
        ('{"title": "雨"}', "or 'body' or '正文' or '内容'; it has 'title'"),
        ('{"content": null}', "'content' holds null, expected a text"),
        ('{"content": 12}', "'content' holds a number"),
        ('{"content": " "}', "the document is empty"),
    ],
)
def test_an_unusable_line_costs_only_itself(tmp_path: Path, line: str, problem: str) -> None:
    good = '{"content": "今晚有雨。"}'
    file = write(tmp_path / "a.jsonl", f"{good}\n{line}\n{good}\n")
    first, second, third = read(file)
    assert (first.problem, third.problem) == (None, None)
    assert f"{file}, line 2: " in str(second.problem)
    assert problem in str(second.problem)


def test_a_named_field_is_the_only_one_looked_for(tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", '{"content": "甲", "body": "乙"}\n{"content": "甲"}\n')
    first, second = read(file, field="body")
    assert first.text == "乙"
    assert "no field 'body'; it has 'content'" in str(second.problem)


def test_the_articles_of_a_folder_may_be_json(tmp_path: Path) -> None:
    rows = [{"id": number, "content": text} for number, text in enumerate(("有雨。", "有雪。"))]
    write(tmp_path / "a.json", json.dumps(rows[0], indent=2))
    write(tmp_path / "b.json", json.dumps([*rows, "雾"], indent=2))
    found = list(read_records(expand([str(tmp_path)], recursive=True), None, ReadingOptions()))
    assert [record.row for record in found if record.problem is None] == [rows[0], *rows]
    problem = f"{tmp_path / 'b.json'}, item 3: expected a JSON object with a document, got a text"
    assert found[-1].problem == problem


def test_a_lone_surrogate_comes_in_as_an_escape(tmp_path: Path) -> None:
    (record,) = read(write(tmp_path / "a.jsonl", '{"content": "有雨\\ud83d"}\n'))
    assert (record.text, record.problem) == ("有雨\ud83d", None)


def test_csv_values_may_hold_commas_quotes_and_lines(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", 'id,text\r\n1,"有雨,\n""大雨"""\r\n\r\n2,有雪\r\n')
    assert [r.row for r in read(file)] == [
        {"id": "1", "text": '有雨,\n"大雨"'},
        {"id": "2", "text": "有雪"},
    ]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_header_of_csv_shows_what_separates_its_values(tmp_path: Path, sign: str) -> None:
    (record,) = read(write(tmp_path / "a.csv", f"id{sign}text\n1{sign}有雨。大雨\n"))
    assert (record.row, record.text) == ({"id": "1", "text": "有雨。大雨"}, "有雨。大雨")


def test_where_a_header_has_a_comma_other_signs_are_text(tmp_path: Path) -> None:
    (record,) = read(write(tmp_path / "a.csv", "id;no,text\n1;2,有雨;大雨\n"))
    assert record.row == {"id;no": "1;2", "text": "有雨;大雨"}


def test_tabs_separate_the_values_of_tsv(tmp_path: Path) -> None:
    (record,) = read(write(tmp_path / "a.tsv", "id\ttext\n1\t有雨, 大雨\n"))
    assert record.row == {"id": "1", "text": "有雨, 大雨"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("id,title\n1,雨\n", "a.csv: no field 'document'"),
        ("text,text\n雨,雪\n", "same name"),
        ("id,text\n1,雨,雪\n", "a.csv, line 2: 3 values, but the header names 2"),
        ("id,text\n1\n", "a.csv, line 2: 1 values"),
        ('id,text\n1,"雨\n', "a.csv, line 2: not CSV: a quote opens here"),
        ('id,"text\n1,雨\n', "a.csv, line 1: not CSV: a quote opens here"),
    ],
)
def test_an_unusable_csv_says_where(tmp_path: Path, text: str, problem: str) -> None:
    (record,) = read(write(tmp_path / "a.csv", text))
    assert problem in str(record.problem)


@pytest.mark.parametrize("text", ["", "\n\r\n", "\ufeff"])
def test_a_csv_without_a_byte_of_content_is_a_table_without_rows(tmp_path: Path, text: str) -> None:
    assert read(write(tmp_path / "a.csv", text)) == []


def test_a_stray_quote_costs_its_line_only(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", 'id,text\n1,有雨\n2,"有雪\n3,有风\n4,"有雾"\n5,放晴\n')
    records = read(file)
    assert [record.text for record in records] == ["有雨", "", "有风", "有雾", "放晴"]
    assert f"{file}, line 3: not CSV: a quote opens here" in str(records[1].problem)
    assert records[1].row == {"id": None, "text": None}


def test_a_row_that_is_short_has_all_columns(tmp_path: Path) -> None:
    (record,) = read(write(tmp_path / "a.csv", "id,text,place\n1,有雨\n"))
    assert record.row == {"id": "1", "text": "有雨", "place": None}


@pytest.mark.parametrize("rows", [0, 1])
def test_columns_are_told_even_without_rows(tmp_path: Path, rows: int) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = pyarrow.table({"id": ["1"], "text": ["有雨"]}).slice(0, rows)
    parquet.write_table(table, tmp_path / "a.parquet")
    write(tmp_path / "b.csv", "id,text\n" + "1,有雨\n" * rows)
    told: list[tuple[Source, list[str]]] = []
    for name in ("a.parquet", "b.csv"):
        read(tmp_path / name, on_header=lambda *header: told.append(header))
    assert [(source.path, columns) for source, columns in told] == [
        (tmp_path / "a.parquet", ["id", "text"]),
        (tmp_path / "b.csv", ["id", "text"]),
    ]


def test_parquet_keeps_types(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    rows = [{"id": 1, "document": "今晚有雨。"}, {"id": 2, "document": None}]
    parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "a.parquet")
    first, second = read(tmp_path / "a.parquet")
    assert (first.row, first.text) == (rows[0], "今晚有雨。")
    assert "a.parquet, row 2: 'document' holds null" in str(second.problem)


def test_a_torn_parquet_file_is_a_problem(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    (tmp_path / "a.parquet").write_bytes(b"PAR1 and no footer")
    (record,) = read(tmp_path / "a.parquet")
    assert "not a whole parquet file" in str(record.problem)


def test_standard_input_is_read_like_a_file() -> None:
    stdin = io.BytesIO('{"content": "今晚有雨。"}\n'.encode())
    (record,) = read_records([Source(None, "jsonl")], stdin, ReadingOptions())
    assert (record.text, record.row) == ("今晚有雨。", {"content": "今晚有雨。"})


def test_jsonl_is_read_no_further_than_asked(tmp_path: Path) -> None:
    class Endless(io.RawIOBase):
        """Lines without end, numbered."""

        numbers = count()

        def read(self, size: int = -1) -> bytes:
            number = next(self.numbers)
            assert number < 3, "read ahead"
            return (json.dumps({"content": f"第{number}条"}) + "\n").encode()

    records = read_records([Source(None, "jsonl")], Endless(), ReadingOptions())  # type: ignore[arg-type]
    assert next(records).text == "第0条"


def test_sources_that_are_none_are_reported_in_their_place(tmp_path: Path) -> None:
    good = Source(write(tmp_path / "a.txt", "今晚有雨。"), "text")
    missing = Source(tmp_path / "b.txt", "text", "b.txt: no such file")
    found = list(read_records([missing, good], io.BytesIO(), ReadingOptions()))
    assert [record.problem for record in found] == ["b.txt: no such file", None]
    assert found[0].row == {"file": str(tmp_path / "b.txt")}
