"""Files of pairs in plain text: every form their lines may have, and where a broken one breaks."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from summae.data.text_files import is_lcsts, read_lcsts, read_line_pairs
from summae.errors import InputError

PART_I = """<doc id=0>
    <summary>
        今晚有雨
    </summary>
    <short_text>
        气象部门提醒，今晚有雨，出门请带伞。
    </short_text>
</doc>
<doc id=1> <summary>明天有雪</summary> <short_text>明天山区有雪。</short_text> </doc>
"""
PART_II = """<doc id=0>
    <human_label>5</human_label>
    <summary>主队获胜</summary>
    <short_text>主队以三比一获胜。</short_text>
</doc>
<doc id=1>
    <human_label>2</human_label>
    <summary>高铁通车</summary>
    <short_text>高铁试运行。</short_text>
</doc>
"""


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_part_one_gives_texts_and_ids_that_name_the_file(tmp_path: Path) -> None:
    rows = list(read_lcsts(write(tmp_path / "PART_I.txt", PART_I)))
    assert [row["id"] for row in rows] == ["PART_I-0", "PART_I-1"]
    assert [row["summary"] for row in rows] == ["今晚有雨", "明天有雪"]
    assert rows[0]["document"] == "气象部门提醒，今晚有雨，出门请带伞。"
    assert [row["score"] for row in rows] == [None, None]


def test_part_two_gives_the_human_scores(tmp_path: Path) -> None:
    rows = list(read_lcsts(write(tmp_path / "PART_II.txt", PART_II)))
    assert [(row["summary"], row["score"]) for row in rows] == [("主队获胜", 5), ("高铁通车", 2)]


def test_documents_on_one_line_and_after_a_mark_are_told_apart(tmp_path: Path) -> None:
    text = "\ufeff" + "".join(PART_I.split("\n")) * 2
    rows = list(read_lcsts(write(tmp_path / "PART_I.txt", text)))
    assert [row["summary"] for row in rows] == ["今晚有雨", "明天有雪"] * 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (PART_I.replace("<short_text>明", "明"), "line 9: document 1 has no <short_text>"),
        (PART_I.replace("</summary>\n", "\n"), "line 1: document 0 has no <summary>"),
        (PART_II.replace(">2<", ">good<"), "line 6: <human_label> holds 'good', expected 1 to 5"),
        (PART_I.replace("</doc>\n<", "\n<"), "line 1: .*no document of LCSTS"),
        (PART_I[:60], "line 1: a document without its </doc>; is the file whole"),
        (PART_I + "今晚有雨\n</doc>", "line 10: '今晚有雨 </doc>' is no document of LCSTS"),
    ],
)
def test_a_document_out_of_form_is_shown_with_its_line(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(InputError, match=rf"PART_I.txt, ({message})"):
        list(read_lcsts(write(tmp_path / "PART_I.txt", text)))


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16", "utf-16-le"])
def test_a_file_in_another_encoding_has_the_same_rows(tmp_path: Path, encoding: str) -> None:
    plain = list(read_lcsts(write(tmp_path / "PART_I.txt", PART_I)))
    (tmp_path / "PART_I.txt").write_bytes(PART_I.encode(encoding))
    assert is_lcsts(tmp_path / "PART_I.txt")
    assert list(read_lcsts(tmp_path / "PART_I.txt")) == plain


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_lines_of_wide_characters_stay_whole(tmp_path: Path, encoding: str) -> None:
    # The second byte of 上 (U+4E0A) is that of a line feed.
    for name in ("d.txt", "s.txt"):
        (tmp_path / name).write_bytes("上海今晚有雨，请带伞。\n北京晴。\n".encode(encoding))
    rows = list(read_line_pairs(tmp_path / "d.txt", tmp_path / "s.txt"))
    assert [row["document"] for row in rows] == ["上海今晚有雨，请带伞。", "北京晴。"]


def test_a_byte_that_does_not_fit_is_refused_with_its_line(tmp_path: Path) -> None:
    data = PART_I.encode().replace("有雪".encode(), b"\xff", 1)
    (tmp_path / "PART_I.txt").write_bytes(data)
    line = data[: data.index(b"\xff")].count(b"\n") + 1
    with pytest.raises(InputError, match=f"PART_I.txt, line {line}: byte 0xff is not UTF-8"):
        list(read_lcsts(tmp_path / "PART_I.txt"))


def test_a_file_of_documents_is_told_from_one_of_lines(tmp_path: Path) -> None:
    assert is_lcsts(write(tmp_path / "a.txt", "\n " + PART_I))
    assert not is_lcsts(write(tmp_path / "b.txt", "今晚有雨\n<doc id=0>\n"))
    assert not is_lcsts(tmp_path / "absent.txt")


def test_lines_of_two_files_belong_together(tmp_path: Path) -> None:
    source = write(tmp_path / "train.source", "气象部门提醒，今晚有雨。\n\n山区\u2028有雪。")
    target = write(tmp_path / "train.target", "今晚有雨\n\n明天有雪\n")
    assert [tuple(row.values()) for row in read_line_pairs(source, target)] == [
        ("train-1", "气象部门提醒，今晚有雨。", "今晚有雨"),
        ("train-2", "", ""),
        ("train-3", "山区\u2028有雪。", "明天有雪"),
    ]


@pytest.mark.parametrize(("documents", "headlines", "short"), [(2, 3, "s"), (3, 2, "t")])
def test_files_of_different_length_are_refused_where_one_ends(
    tmp_path: Path, documents: int, headlines: int, short: str
) -> None:
    source = write(tmp_path / "s.txt", "今晚有雨。\n" * documents)
    target = write(tmp_path / "t.txt", "有雨\n" * headlines)
    with pytest.raises(InputError, match=rf"{short}.txt ends before line 3 of .*/[st].txt"):
        list(read_line_pairs(source, target))


def test_rows_come_before_the_file_is_read_to_its_end(tmp_path: Path) -> None:
    broken_later = write(tmp_path / "PART_I.txt", PART_I + "<doc id=2>")
    assert len(list(islice(read_lcsts(broken_later), 2))) == 2
