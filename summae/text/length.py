"""How long a summary should be, and how to shorten one that came out too long."""

from __future__ import annotations

import numbers
import re
from dataclasses import dataclass
from typing import Literal

_FULL_STOPS = "。！？…"
_SOFT_MARKS = "，、；：,;: "

# Western marks inside a number, a time or an address (3,000 or 10:30) and spaces between Latin
# words (New York) are inside a clause, not between two.
_CLAUSE_BOUNDARY = re.compile(
    r"[，。！？；：、…]|(?<![0-9A-Za-z])[,;:!? ]|[,;:!?](?![0-9A-Za-z])| (?![0-9A-Za-z])"
)
# A number belongs together with its power of ten and its unit: 3.5亿元 cut to 3.5 would be false, and
# so would 26日 cut to 26.
_UNITS = (
    "毫米|厘米|分米|公里|千米|海里|公斤|千克|毫克|毫升|公顷|平方米|平方公里|立方米|小时|分钟|摄氏度|个百分点"
    "|美元|欧元|日元|英镑|港元|韩元|卢布|人次|千瓦时|千瓦|吉瓦|[\u4e00-\u9fff]"
)
_NUMERALS = "〇零一二两兩三四五六七八九十百千万萬亿億兆"
_WORD = re.compile(
    r"[0-9A-Za-z]*[A-Za-z](?:[.,:'’&/_-]?[0-9A-Za-z]+)*"
    rf"|[0-9]+(?:[.,:/~～-][0-9]+)*(?:[%‰℃]|°C|[十百千万萬亿億兆]*(?:{_UNITS})?)"
    rf"|[{_NUMERALS}]+(?:[点點][{_NUMERALS}]+)?(?:{_UNITS})?"
)

_QUOTES = {"“": "”", "‘": "’", "「": "」", "『": "』"}
_BRACKETS = {"（": "）", "《": "》", "【": "】", "〈": "〉", "〔": "〕", "(": ")", "[": "]"}
_CLOSING_TO_OPENING = {closing: opening for opening, closing in (_QUOTES | _BRACKETS).items()}


@dataclass(frozen=True)
class Length:
    """A wanted length, in code points after normalisation; made by `characters` or `ratio`."""

    value: float
    unit: Literal["characters", "share"]

    def __post_init__(self) -> None:
        value: object = self.value
        is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
        if self.unit == "characters":
            if not is_number or not isinstance(value, int) or value < 1:
                raise ValueError(
                    f"characters is a whole number of at least 1, got {value!r}; "
                    "for a fifth of the document use Length.ratio(0.2)."
                )
        elif self.unit == "share":
            if not is_number or not 0 < self.value <= 1:
                raise ValueError(
                    f"ratio is a share of the document in (0, 1], got {value!r}; "
                    "for 20 characters use Length.characters(20)."
                )
        else:
            raise ValueError(
                f"a length is counted in 'characters' or as a 'share', got {self.unit!r}; "
                "write Length.characters(20) or Length.ratio(0.2)."
            )

    @classmethod
    def characters(cls, count: int) -> Length:
        """`count` code points, whatever the document's length.

        Raises:
            ValueError: If `count` is not a whole number of at least 1.
        """
        return cls(count, "characters")

    @classmethod
    def ratio(cls, share: float) -> Length:
        """`share` times the document's length.

        Raises:
            ValueError: If `share` is not in (0, 1].
        """
        return cls(share, "share")

    def resolve(self, document_characters: int) -> int:
        """The wanted number of code points for a document of so many; at least 1.

        A share is rounded to the nearest whole number, halves to the even one.

        Raises:
            ValueError: If `document_characters` is negative.
        """
        if document_characters < 0:
            raise ValueError(
                f"document_characters is a number of code points, got {document_characters}."
            )
        if self.unit == "characters":
            return int(self.value)
        return max(1, round(self.value * document_characters))


def trim(summary: str, max_characters: int) -> tuple[str, bool]:
    """Shorten to at most `max_characters` code points and tell whether that was necessary.

    The cut falls behind the last clause that fits, if that keeps at least half of
    `max_characters`; else at the limit, or in front of the Latin word, or the number with its unit, that stands there.
    The result has no dangling comma and no opening mark without its closing one where that can be
    avoided, and is never empty unless `summary` is.

    >>> trim("台风今晚登陆，沿海停航，学校停课", 12)
    ('台风今晚登陆，沿海停航', True)

    Raises:
        ValueError: If `max_characters` is less than 1.
    """
    if max_characters < 1:
        raise ValueError(f"max_characters must be at least 1, got {max_characters}.")
    if len(summary) <= max_characters:
        return summary, False
    at_least = max_characters / 2
    for end in _clause_ends(summary, max_characters):
        clause = _tidy(summary[:end], at_least)
        if len(clause) >= at_least:
            return clause, True
    cut = summary[: _end_of_whole_word(summary, max_characters)]
    return _tidy(cut, at_least) or cut, True


def _clause_ends(summary: str, limit: int) -> list[int]:
    """Ends of the clauses that fit into `limit`, the last one first."""
    ends = []
    for boundary in _CLAUSE_BOUNDARY.finditer(summary):
        # A mark just behind the limit shows that a whole clause stands in front of it.
        if boundary.start() > limit:
            break
        keeps_mark = boundary.group() in _FULL_STOPS and boundary.end() <= limit
        ends.append(boundary.end() if keeps_mark else boundary.start())
    return ends[::-1]


def _end_of_whole_word(summary: str, limit: int) -> int:
    """`limit`, or the start of the word or figure that it would cut, unless nothing is left."""
    for word in _WORD.finditer(summary):
        if word.start() >= limit:
            break
        if word.end() > limit:
            return word.start() or limit
    return limit


def _tidy(cut: str, at_least: float) -> str:
    """Drop what a cut leaves dangling at the end: soft marks and openings without an end.

    A bracket is dropped with what stands in it, as long as `at_least` code points are left, since
    a remark would read as part of the sentence; a quotation loses its opening mark only.
    """
    cut = cut.rstrip(_SOFT_MARKS)
    unclosed = _unclosed_marks(cut)
    while unclosed:
        mark = unclosed.pop()
        before = cut[:mark].rstrip(_SOFT_MARKS)
        is_remark = cut[mark] in _BRACKETS and len(before) >= at_least
        cut = before if is_remark else (cut[:mark] + cut[mark + 1 :]).rstrip(_SOFT_MARKS)
    return cut


def _unclosed_marks(text: str) -> list[int]:
    """Positions of the opening quotes and brackets that `text` does not close, from left to right."""
    unclosed: list[int] = []
    for position, character in enumerate(text):
        if character in _QUOTES or character in _BRACKETS:
            unclosed.append(position)
        elif unclosed and text[unclosed[-1]] == _CLOSING_TO_OPENING.get(character):
            unclosed.pop()
    return unclosed
