"""An interrupted file is taken up where its last whole row ends, if it belongs to the run."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from summae.cli.reading import Record
from summae.cli.resuming import take_up
from summae.cli.sources import Source
from summae.cli.writing import CsvWriter, JsonlWriter, LineWriter, TextWriter
from summae.errors import InputError

SOURCE = Source(Path("news.jsonl"), "jsonl")
ROWS = ({"a": "雨,\n大", "b": 1}, {"a": '"雪"', "b": 0.5}, {"a": "风\u2028", "b": None})


def records(*rows: Any) -> Iterator[Record]:
    return (Record(SOURCE, row, "text", None if row else "unusable") for row in rows or ROWS)


def as_before(texts: Sequence[str]) -> list[str]:
    return ["短"] * len(texts)


def writer_of(form: str, stream: io.BytesIO | None = None, **options: Any) -> LineWriter:
    stream = io.BytesIO() if stream is None else stream
    if form == "text":
        return TextWriter(stream, with_names=options.get("with_names", True))
    if form == "jsonl":
        return JsonlWriter(stream, column=options.get("column", "summary"))
    return CsvWriter(stream, column=options.get("column", "summary"))


def written(form: str, *rows: Any) -> bytes:
    stream = io.BytesIO()
    pairs = [(record, "短" if record.problem is None else None) for record in records(*rows)]
    writer_of(form, stream).write(pairs)
    return stream.getvalue()


@pytest.mark.parametrize("form", ["text", "jsonl", "csv"])
def test_whole_rows_stay_and_a_torn_one_is_cut_off(tmp_path: Path, form: str) -> None:
    file = tmp_path / "out"
    whole = written(form, *ROWS[:2])
    file.write_bytes(whole + written(form)[len(whole) : len(whole) + 2])
    rest = records()
    assert take_up(file, writer_of(form), rest, as_before) == 2
    assert [record.row for record in rest] == [ROWS[2]]
    assert file.read_bytes() == whole


def test_a_csv_file_torn_within_its_header_starts_anew(tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    file.write_text("a,b,sum", encoding="utf-8")
    writer = CsvWriter(io.BytesIO(), column="summary")
    assert (take_up(file, writer, records(), as_before), writer.header) == (0, None)
    assert file.read_bytes() == b""


def test_a_file_that_is_not_there_yet_has_no_rows(tmp_path: Path) -> None:
    assert take_up(tmp_path / "out", writer_of("jsonl"), records(), as_before) == 0


@pytest.mark.parametrize("form", ["text", "jsonl", "csv"])
def test_rows_of_another_format_are_refused(tmp_path: Path, form: str) -> None:
    for other in {"text", "jsonl", "csv"} - {form}:
        refuse(tmp_path, written(other), form, "row 1")


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_rows_of_another_input_are_refused(tmp_path: Path, form: str) -> None:
    data = written(form, ROWS[0], {"a": "another", "b": 1})
    refuse(tmp_path, data, form, "row 2 is not that of the document in its place in news.jsonl")


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_another_column_is_refused(tmp_path: Path, form: str) -> None:
    refuse(tmp_path, written(form), form, "not in the format of this run", column="ours")


@pytest.mark.parametrize("form", ["text", "jsonl"])
def test_a_skipped_row_is_not_taken_for_a_null_one(tmp_path: Path, form: str) -> None:
    data = written(form, ROWS[0], ROWS[1])
    refuse(tmp_path, data, form, "row 2", rows=(ROWS[0], {}, ROWS[1]))


@pytest.mark.parametrize("form", ["text", "jsonl"])
def test_a_null_row_is_not_taken_for_a_skipped_one(tmp_path: Path, form: str) -> None:
    refuse(tmp_path, written(form, ROWS[0], {}, ROWS[1]), form, "row 2", rows=ROWS[:2])


def test_more_rows_than_documents_are_refused(tmp_path: Path) -> None:
    refuse(tmp_path, written("jsonl"), "jsonl", "row 3 is one more", rows=ROWS[:2])


def test_json_is_no_line_of_text(tmp_path: Path) -> None:
    refuse(tmp_path, b'{"a": 1}\n', "text", "row 1", with_names=False)


@pytest.mark.parametrize("form", ["text", "jsonl", "csv"])
def test_summaries_that_this_run_would_not_write_are_refused(tmp_path: Path, form: str) -> None:
    (tmp_path / "out").write_bytes(written(form) + b"torn")
    with pytest.raises(InputError, match="of its first 3 summaries 2 .*'短' there, '长' now"):
        take_up(tmp_path / "out", writer_of(form), records(), lambda _: ["短", "长", "长"])
    assert (tmp_path / "out").read_bytes() == written(form) + b"torn"


def test_one_summary_of_three_may_differ(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(written("jsonl"))
    again = ["短", "长", "短"]
    assert take_up(tmp_path / "out", writer_of("jsonl"), records(), lambda _: again) == 3


def test_documents_that_are_their_own_summaries_tell_nothing(tmp_path: Path) -> None:
    rows = [Record(SOURCE, {"a": n}, "有雨" if n else "今晚有雨，请带伞。", None) for n in range(9)]
    stream = io.BytesIO()
    writer_of("jsonl", stream).write([(r, "有雨" if r.text == "有雨" else "短") for r in rows])
    (tmp_path / "out").write_bytes(stream.getvalue())
    with pytest.raises(InputError, match="of its first 1 summaries 1 read otherwise"):
        take_up(tmp_path / "out", writer_of("jsonl"), iter(rows), lambda _: ["今晚有雨"])


def refuse(
    folder: Path, data: bytes, form: str, message: str, rows: Any = (), **options: Any
) -> None:
    """Expect a refusal that leaves the file as it was, its torn end too."""
    (folder / "out").write_bytes(data + b"torn")
    with pytest.raises(InputError, match=f"does not belong to this input .*{message}"):
        take_up(folder / "out", writer_of(form, **options), records(*rows), as_before)
    assert (folder / "out").read_bytes() == data + b"torn"
