"""Rows come out alike whatever file they lie in, and a source that cannot be used is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

datasets = pytest.importorskip("datasets")

from datasets.exceptions import DatasetNotFoundError

from summae.data.sources import OWN_DOCUMENT, load_pairs, load_texts, stream_texts
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


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.tsv", "a.txt"])
@pytest.mark.parametrize(
    "encoding", ["gb18030", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "big5"]
)
def test_texts_in_other_encodings_are_the_same(tmp_path: Path, name: str, encoding: str) -> None:
    told = "颱風今晚將在東部登陸，氣象單位提醒民眾避免前往海邊，多個航班已經取消。"
    file = written(tmp_path / name)
    text = file.read_text(encoding="utf-8").replace(TEXTS[0], told)
    if encoding == "big5":
        text = text.replace(TEXTS[1], told)
    file.write_bytes(text.encode(encoding))
    if name == "a.jsonl" and encoding.startswith("utf-16"):
        with pytest.raises(InputError, match="a.jsonl is UTF-16"):
            load_texts([str(file)], "document")
        return
    assert load_texts([str(file)], "document")["document"][0] == told


@pytest.mark.parametrize("name", ["a.txt", "a.csv"])
def test_a_stray_zero_is_no_reason_to_refuse_a_file(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text("text\n" + "今晚有雨，明天有雪。\n" * 99 + "多云\0转晴\n", encoding="utf-8")
    assert load_texts([str(file)], "document")["document"][-2] == "今晚有雨，明天有雪。"


def test_a_folder_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").mkdir()
    with pytest.raises(InputError, match="a.jsonl: Is a directory"):
        load_texts([str(tmp_path / "a.jsonl")], "document")


def test_the_header_may_follow_empty_lines(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("\n\nid;text\n1;今晚有雨\n", encoding="utf-8")
    assert list(load_texts([str(tmp_path / "a.csv")], "document")["document"]) == ["今晚有雨"]


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(bytes(range(256)) * 20)
    with pytest.raises(InputError, match="a.txt.*binary"):
        load_texts([str(tmp_path / "a.txt")], "document")


def test_semicolons_separate_too(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    text = written(tmp_path / "b.csv").read_text(encoding="utf-8").replace(",", ";")
    file.write_text(text, encoding="utf-8")
    assert list(load_texts([str(file)], "document")["document"]) == TEXTS


def test_text_file_gives_a_row_a_line(tmp_path: Path) -> None:
    assert list(load_texts([str(written(tmp_path / "a.txt"))], "summary")["summary"]) == TEXTS


def test_sources_are_numbered_and_keep_the_columns_that_any_has(tmp_path: Path) -> None:
    sources = [str(written(tmp_path / name)) for name in ("a.jsonl", "b.txt")]
    rows = load_texts(sources, "document")
    assert list(rows["source"]) == [0, 0, 1, 1]
    assert list(rows["id"]) == ["1", "2", None, None]
    assert [day and day[:10] for day in rows["date"]] == ["2026-01-01", "2026-01-02", None, None]
    assert list(load_texts(sources[::-1], "document")["id"]) == [None, None, "1", "2"]


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


PAIRS = [
    ("今晚有雨，出门带伞。", "今晚有雨"),
    ("明天山区有雪。", "明天有雪"),
    ("周末放晴。", "放晴"),
]
PART_II = "".join(
    f"<doc id={n}> <human_label>{score}</human_label> <summary>{summary}</summary> "
    f"<short_text>{document}</short_text> </doc>\n"
    for n, (score, (document, summary)) in enumerate(zip((5, 2, 3), PAIRS, strict=True))
)


def pair_source(folder: Path, kind: str) -> str:
    """A source of `PAIRS` of the kind."""
    if kind == "lcsts":
        (folder / "PART_II.txt").write_text(PART_II, encoding="utf-8")
        return str(folder / "PART_II.txt")
    if kind == "lines":
        for name, column in (("source.txt", 0), ("target.txt", 1)):
            lines = (pair[column] + "\n" for pair in PAIRS)
            (folder / name).write_text("".join(lines), encoding="utf-8")
        return f"{folder}/source.txt+{folder}/target.txt"
    rows = (json.dumps({"body": d, "lede": s}, ensure_ascii=False) + "\n" for d, s in PAIRS)
    (folder / "pairs.jsonl").write_text("".join(rows), encoding="utf-8")
    return f"{folder}/pairs.jsonl::body+lede"


@pytest.mark.parametrize("kind", ["lcsts", "lines", "jsonl"])
def test_pairs_serve_as_pairs_documents_and_headlines(tmp_path: Path, kind: str) -> None:
    source = pair_source(tmp_path, kind)
    pairs = load_pairs([source])
    assert list(zip(pairs["document"], pairs["summary"], strict=True)) == PAIRS
    assert list(load_texts([source], "document")["document"]) == [d for d, _ in PAIRS]
    assert list(load_texts([source], "summary")["summary"]) == [s for _, s in PAIRS]
    assert [row["document"] for row in stream_texts([source], "document")] == [d for d, _ in PAIRS]


@pytest.mark.parametrize("kind", ["lcsts", "lines", "jsonl"])
def test_headlines_may_bring_the_documents_they_were_written_for(tmp_path: Path, kind: str) -> None:
    plain = tmp_path / "titles.txt"
    plain.write_text("台风登陆\n", encoding="utf-8")
    sources = [pair_source(tmp_path, kind), str(plain)]
    rows = load_texts(sources, "summary", own_documents=True)
    assert list(rows["summary"]) == [*(s for _, s in PAIRS), "台风登陆"]
    assert list(rows[OWN_DOCUMENT]) == [*(d for d, _ in PAIRS), ""]


def test_no_text_is_taken_for_its_own_headline(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "今晚有雨"}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"none is known to hold the summary.*DOCUMENT\+SUMMARY"):
        load_pairs([str(tmp_path / "a.jsonl")])
    rows = load_texts([str(tmp_path / "a.jsonl")], "summary", own_documents=True)
    assert (list(rows["summary"]), list(rows[OWN_DOCUMENT])) == (["今晚有雨"], [""])


def test_one_column_is_not_enough_for_pairs(tmp_path: Path) -> None:
    source = pair_source(tmp_path, "jsonl").removesuffix("+lede")
    with pytest.raises(InputError, match=r"names one column.*::DOCUMENT\+SUMMARY"):
        load_pairs([source])


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ("score>=3", [0, 2]),
        ("part=1/2", [0, 2]),
        ("part=2/2", [1]),
        ("rows=2", [0, 1]),
        ("score>=3&rows=1", [0]),
        ("part=2/2&score>=3", []),
    ],
)
def test_rows_can_be_chosen(tmp_path: Path, options: str, kept: list[int]) -> None:
    source = f"{pair_source(tmp_path, 'lcsts')}?{options}"
    expected = [PAIRS[row][1] for row in kept]
    assert list(load_texts([source], "summary")["summary"]) == expected
    assert [row["summary"] for row in stream_texts([source], "summary")] == expected


def test_rows_cannot_be_chosen_by_a_column_that_is_not_there(tmp_path: Path) -> None:
    source = f"{pair_source(tmp_path, 'jsonl')}?score>=3"
    with pytest.raises(InputError, match="has the columns body, lede, and no 'score'"):
        load_texts([source], "summary")


def test_ids_of_lcsts_are_those_of_its_file(tmp_path: Path) -> None:
    rows = load_texts([pair_source(tmp_path, "lcsts")], "document")
    assert list(rows["id"]) == ["PART_II-0", "PART_II-1", "PART_II-2"]


def test_a_file_that_changed_is_read_anew(tmp_path: Path) -> None:
    source = pair_source(tmp_path, "lcsts")
    assert len(load_texts([source], "summary")) == 3
    Path(source).write_text(PART_II.replace("今晚有雨", "今夜有大雨"), encoding="utf-8")
    assert load_texts([source], "summary")["summary"][0] == "今夜有大雨"


def test_a_broken_document_is_told_with_its_line(tmp_path: Path) -> None:
    source = pair_source(tmp_path, "lcsts")
    Path(source).write_text(PART_II.replace("<summary>明", "明"), encoding="utf-8")
    with pytest.raises(InputError, match=r"PART_II.txt, line 2: document 1 has no <summary>"):
        load_texts([source], "summary")


@pytest.mark.parametrize(
    ("others", "message"),
    [
        (["absent.txt"], "no such file: .*absent.txt"),
        (["target.txt", "target.txt"], "joins 3 files; documents and their own headlines are two"),
    ],
)
def test_joined_files_are_two_that_exist(tmp_path: Path, others: list[str], message: str) -> None:
    pair_source(tmp_path, "lines")
    source = "+".join(str(tmp_path / name) for name in ["source.txt", *others])
    with pytest.raises(InputError, match=message):
        load_pairs([source])


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.tsv", "a.parquet", "a.txt"])
def test_a_stream_gives_the_rows_of_the_table(tmp_path: Path, name: str) -> None:
    source = str(written(tmp_path / name))
    streamed: list[dict[str, Any]] = list(stream_texts([source, source], "document"))
    assert [row["document"] for row in streamed] == TEXTS * 2
    assert [row["source"] for row in streamed] == [0, 0, 1, 1]
    if name != "a.txt":
        assert [row["id"] for row in streamed] == ["1", "2"] * 2
        assert [row["date"][:10] for row in streamed[:2]] == ["2026-01-01", "2026-01-02"]


def test_a_stream_reads_no_further_than_asked(tmp_path: Path) -> None:
    path = tmp_path / "PART_I.txt"
    path.write_text(PART_II + "<doc id=9> broken </doc>\n", encoding="utf-8")
    assert len(load_texts([f"{path}?rows=3"], "document")) == 3
    with pytest.raises(InputError, match="line 4: document 9 has no"):
        load_texts([str(path)], "document")


def test_a_stream_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.jsonl").write_text('{"document": \n', encoding="utf-8")
    with pytest.raises(InputError, match=r"broken.jsonl cannot be read"):
        list(stream_texts([str(tmp_path / "broken.jsonl")], "document"))


def test_a_dataset_of_the_hub_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[tuple[object, ...], dict[str, object]]] = []

    def load(*names: object, **options: Any) -> object:
        asked.append((names, options))
        rows = datasets.Dataset.from_dict({"lede": TEXTS * 2})
        return rows.to_iterable_dataset() if options.get("streaming") else rows

    monkeypatch.setattr(datasets, "load_dataset", load)
    source = "owner/name::lede?config=zh&split=test"
    assert list(load_texts([source], "document")["document"]) == TEXTS * 2
    assert [row["document"] for row in stream_texts([source], "document")] == TEXTS * 2
    # With a number of rows it is read as a stream, and no further.
    assert list(load_texts([f"{source}&rows=3"], "document")["document"]) == [*TEXTS, TEXTS[0]]
    plain, streamed, limited = asked
    assert plain == (("owner/name", "zh"), {"split": "test"})
    assert streamed == limited == (("owner/name", "zh"), {"split": "test", "streaming": True})


def test_a_dataset_that_the_hub_does_not_have_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(*names: object, **options: object) -> object:
        raise DatasetNotFoundError("Dataset 'owner/name' doesn't exist on the Hub")

    monkeypatch.setattr(datasets, "load_dataset", load)
    with pytest.raises(InputError, match="owner/name cannot be read as .* doesn't exist"):
        load_texts(["owner/name"], "document")
