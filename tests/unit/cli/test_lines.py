"""Lines are numbered, decoded one by one, and read in constant memory."""

from __future__ import annotations

import io
import re
import tracemalloc
from typing import BinaryIO, cast

import pytest

from summae.cli.lines import Line, lines, read_lines
from summae.errors import InputError

SIMPLIFIED = "今年首个台风预计将于周五夜间登陆东南沿海，气象部门提醒渔船尽快回港避风。"
LONG_LINE = b"one line " * 100 + b"\n"


def read(data: bytes, encoding: str | None = None) -> list[Line]:
    return list(read_lines(io.BytesIO(data), "a.jsonl", encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "gb18030"])
def test_lines_come_out_of_every_encoding(encoding: str) -> None:
    text = f"1. {SIMPLIFIED}\r\n\n2. {SIMPLIFIED}"
    found = [(1, f"1. {SIMPLIFIED}"), (2, ""), (3, f"2. {SIMPLIFIED}")]
    assert read(text.encode(encoding)) == [Line(*line) for line in found]


def test_a_bad_line_keeps_its_place_in_a_known_encoding() -> None:
    data = f"{SIMPLIFIED}\n".encode("gb18030")
    first, second, third = read(data + b"\xff\xff\n" + data)
    assert (first.text, third.text) == (SIMPLIFIED, SIMPLIFIED)
    assert f"a.jsonl, line 2: byte 0xff at offset {len(data)} is not GB18030" in str(second.problem)


def test_a_first_line_that_tells_nothing_does_not_decide_for_the_others() -> None:
    ascii_lines = b"plain\n" * 20_000  # more than is looked at in the beginning
    data = ascii_lines + b"caf\xe9\n" + f"{SIMPLIFIED}\n".encode("gb18030")
    *_, odd, last = read(data)
    assert "byte 0xe9" in str(odd.problem)
    assert (last.text, last.problem) == (SIMPLIFIED, None)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("\ud800", "is not UTF-16"),  # half of a pair
        ("\0", "the character U[+]0000 is in no text"),
    ],
)
def test_a_bad_line_of_utf16_keeps_its_place(encoding: str, bad: str, message: str) -> None:
    before = f"\ufeff{SIMPLIFIED}\r\n今晚".encode(encoding)
    data = before + (bad + "有雨\n").encode(encoding, "surrogatepass")
    first, second, third = read(data + SIMPLIFIED.encode(encoding))
    assert (first, third) == (Line(1, SIMPLIFIED), Line(3, SIMPLIFIED))
    assert second.text == "今晚\ufffd有雨"
    assert re.search(f"a.jsonl, line 2: .*{message}", str(second.problem))
    if bad != "\0":
        assert f"at offset {len(before)} " in str(second.problem)


def test_half_a_character_at_the_end_of_utf16_costs_the_last_line() -> None:
    data = f"\ufeff{SIMPLIFIED}\n今晚有雨\n".encode("utf-16-le")
    first, second = read(data[:-3])
    assert first == Line(1, SIMPLIFIED)
    assert f"line 2: byte 0xe8 at offset {len(data) - 4} is not UTF-16" in str(second.problem)


def test_a_line_feed_of_utf16_is_one_where_a_character_begins() -> None:
    # 4e 0a | 00 4e: the bytes 0a 00 in the middle are halves of two characters.
    text = "\u0a4e\u4e00" * 3
    assert read(f"\ufeff{text}\n{text}".encode("utf-16-le")) == [Line(1, text), Line(2, text)]


def test_lines_of_utf16_longer_than_a_piece_are_whole() -> None:
    lines_written = [SIMPLIFIED * 3000, "", SIMPLIFIED * 2001]  # pieces are 32768 characters
    data = ("\ufeff" + "\n".join(lines_written)).encode("utf-16-be")
    assert [line.text for line in read(data)] == lines_written


def test_binary_data_is_no_table() -> None:
    with pytest.raises(InputError, match="binary file"):
        read(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0")


def test_a_long_line_over_many_pieces_is_one() -> None:
    (line,) = read(("x" * 300_000 + SIMPLIFIED).encode())
    assert line.text == "x" * 300_000 + SIMPLIFIED


def test_only_line_feeds_end_a_line() -> None:
    pieces = iter(["一\r\n二\u2028二\n", "\n三", "三\r", "\n四\x0b四"])
    assert list(lines(pieces)) == ["一", "二\u2028二", "", "三三", "四\x0b四"]


def test_a_large_file_is_read_in_constant_memory() -> None:
    class Endless(io.RawIOBase):
        """Twenty megabytes of lines that nobody holds."""

        left = 20 << 20

        def read(self, size: int = -1) -> bytes:
            size = min(size, self.left)
            self.left -= size
            return (LONG_LINE * (size // len(LONG_LINE) + 1))[:size]

    tracemalloc.start()
    stream = cast("BinaryIO", Endless())
    count = sum(1 for _ in read_lines(stream, "endless"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count > 20_000
    assert peak < 4 << 20
