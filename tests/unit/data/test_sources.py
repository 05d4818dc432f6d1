"""Rows come out alike whatever file they lie in, and a source that cannot be used is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("datasets")

from summae.data.sources import load_texts
from summae.errors import InputError

pytestmark = pytest.mark.usefixtures("own_dataset_cache")

TEXTS = ["今夜有雨", "明天有雪"]


def written(path: Path) -> Path:
    """The two texts with ids and dates, in the format that the suffix names."""
    rows = [
        {"id": n, "date": f"2026-01-0{n}", "content": text} for n, text in enumerate(TEXTS, start=1)
    ]
    if path.suffix == ".parquet":
        pyarrow = pytest.importorskip("pyarrow")
        from pyarrow import parquet

        parquet.write_table(pyarrow.Table.from_pylist(rows), path)
        return path
    separator = {".csv": ",", ".tsv": "\t"}.get(path.suffix)
    if separator:
        lines = [
            separator.join(map(str, values)) for values in (rows[0], *(r.values() for r in rows))
        ]
    elif path.suffix == ".txt":
        lines = TEXTS
    else:
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.tsv", "a.parquet"])
def test_table_gives_texts_ids_and_dates(tmp_path: Path, name: str) -> None:
    rows = load_texts([str(written(tmp_path / name))], "document")
    assert list(rows["document"]) == TEXTS
    assert list(rows["id"]) == ["1", "2"]
    assert [day[:10] for day in rows["date"]] == ["2026-01-01", "2026-01-02"]
    assert list(rows["source"]) == [0, 0]


def test_text_file_gives_a_row_a_line(tmp_path: Path) -> None:
    assert list(load_texts([str(written(tmp_path / "a.txt"))], "summary")["summary"]) == TEXTS


def test_sources_are_numbered_and_keep_the_columns_they_share(tmp_path: Path) -> None:
    sources = [str(written(tmp_path / name)) for name in ("a.jsonl", "b.txt")]
    rows = load_texts([sources[0], sources[1]], "document")
    assert list(rows["source"]) == [0, 0, 1, 1]
    assert sorted(rows.column_names) == ["document", "source"]


def test_short_and_long_strings_concatenate(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    table = pyarrow.table({"content": pyarrow.array(["晴"], pyarrow.large_string())})
    parquet.write_table(table, tmp_path / "large.parquet")
    sources = [str(written(tmp_path / "a.jsonl")), str(tmp_path / "large.parquet")]
    assert list(load_texts(sources, "document")["document"]) == [*TEXTS, "晴"]


def test_column_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"content": "长文", "lede": "短文"}) + "\n", encoding="utf-8")
    assert list(load_texts([f"{path}::lede"], "document")["document"]) == ["短文"]


def test_unknown_column_is_answered_with_those_there_are(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl")
    with pytest.raises(InputError, match=r"has the columns id, date, content.*::COLUMN"):
        load_texts([f"{path}::headline"], "summary")


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("absent.jsonl", "no such file"),
        ("broken.jsonl", "cannot be read"),
        ("a.docx", "no known type"),
    ],
)
def test_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, complaint: str) -> None:
    path = tmp_path / name
    if name != "absent.jsonl":
        path.write_text('{"document": \n', encoding="utf-8")
    with pytest.raises(InputError, match=f"{name}.*{complaint}|{complaint}.*{name}"):
        load_texts([str(path)], "document")


def test_no_source_at_all_is_refused() -> None:
    with pytest.raises(InputError, match="no source of summary texts"):
        load_texts([], "summary")
