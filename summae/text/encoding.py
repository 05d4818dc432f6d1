"""Bytes to text: UTF-8, UTF-16, GB18030 and Big5 are told apart; what is none of them is refused.

The decision falls at the first byte that is not ASCII, because until there all of them agree. So a
file of any size is read piece by piece.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from summae.errors import InputError

PIECE_BYTES = 1 << 16
_EVIDENCE_BYTES = 1 << 14
"""Bytes that are looked at to tell GB18030 from Big5."""

_IF_WIDE = "if it is UTF-16, name that with --encoding utf-16-le"
_WAY_OUT = "save it as UTF-8 or name its encoding with --encoding"

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What text files hold besides characters: tab, line feed, form feed, carriage return, escape.
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\x0b\x0c\r\x1a\x1b"))
# A stray control character is a slip of the keyboard; so many are no text.
_TOO_MANY_CONTROLS = 1 / 8
_STRAY_ZEROS = 1 / 1000
# Text in another encoding decodes as UTF-8 here and there only; so many good ones a bad byte.
_MOSTLY = 4

# The characters that make up about half of any Chinese text, in both scripts, and punctuation.
_FREQUENT = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用"
    "道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日军者意无力"
    "它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应向头文体政美相见被利什二等产或新"
    "己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教原东提立及比员解水名真论处走义各入几口认条平系气题"
    "活更别打变四总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指许统区保至队形社便空决展科司五"
    "基眼书非则听界达光放强即像难且权思完设式色路记南品住告类求据程北边死张该交规万取拉望觉术领共确传师观清今切院让"
    "識这個們來為國說時會對著過發後裡種經麼學現當沒動還進樣從實無與長機關點業將兩間問應頭體見產話東員論處義條係氣題"
    "變總電數報結務場計資區隊決書聽達強難權設記類據邊張該規萬覺術領傳師觀讓識帶中央社報導新華訊氣象颱風臺灣台"
    "，。、；：？！“”（）《》「」『』·…—"
)
# Shares of readable characters: texts in the right encoding reach 0.6, in a wrong one below 0.3.
_READABLE = 0.4
_CLEARLY_MORE_READABLE = 0.15
_COST_OF_A_BAD_BYTE = 3.0


def text_pieces(stream: BinaryIO, name: str, encoding: str | None = None) -> Iterator[str]:
    """Decode a stream piece by piece.

    Args:
        stream: Open for reading bytes.
        name: What to call it in messages.
        encoding: None to find out.

    Raises:
        InputError: A byte does not fit, or the encoding cannot be told; the message says where.
    """
    is_named = encoding is not None
    piece = stream.read(PIECE_BYTES)
    encoding, mark = split_mark(piece, encoding)
    piece, offset = piece[len(mark) :], len(mark)
    while piece and encoding is None:
        if not piece.isascii() or b"\0" in piece:
            # A character may be cut at the end of a piece: more evidence, and whole characters.
            piece += stream.read(_EVIDENCE_BYTES)
            encoding = detect_encoding(piece, name, offset)
        else:
            refuse_binary(piece, name, offset)
            yield piece.decode("ascii")
            offset += len(piece)
            piece = stream.read(PIECE_BYTES)
    if encoding is None:
        return
    yield from _decode(piece, stream, name, encoding, offset, is_named)


def encoding_of(path: Path) -> str:
    """The encoding of a file, as `open` takes it; that of one without any text is UTF-8.

    Raises:
        InputError: It is binary, or in none of the encodings that are known.
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        piece, offset = file.read(PIECE_BYTES), 0
        marked, _ = split_mark(piece, None)
        if marked is not None:
            return "utf-8-sig" if marked == "utf-8" else "utf-16"
        while piece.isascii() and b"\0" not in piece:
            offset += len(piece)
            piece = file.read(PIECE_BYTES)
            if not piece:
                return "utf-8"
        sample = piece + file.read(_EVIDENCE_BYTES)
    if sample.count(b"\0") <= _STRAY_ZEROS * len(sample):
        sample = sample.replace(b"\0", b"")
    return detect_encoding(sample, str(path), offset, way_out="save it as UTF-8")


def split_mark(piece: bytes, encoding: str | None) -> tuple[str | None, bytes]:
    """The encoding that a byte order mark shows, or else the one named, and the mark.

    Args:
        piece: The first bytes of a file.
        encoding: The one named, if any; only its own mark is then one.
    """
    for mark, marked in _BYTE_ORDER_MARKS:
        # A mark of byte order belongs to `utf-16` too, and `utf-8-sig` is UTF-8 with a mark.
        own = (None, marked, f"{marked}-sig", marked.removesuffix("-le").removesuffix("-be"))
        if piece.startswith(mark) and encoding in own:
            return marked, mark
    return ("utf-8" if encoding == "utf-8-sig" else encoding), b""


def detect_encoding(
    sample: bytes, name: str = "input", offset: int = 0, *, way_out: str = _WAY_OUT
) -> str:
    """Name the encoding of a sample of text that has no byte order mark.

    A few broken bytes in UTF-8 leave it UTF-8.

    Args:
        sample: The beginning of the text, or of its part that is not ASCII; it may end within a
            character.
        name: What to call it in messages.
        offset: Position of the sample in bytes, for messages.
        way_out: What to do if none is found, for messages.

    Returns:
        A name for `codecs.lookup`.

    Raises:
        InputError: The bytes are binary data, or text in none of the encodings that are known.
    """
    if b"\0" in sample:
        wide, readability = _best(sample, "utf-16-le", "utf-16-be")
        if readability >= _READABLE:
            return wide
    refuse_binary(sample, name, offset, way_out=way_out)
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(sample)
    bad = text.count("\ufffd") - sample.count("\ufffd".encode())
    if sum(not character.isascii() for character in text) - bad >= _MOSTLY * bad:
        return "utf-8"
    encoding, readability = _best(sample, "gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
    if readability < _READABLE:
        position = _first_error(sample)
        raise InputError(
            f"{name}: cannot tell the encoding: byte 0x{sample[position]:02x} at offset "
            f"{offset + position} is not UTF-8, and the text is not clearly GB18030, Big5 or "
            f"UTF-16; {way_out}"
        )
    return encoding


def refuse_binary(
    piece: bytes, name: str, offset: int, *, zeros_allowed: float = 0.0, way_out: str = ""
) -> None:
    """Let a few control characters pass, but no binary data.

    Args:
        piece: Part of a file in an encoding that contains ASCII.
        name: What to call the file in messages.
        offset: Position of the piece in bytes.
        zeros_allowed: Share of zero bytes that text may have.
        way_out: What to do if it is text even so, for messages; by default, to name its encoding.

    Raises:
        InputError: The piece holds too many bytes that are not in texts.
    """
    rest = piece.translate(None, _CONTROLS)
    zeros, controls = piece.count(0), len(piece) - len(rest)
    size = offset + len(piece)
    if zeros <= zeros_allowed * size and controls <= _TOO_MANY_CONTROLS * size:
        return
    # The zeros are the clearer sign, where there are any.
    signs = b"\0" if zeros else _CONTROLS
    position = next(i for i, byte in enumerate(piece) if byte in signs)
    raise InputError(
        f"{name}: byte 0x{piece[position]:02x} at offset {offset + position} shows that this "
        f"is a binary file, not text; {way_out or _IF_WIDE}"
    )


def not_decodable(where: str, error: UnicodeError, encoding: str, offset: int, named: bool) -> str:
    """The message about bytes that do not fit.

    Args:
        where: File and line.
        error: What the decoder raised.
        encoding: The decoder's name.
        offset: Position in the file of the first byte that the decoder was given.
        named: Whether the encoding was named on the command line.
    """
    if not isinstance(error, UnicodeDecodeError):
        return f"{where}: not {encoding.upper()}: {error}; without a mark, name -le or -be too"
    advice = "repair it" if named else "repair it or name the encoding with --encoding"
    return (
        f"{where}: byte 0x{error.object[error.start]:02x} at offset {offset + error.start} is not "
        f"{encoding.upper()}; {advice}"
    )


def _decode(
    piece: bytes, stream: BinaryIO, name: str, encoding: str, offset: int, is_named: bool
) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    while True:
        if is_ascii_based(encoding):
            refuse_binary(piece, name, offset)
        # Other decoders than those of a byte order keep no bytes, or hide them.
        pending = len(decoder.getstate()[0] or b"")
        try:
            yield decoder.decode(piece, final=not piece)
        except UnicodeError as error:
            message = not_decodable(name, error, encoding, offset - pending, is_named)
            raise InputError(message) from error
        if not piece:
            return
        offset += len(piece)
        piece = stream.read(PIECE_BYTES)


def is_ascii_based(encoding: str) -> bool:
    """Whether ASCII is itself in this encoding, so that bytes can be cut into lines."""
    try:
        return '\n{"a'.encode(encoding) == b'\n{"a'
    except UnicodeError:
        return False


def _first_error(sample: bytes) -> int:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError as error:
        return error.start
    return 0


def _best(sample: bytes, *encodings: str) -> tuple[str, float]:
    """The encoding in which a sample is clearly the most readable, and how readable it is there."""
    evidence = sample[:_EVIDENCE_BYTES]
    shares = sorted(((_readability(evidence, e), e) for e in encodings), reverse=True)
    (best, encoding), (second, _) = shares[:2]
    return encoding, best if best - second >= _CLEARLY_MORE_READABLE else 0.0


def _readability(sample: bytes, encoding: str) -> float:
    """Share of frequent characters among the non-ASCII ones, rarer common ones counted half."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample)
    characters = [character for character in text if not character.isascii()]
    points = sum(1.0 if c in _FREQUENT else 0.5 * _is_common(c) for c in characters)
    points -= _COST_OF_A_BAD_BYTE * text.count("\ufffd")
    return points / max(1, len(characters))


def _is_common(character: str) -> bool:
    """Whether a national standard lists it among its first level of common characters."""
    for standard, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        try:
            encoded = character.encode(standard)
        except UnicodeEncodeError:
            continue
        if len(encoded) == 2 and first <= encoded[0] <= last:
            return True
    return False
