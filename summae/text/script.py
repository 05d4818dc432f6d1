"""Simplified and traditional script: tell them apart, convert for the model, write the summary back."""

from __future__ import annotations

import re
from collections import Counter
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

_HAN = "".join(map(chr, [*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)]))
"""The basic block and extension A: every character that OpenCC converts in ordinary text."""

_ALSO_SIMPLIFIED = frozenset("乾吒夥徵拚捱摺榘菸薹袷醣麴麽")
"""OpenCC converts these, yet simplified texts use them too (乾坤, 徵羽, 紫薹)."""


_ANY_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")


class Script(str, Enum):
    """The script that a text is written in."""

    SIMPLIFIED = "simplified"
    TRADITIONAL = "traditional"
    NEUTRAL = "neutral"
    """No character tells: Latin text, numbers, or characters that both scripts share."""


def detect_script(text: str) -> Script:
    """Decide by majority between the characters that only one script uses.

    Shared characters (天, 人) and ambiguous ones (后 里 面 干 台 只, which are traditional
    characters too) do not count. A draw counts as simplified, because then nothing is converted.

    >>> detect_script("颱風登陸").value, detect_script("台风登陆").value, detect_script("晴天").value
    ('traditional', 'simplified', 'neutral')
    """
    simplified_only, traditional_only = _telling_characters()
    simplified = traditional = 0
    for character, count in Counter(text).items():
        if character in traditional_only:
            traditional += count
        elif character in simplified_only:
            simplified += count
    if traditional > simplified:
        return Script.TRADITIONAL
    return Script.SIMPLIFIED if simplified else Script.NEUTRAL


def has_han(text: str) -> bool:
    """Whether there is any Chinese character, however rare; Japanese uses them, too."""
    return _ANY_HAN.search(text) is not None


def to_simplified(text: str) -> str:
    """Convert characters to simplified script; the result has the length of `text`.

    Only characters change, so words of Taiwan or Hong Kong stay (網路 becomes 网路, not 网络), and
    position i of the result is position i of `text`.
    """
    return _convert("t2s", text)


def to_traditional(summary: str, document: str) -> str:
    """Write a simplified summary in the characters of the traditional document it summarises.

    1. Pieces of two or more characters that the document contains, longest first, are copied as
       the document writes them (台風 or 颱風, 裡 or 裏).
    2. A remaining character that the document writes in a single way is written that way, unless
       the words around it tell OpenCC otherwise (頭髮 in a document that has 發 only).
    3. Everything else is OpenCC's conversion in context, in the style of the document: Taiwan or
       Hong Kong, whichever has fewer objections to the document's characters (臺 說 裡 are Taiwan's,
       台 説 裏 着 Hong Kong's); Taiwan if both have as many.

    Args:
        summary: The model's simplified output, normalised like the document.
        document: The document in traditional script, normalised.

    Returns:
        The summary in traditional script; as long as `summary`.
    """
    source = to_simplified(document)
    wanted = to_simplified(summary)
    style = _style(document)
    converted = _convert(style, summary)

    spellings: dict[str, set[str]] = {}
    for simplified, written in set(zip(source, document, strict=True)):
        spellings.setdefault(simplified, set()).add(written)

    result = list(converted)
    for position, character in enumerate(wanted):
        forms = spellings.get(character, set())
        if len(forms) == 1 and converted[position] == _convert(style, character):
            (result[position],) = forms
    for start, end in _copied_spans(wanted, source):
        result[start:end] = _spelling(wanted[start:end], converted[start:end], source, document)
    return "".join(result)


def _spelling(span: str, converted: str, source: str, document: str) -> str:
    """How the document writes `span`: OpenCC's way if it ever does, else as it does first."""
    first = found = source.find(span)
    while found >= 0:
        if document.startswith(converted, found):
            return converted
        found = source.find(span, found + 1)
    return document[first : first + len(span)]


def _copied_spans(wanted: str, source: str) -> list[tuple[int, int]]:
    """Disjoint spans of `wanted`, at least two characters long, that `source` contains.

    The longest comes first and what it leaves on both sides is searched again; of two equally long
    spans the left one wins.
    """
    reach = _reach(wanted, source)
    spans: list[tuple[int, int]] = []
    gaps = [(0, len(wanted))]
    while gaps:
        left, right = gaps.pop()
        if right - left < 2:
            continue
        start = max(range(left, right), key=lambda i: min(reach[i], right) - i)
        end = min(reach[start], right)
        if end - start >= 2:
            spans.append((start, end))
            gaps += [(left, start), (end, right)]
    return spans


def _reach(wanted: str, source: str) -> list[int]:
    """For each start in `wanted`, the furthest end such that `source` contains the piece between."""
    reach: list[int] = []
    end = 0
    for start in range(len(wanted)):
        # What could be reached from the start before can be reached from here.
        end = max(end, start)
        while end < len(wanted) and wanted[start : end + 1] in source:
            end += 1
        reach.append(end)
    return reach


def _style(document: str) -> str:
    """Name the OpenCC conversion whose regional characters the document contradicts least."""
    counts = Counter(document)
    characters = "\n".join(c for c in counts if not c.isspace() and c.isprintable())

    def objections(config: str) -> int:
        converted = _convert(config, characters)
        return sum(
            counts[c] for c, standard in zip(characters, converted, strict=True) if c != standard
        )

    return "s2hk" if objections("t2hk") < objections("t2tw") else "s2tw"


def _convert(config: str, text: str) -> str:
    """Convert by OpenCC, character by character if it would change the length or refuse the text."""
    try:
        converted: str = _converter(config).convert(text)
    except UnicodeEncodeError:  # a lone surrogate
        return text.translate(_single_characters(config))
    if len(converted) != len(text):
        return text.translate(_single_characters(config))
    return converted


@cache
def _converter(config: str) -> OpenCC:
    # A machine that only trains measures its summaries without it.
    from opencc import OpenCC

    return OpenCC(config)


@cache
def _single_characters(config: str) -> dict[int, str]:
    """Each Han character that `config` changes when it stands alone, with what it becomes."""
    converted = _converter(config).convert("\n".join(_HAN)).split("\n")
    return {
        ord(character): other
        for character, other in zip(_HAN, converted, strict=True)
        if character != other and len(other) == 1
    }


@cache
def _telling_characters() -> tuple[frozenset[str], frozenset[str]]:
    """The characters that only simplified and that only traditional texts use."""
    table = _single_characters("t2s")
    traditional = frozenset(map(chr, table)) - _ALSO_SIMPLIFIED
    simplified = frozenset(c for c in table.values() if not _is_common_in_taiwan(c))
    return simplified, traditional


def _is_common_in_taiwan(character: str) -> bool:
    """Whether Big5 lists the character among its 5401 frequently used ones (lead bytes A4 to C6)."""
    try:
        return character.encode("big5") < b"\xc7"
    except UnicodeEncodeError:
        return False
