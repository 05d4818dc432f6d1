"""Encodings are told apart by their bytes; what is none of them is refused with the offset."""

from __future__ import annotations

import codecs
import io

import pytest

from summae.errors import InputError
from summae.text.encoding import detect_encoding, text_pieces

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


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text", ["一一一今晚有一场大雨，请带上雨伞。", "今晚有雨，请带雨伞，明天放晴。"]
)
def test_utf16_needs_no_ascii_to_be_found_out(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_nearly_good_utf8_is_utf8() -> None:
    data = SIMPLIFIED.encode() + b"\xff" + SIMPLIFIED.encode()
    with pytest.raises(InputError, match="0xff at offset 108 is not UTF-8"):
        decode(data)


def test_a_stray_control_character_does_not_make_text_binary() -> None:
    assert decode("今晚\x07有雨\x08。".encode()) == "今晚\x07有雨\x08。"


@pytest.mark.parametrize("data", [b"\x01\x02ab\x03", "今晚\0有雨".encode()])
def test_many_control_characters_or_a_zero_do(data: bytes) -> None:
    with pytest.raises(InputError, match="binary file"):
        decode(data)


@pytest.mark.parametrize(
    ("written", "named"), [("utf-8-sig", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16")]
)
def test_the_mark_of_a_named_encoding_is_no_text(written: str, named: str) -> None:
    assert decode("今晚有雨".encode(written), named) == "今晚有雨"


def test_utf16_by_name_without_a_mark_asks_for_the_order() -> None:
    with pytest.raises(InputError, match="name -le or -be too"):
        decode("今晚有雨".encode("utf-16-le"), "utf-16")


def test_an_encoding_that_was_named_is_not_advised() -> None:
    with pytest.raises(InputError, match="repair it$"):
        decode(b"\xff", "utf-8")
