"""Reading test sets and summaries, and refusing what cannot be judged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from summae.errors import InputError
from summae.evaluation.rows import evenly, read_rows, read_summaries, read_token_scores


def write_lines(path: Path, rows: list[object]) -> Path:
    path.write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
    )
    return path


def test_jsonl_and_parquet_read_alike(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    import pyarrow

    rows: list[object] = [
        {"id": 1, "document": "今天多云转晴。", "summary": "多云转晴", "set": "weather"},
        {"id": 2, "document": "主队获胜。", "summary": "主队胜", "set": "sport"},
    ]
    lines = read_rows(write_lines(tmp_path / "test.jsonl", rows))
    parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "test.parquet")
    assert lines == read_rows(tmp_path / "test.parquet")
    assert lines.references == ["多云转晴", "主队胜"]
    assert lines.sets == ["weather", "sport"]


def test_without_sets_all_rows_are_of_one_part(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "test.jsonl", [{"document": "晴。", "summary": "晴"}])
    assert read_rows(path).sets == [""]


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_what_summarize_wrote_beside_a_human_summary_is_what_is_judged(
    tmp_path: Path, suffix: str
) -> None:
    rows: list[object] = [
        {"document": "主队获胜。", "summary": "主队胜", "summary_summae": "主队获胜"}
    ]
    path = tmp_path / f"written.{suffix}"
    if suffix == "parquet":
        parquet = pytest.importorskip("pyarrow.parquet")
        import pyarrow

        parquet.write_table(pyarrow.Table.from_pylist(rows), path)
    else:
        write_lines(path, rows)
    assert read_summaries(path) == ["主队获胜"]
    assert read_rows(path).references == ["主队胜"]


def test_a_failed_summary_becomes_empty(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "ours.jsonl", [{"summary": "晴"}, {"summary": None}])
    assert read_summaries(path) == ["晴", ""]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"document": "晴"}\n', "lacks the column 'summary'; it has"),
        ('{"document": "晴", "summary": "晴"}\nnews\n', "line 2 is not JSON"),
        ("[1]\n", "holds a list"),
        ('{"document": "晴", "summary": 5}\n', "row 1: 'summary' holds 5"),
        (
            '{"document": "晴", "summary": "晴"}\n{"document": "雨"}\n',
            "row 2: 'summary' holds None",
        ),
        (
            '{"document": "晴"}\n{"document": "雨", "summary": "雨"}\n',
            "row 1: 'summary' holds None",
        ),
        ('{"document": "晴", "summary": "。"}\n', "row 1: 'summary' is '。', without any letter"),
        ('{"document": "\\u200b", "summary": "晴"}\n', "row 1: 'document' is .*leave the row out"),
        ('{"document": ' + "9" * 5000 + "}\n", "line 1 is not JSON that can be read"),
        ("[" * 100_000 + "\n", "line 1 is not JSON that can be read"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(
    tmp_path: Path, content: str, message: str
) -> None:
    path = tmp_path / "test.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_rows(path)


def test_other_encodings_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "test.jsonl"
    path.write_bytes('{"document": "晴", "summary": "晴"}'.encode("gb18030"))
    with pytest.raises(InputError, match="not UTF-8"):
        read_rows(path)


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
def test_a_file_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="no file"):
        read_rows(tmp_path / name)


def test_a_broken_parquet_file_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    (tmp_path / "test.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(InputError, match="not readable as Parquet"):
        read_rows(tmp_path / "test.parquet")


def test_columns_of_a_parquet_file_are_named_if_the_right_one_is_missing(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    import pyarrow

    path = tmp_path / "test.parquet"
    parquet.write_table(pyarrow.Table.from_pylist([{"text": "晴", "document": "晴"}]), path)
    with pytest.raises(
        InputError, match=r"lacks the column 'summary'; it has \['document', 'text'\]"
    ):
        read_rows(path)


def test_a_set_that_begins_later_is_read(tmp_path: Path) -> None:
    row = {"document": "晴。", "summary": "晴"}
    path = write_lines(tmp_path / "test.jsonl", [row, row | {"set": "weather"}])
    assert read_rows(path).sets == ["", "weather"]


def test_a_limit_takes_rows_at_equal_distances() -> None:
    assert evenly(10, 5) == [0, 2, 4, 6, 8]
    assert evenly(3, None) == evenly(3, 9) == [0, 1, 2]


def test_token_scores_are_read_where_there_are_some(tmp_path: Path) -> None:
    rows: list[object] = [{"summary": "晴天", "token_scores": [["晴", 1], ["天", -0.5]]}]
    rows.append({"summary": "", "token_scores": None})
    path = write_lines(tmp_path / "ours.jsonl", rows)
    assert read_token_scores(path) == [[("晴", 1.0), ("天", -0.5)], []]
    assert read_token_scores(write_lines(tmp_path / "b.jsonl", [{"summary": "晴"}])) is None


def test_token_scores_of_parquet_are_read_alike(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    import pyarrow

    # A column of Parquet has one type, so the pairs are structures.
    rows = [{"summary": "晴", "token_scores": [{"piece": "晴", "score": 1.0}]}]
    parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "ours.parquet")
    assert read_token_scores(tmp_path / "ours.parquet") == [[("晴", 1.0)]]


@pytest.mark.parametrize("scores", ['"晴"', '[["晴"]]', '[["晴", NaN]]', "[1]", '[["晴", true]]'])
def test_other_token_scores_are_refused_with_their_row(tmp_path: Path, scores: str) -> None:
    path = tmp_path / "ours.jsonl"
    path.write_text(f'{{"summary": "晴", "token_scores": {scores}}}\n', encoding="utf-8")
    with pytest.raises(InputError, match="row 1: 'token_scores' holds"):
        read_token_scores(path)
