"""Candidates that a document offers itself: runs of its clauses, never cut inside what belongs together.

A clause ends at a mark that stands outside quotes, titles and brackets, and inside no number, time or
address: 《快跑吧！小猫》 is one name, 3,999 one number. A run of up to three clauses of one sentence reads
as a person wrote it. Whether it can stand alone, the scorer says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from summae.text.script import has_han

OPENING = 240
"""Characters of a document in which spans are looked for; the generator reads not much more."""
SHORTEST, LONGEST = 6, 40
"""Characters of a span; headlines are rarely longer."""
_MOST_CLAUSES = 3

_CLOSING = {
    "“": "”",
    "‘": "’",
    "「": "」",
    "『": "』",
    "《": "》",
    "〈": "〉",
    "（": "）",
    "(": ")",
    "【": "】",
    "[": "]",
    "〔": "〕",
}
_FARTHEST_CLOSING = 80
"""Characters within which a quote, title or bracket closes; else its mark stands for nothing."""
SAYING = re.compile(
    r"(?:表示|称|说|介绍|指出|认为|强调|透露|宣布|提醒|通报|公告|发布|发文|回应|呼吁|报道|显示|消息|获悉"
    r"|预测|预计|警告|建议|证实|坦言|直言)$"
)
"""At the end of a clause: what follows are somebody's words."""
_LONGEST_NAME = 12
"""Characters of a name in quotes, which may hold marks of its own."""
_SENTENCE_ENDS = "。！？；!?;\n…"
_CLAUSE_ENDS = "，：,:" + _SENTENCE_ENDS
_CLOSERS = "".join(_CLOSING.values())
_EDGES = "，。：；、！,.:;!… \n—-*●•▪■◆※#"
"""What a span does without at its ends; a question stays one."""
_ASIDE = re.compile(r"（[^（）]{0,20}）")


@dataclass(frozen=True)
class Span:
    """A piece of a document: `document[start:end]`."""

    start: int
    end: int
    is_reported: bool = False
    """Its sentence says who says so, and it leaves that out."""


@dataclass(frozen=True)
class Clause:
    """A clause and the place of the mark that ends it."""

    start: int
    end: int
    """Its mark is included."""
    ends_sentence: bool


def clauses(document: str, *, until: int = OPENING) -> list[Clause]:
    """The clauses of a document's beginning, in order and without a gap.

    >>> text = "综艺《出发吧，少年！》昨晚收官，票房3,999元。"
    >>> [text[clause.start : clause.end] for clause in clauses(text)]
    ['综艺《出发吧，少年！》昨晚收官，', '票房3,999元。']

    Args:
        document: Cleaned.
        until: Clauses that end behind so many characters are left out, unless there is no other.
    """
    found: list[Clause] = []
    start = place = 0
    while place < len(document) and (place <= until or not found):
        closed = _closed(document, place)
        if closed is not None:
            opened, place = place, closed
            if _is_quoted_sentence(document, opened, place):
                found.append(Clause(start, place, ends_sentence=True))
                start = place
            continue
        mark, place = document[place], place + 1
        if _was_line_break(document, place - 1) or _is_western_stop(document, place - 1):
            found.append(Clause(start, place, ends_sentence=True))
            start = place
        if mark not in _CLAUSE_ENDS or _is_inside_word(document, place - 1):
            continue
        while place < len(document) and document[place] in _SENTENCE_ENDS + _CLOSERS:
            place += 1
        ends = any(one in _SENTENCE_ENDS for one in document[place - 1 : place] + mark)
        found.append(Clause(start, place, ends_sentence=ends))
        start = place
    if place >= len(document) and start < len(document):
        found.append(Clause(start, len(document), ends_sentence=True))
    return [clause for clause in found if clause.end <= until] or found[:1]


def spans(document: str, *, shortest: int = SHORTEST, longest: int = LONGEST) -> Iterator[Span]:
    """Runs of up to three clauses of a sentence, without the marks around them.

    >>> text = "近日，北方多地降温，山区出现小雪。"
    >>> [text[span.start : span.end] for span in spans(text)][:2]
    ['近日，北方多地降温', '近日，北方多地降温，山区出现小雪']

    Args:
        document: Cleaned; simplified or traditional.
        shortest: Its characters at least.
        longest: At most.
    """
    parts = clauses(document)
    is_reported = False
    for first in range(len(parts)):
        for last in range(first, min(first + _MOST_CLAUSES, len(parts))):
            span = _without_edges(document, parts[first], parts[last], is_reported)
            text = text_of(document, span)
            if len(text) > longest:
                break
            if len(text) >= shortest and has_han(text) and is_balanced(text):
                yield span
            if parts[last].ends_sentence:
                break
        is_reported = not parts[first].ends_sentence and (
            is_reported or _announces_words(document, parts[first])
        )


def text_of(document: str, span: Span) -> str:
    """What a span says, without asides: 北方降温（见图） is 北方降温."""
    return _ASIDE.sub("", document[span.start : span.end]).replace("\n", " ").strip(_EDGES)


def is_balanced(text: str) -> bool:
    """Whether each quote, title and bracket that opens closes, and the other way round."""
    open_: list[str] = []
    for character in text:
        if character in _CLOSING:
            open_.append(_CLOSING[character])
        elif character in _CLOSERS and (not open_ or open_.pop() != character):
            return False
    return not open_


def _without_edges(document: str, first: Clause, last: Clause, is_reported: bool) -> Span:
    start, text = first.start, document[first.start : last.end]
    begin = start + len(text) - len(text.lstrip(_EDGES))
    return Span(begin, start + len(text.rstrip(_EDGES)), is_reported)


def _announces_words(document: str, clause: Clause) -> bool:
    """Whether what follows are somebody's words: …表示， or 专家：."""
    text = text_of(document, Span(clause.start, clause.end))
    return document[clause.end - 1] in "：:" or SAYING.search(text) is not None


def _closed(document: str, place: int) -> int | None:
    """The place behind the mark that closes what opens here; None where nothing does."""
    closing = _CLOSING.get(document[place])
    if closing is None:
        return None
    depth = 1
    for end in range(place + 1, min(place + _FARTHEST_CLOSING, len(document))):
        if document[end] == closing:
            depth -= 1
        elif document[end] == document[place]:
            depth += 1
        if not depth:
            return end + 1
    return None


def _was_line_break(document: str, place: int) -> bool:
    """Whether a space stands between Chinese characters, where cleaning has joined two lines."""
    if document[place] != " " or not 0 < place < len(document) - 1:
        return False
    return has_han(document[place - 1]) and has_han(document[place + 1])


def _is_western_stop(document: str, place: int) -> bool:
    """Whether a Western full stop ends a Chinese sentence, as in scientific abstracts."""
    if document[place] != "." or not has_han(document[max(0, place - 1) : place]):
        return False
    return not document[place + 1 : place + 2].isascii() or document[place + 1 : place + 2] in (
        "",
        " ",
    )


def _is_inside_word(document: str, place: int) -> bool:
    """Whether the mark stands inside a number, a time or an address: 3,999, 10:30, https://."""
    if document[place] not in ",:!?;":
        return False
    before, behind = document[place - 1 : place], document[place + 1 : place + 2]
    return before.isascii() and behind.isascii() and before.isalnum() and not behind.isspace()


def _is_quoted_sentence(document: str, start: int, end: int) -> bool:
    """Whether a quotation brings its own full stop, and what follows begins anew; a name in quotes does not."""
    is_speech = document[start] in "“「『" and end - start > _LONGEST_NAME
    goes_on = document[end : end + 1] in ("，", "、", "：", "的", "》", "”")
    return is_speech and document[end - 2] in "。！？!?；" and not goes_on
