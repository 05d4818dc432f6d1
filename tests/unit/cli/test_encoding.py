"""Encodings are told apart by their bytes; what is none of them is refused with the offset."""

from __future__ import annotations

import codecs
import io
import tracemalloc
from typing import BinaryIO, cast

import pytest

from summae.cli.encoding import detect_encoding, lines, text_pieces
from summae.errors import InputError

SIMPLIFIED = "今年首个台风预计将于周五夜间登陆东南沿海，气象部门提醒渔船尽快回港避风。"
TRADITIONAL = "颱風今晚將在東部登陸，氣象單位提醒民眾避免前往海邊，多個航班已經取消。"


def decode(data: bytes, encoding: str | None = None) -> str:
    return "".join(text_pieces(io.BytesIO(data), "news.txt", encoding))


@pytest.mark.parametrize("text", [SIMPLIFIED, TRADITIONAL, "ASCII only", "", "😀 emoji \U00020000"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_with_and_without_mark_is_read(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SIMPLIFIED, "gb18030"),
        (TRADITIONAL, "gb18030"),
        (TRADITIONAL, "big5"),
        ("1. " + SIMPLIFIED + "\n", "utf-16-le"),
        ("1. " + SIMPLIFIED + "\n", "utf-16-be"),
    ],
)
def test_other_encodings_are_found_out(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("text", "encoding"), [("今晚有雨，请带雨伞", "gb18030"), ("今晚有雨，請帶雨傘", "big5")]
)
def test_a_few_characters_are_enough_evidence(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_evidence_behind_much_ascii_is_waited_for() -> None:
    text = "x" * 200_000 + SIMPLIFIED
    assert decode(text.encode("gb18030")) == text


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5", "utf-16-le"])
@pytest.mark.parametrize("shift", range(4))
def test_a_character_cut_by_a_piece_is_put_together(encoding: str, shift: int) -> None:
    text = "\n" * shift + TRADITIONAL * 3000
    mark = codecs.BOM_UTF16_LE if encoding == "utf-16-le" else b""
    assert decode(mark + text.encode(encoding)) == text


def test_a_named_encoding_is_taken_at_its_word() -> None:
    assert decode("今晚有雨".encode("utf-16-le"), "utf-16-le") == "今晚有雨"


@pytest.mark.parametrize("start", ["", "plain ascii " * 10_000])
def test_binary_data_is_refused_with_the_offset(start: str) -> None:
    data = start.encode() + b"\x89PNG\x00\x01"
    with pytest.raises(InputError, match=rf"0x00 at offset {len(start) + 4} .* binary"):
        decode(data)


def test_undecidable_text_is_refused_with_the_offset() -> None:
    with pytest.raises(InputError, match="0xe9 at offset 3 .* --encoding"):
        detect_encoding("café crème, déjà vu à Genève".encode("latin-1"))


@pytest.mark.parametrize("start", ["今", "今" * 100_000])
def test_a_broken_byte_is_refused_with_its_offset(start: str) -> None:
    data = start.encode() + SIMPLIFIED.encode() * 2000 + b"\xff" + SIMPLIFIED.encode()
    offset = len(start.encode()) + len(SIMPLIFIED.encode()) * 2000
    with pytest.raises(InputError, match=rf"0xff at offset {offset} is not UTF-8"):
        decode(data)


def test_a_character_missing_its_end_is_refused() -> None:
    with pytest.raises(InputError, match=r"at offset 6 is not UTF-8"):
        decode("今晚有".encode()[:-1])


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
    count = sum(1 for _ in lines(text_pieces(stream, "endless")))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count > 2_000_000
    assert peak < 4 << 20
