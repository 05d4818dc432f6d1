"""Lines are numbered, decoded one by one, and read in constant memory."""

from __future__ import annotations

import io
import tracemalloc
from typing import BinaryIO, cast

import pytest

from summae.cli.lines import Line, lines, read_lines
from summae.errors import InputError

SIMPLIFIED = "今年首个台风预计将于周五夜间登陆东南沿海，气象部门提醒渔船尽快回港避风。"


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
            return (b"one line\n" * (size // 9 + 1))[:size]

    tracemalloc.start()
    stream = cast("BinaryIO", Endless())
    count = sum(1 for _ in read_lines(stream, "endless"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count > 2_000_000
    assert peak < 4 << 20
