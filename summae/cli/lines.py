"""Bytes to numbered lines: what cannot be decoded costs its own line only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from summae.errors import InputError
from summae.text.encoding import (
    PIECE_BYTES,
    detect_encoding,
    is_ascii_based,
    not_decodable,
    refuse_binary,
    split_mark,
    text_pieces,
)

_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
"""Encodings in units of two or four bytes: a line feed is one where a unit begins."""
_ZEROS_ALLOWED = 0.05
"""Share of zero bytes that a damaged table may begin with; more are a binary file."""


@dataclass(frozen=True)
class Line:
    """A line of a file without its line end; only LF and CR LF end one."""

    number: int
    text: str
    """With U+FFFD in the place of bytes that do not fit."""
    problem: str | None = None


def read_lines(stream: BinaryIO, name: str, encoding: str | None = None) -> Iterator[Line]:
    """Read a stream line by line, holding a piece of it at a time.

    Args:
        stream: Open for reading bytes.
        name: What to call it in messages.
        encoding: None to find out.

    Raises:
        InputError: The file is binary, or broken and in an encoding that leaves no line to hold on to.
    """
    head = stream.read(PIECE_BYTES)
    known, mark = split_mark(head, encoding)
    if known is None and (b"\0" in head or not head.isascii()):
        known = _detect(head, name)
        if known is None or is_ascii_based(known):
            refuse_binary(head, name, 0, zeros_allowed=_ZEROS_ALLOWED)
    decoder = _LineDecoder(name, known, is_named=encoding is not None)
    if known in _WIDE:
        yield from decoder.lines(_raw_lines(head[len(mark) :], stream, "\n".encode(known)), mark)
        return
    if known is not None and not is_ascii_based(known):
        # A line feed's byte may be part of another character, wherever it stands.
        wide = text_pieces(_Again(head, stream), name, known)  # type: ignore[arg-type]
        for number, text in enumerate(lines(wide), start=1):
            yield Line(number, text)
        return
    yield from decoder.lines(_raw_lines(head[len(mark) :], stream), mark)


def lines(pieces: Iterator[str]) -> Iterator[str]:
    """Cut pieces of text into lines without their line ends; only LF and CR LF end a line."""
    rest = ""
    for piece in pieces:
        *whole, rest = (rest + piece).split("\n")
        for line in whole:
            yield line.removesuffix("\r")
    if rest:
        yield rest.removesuffix("\r")


class _Again:
    """A stream whose first bytes were read already and are read once more."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head = head
        self._stream = stream

    def read(self, size: int) -> bytes:
        head, self._head = self._head, b""
        return head or self._stream.read(size)


class _LineDecoder:
    """Decodes lines; the first that is not ASCII decides the encoding where none is known."""

    def __init__(self, name: str, encoding: str | None, *, is_named: bool) -> None:
        self._name = name
        self._encoding = encoding
        self._is_named = is_named

    def lines(self, raw: Iterator[bytes], mark: bytes) -> Iterator[Line]:
        """Decode lines with their line ends, of which the first comes after a byte order mark."""
        offset = len(mark)
        decode = self._decode_wide if self._encoding in _WIDE else self._decode
        for number, line in enumerate(raw, start=1):
            yield decode(line, number, offset)
            offset += len(line)

    def _decode_wide(self, line: bytes, number: int, offset: int) -> Line:
        where = f"{self._name}, line {number}"
        encoding = self._encoding or "utf-16-le"
        text = line.decode(encoding, "replace").removesuffix("\n").removesuffix("\r")
        try:
            line.decode(encoding)
        except UnicodeError as error:
            problem = not_decodable(where, error, encoding, offset, self._is_named)
            return Line(number, text, problem)
        if "\0" in text:
            problem = f"{where}: the character U+0000 is in no text; repair it"
            return Line(number, text.replace("\0", "\ufffd"), problem)
        return Line(number, text)

    def _decode(self, line: bytes, number: int, offset: int) -> Line:
        where = f"{self._name}, line {number}"
        content = line.removesuffix(b"\n").removesuffix(b"\r")
        if self._encoding is None and not content.isascii():
            # The line feed shows that a character at the end is whole.
            found = _detect(content + b"\n", self._name)
            self._encoding = found if found and is_ascii_based(found) else None
        # Where it cannot be told, the next line may tell; this one then says why it is unusable.
        encoding = self._encoding or "utf-8"
        zero = content.find(b"\0")
        if zero >= 0:
            text = content.decode(encoding, "replace").replace("\0", "\ufffd")
            problem = f"{where}: byte 0x00 at offset {offset + zero} is in no text; repair it"
            return Line(number, text, problem)
        try:
            return Line(number, content.decode(encoding))
        except UnicodeError as error:
            problem = not_decodable(where, error, encoding, offset, self._is_named)
            return Line(number, content.decode(encoding, "replace"), problem)


def _raw_lines(piece: bytes, stream: BinaryIO, line_feed: bytes = b"\n") -> Iterator[bytes]:
    """Lines with their line feeds, which stand at multiples of their own width."""
    rest = bytearray()
    searched = 0
    while piece:
        rest += piece
        start = 0
        while (found := rest.find(line_feed, searched)) >= 0:
            if (found - start) % len(line_feed):
                searched = found + 1
                continue
            end = found + len(line_feed)
            yield bytes(rest[start:end])
            start = searched = end
        del rest[:start]
        searched = max(0, len(rest) - len(line_feed) + 1)
        piece = stream.read(PIECE_BYTES)
    if rest:
        yield bytes(rest)


def _detect(sample: bytes, name: str) -> str | None:
    for evidence in (sample, sample.replace(b"\0", b"")):
        try:
            return detect_encoding(evidence, name)
        except InputError:
            continue
    return None
