"""Split Chinese text, with the English inside it, into sentences without losing a character.

What ends a sentence:

- a run of 。！？；… (so ？！ and …… stay together), with the closing quotes and brackets behind it;
- a line break;
- `!`, `?` and `...` unless the text goes on directly or in lower case (URLs, "Yahoo! is");
- `;` right after a Chinese character;
- `.` behind an English word, before a space and a capital, a Chinese character or a quote.

What does not: an ender inside a 《title》 or before a comma or colon ("“真的吗？”，他问"), a closing
quote before 的 ("“加油！”的喊声"), decimals, versions, addresses, abbreviations and initials.

White space behind a sentence belongs to it, white space in front of the text to the first one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_CHINESE = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_FULL_ENDERS = "。！？；…｡"
_CLOSERS = "”’」』）】》〉〕］)\\]"

_CANDIDATE = re.compile(
    # An ender inside a title is part of a name. The bound keeps the search linear.
    r"(?P<title>《[^《》\n]{1,60}》)"
    rf"|(?P<enders>[{_FULL_ENDERS}!?]+|\.{{3,}})"
    r"|(?P<line_break>[\n\r\u2028\u2029])"
    r"|(?P<semicolon>;)"
    r"|(?P<dot>\.)"
    r'|(?P<quote>")'
)
_AFTER_ENDER = re.compile(rf"[{_FULL_ENDERS}!?{_CLOSERS}]*")
_AFTER_WESTERN_ENDER = re.compile(rf"['{_CLOSERS}]*")
_GOES_ON = re.compile(r"[，、：,:]")
_GOES_ON_AFTER_QUOTE = re.compile(r"[，、：,:的]|\s+[a-z]")
_WESTERN_STOP = re.compile(rf"\Z|\s+(?![a-z\s])|(?=[{_CHINESE}“‘「『（《【\"])")
_SPACE = re.compile(r"\s*")

_LAST_WORD = re.compile(r"[A-Za-z0-9.]+$")
_LONGEST_ABBREVIATION = 12
_INITIALS = re.compile(r"(?:[A-Za-z]\.)*[A-Za-z]")
_ABBREVIATION_LIST = """
    mr mrs ms dr prof st jr sr gen col capt sen rep gov rev hon inc ltd co corp bros dept univ
    no nos vol fig figs eq sec ch ed eds p pp ver vs v etc al cf approx est ca mt ft
    jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun ph.d e.g i.e
"""
_ABBREVIATIONS = frozenset(_ABBREVIATION_LIST.split())


@dataclass(frozen=True)
class Sentence:
    """A sentence and where it stands: `document[start:end] == text`, in code points."""

    text: str
    start: int
    end: int


def split_sentences(text: str) -> list[str]:
    """Split into sentences; joining the result gives `text` back.

    >>> split_sentences("北京今日降温。“气温低于3.5℃。”预报员说")
    ['北京今日降温。', '“气温低于3.5℃。”', '预报员说']
    """
    return [sentence.text for sentence in sentence_spans(text)]


def sentence_spans(text: str) -> list[Sentence]:
    """Split into sentences with their offsets; each starts where the one before it ends.

    Takes time in proportion to the length of `text`. An empty text has no sentence.
    """
    sentences: list[Sentence] = []
    start = 0
    in_quote = False  # between straight quotes, which look alike at both ends
    scanned = 0
    for candidate in _CANDIDATE.finditer(text):
        if candidate.start() < scanned:  # swallowed by the sentence that just ended
            continue
        if candidate.lastgroup == "quote":
            in_quote = not in_quote
            continue
        end = _end_of_sentence(text, start, candidate)
        if end is None:
            continue
        if in_quote and text.startswith('"', end):
            end += 1
            in_quote = False
            if _GOES_ON_AFTER_QUOTE.match(text, end):
                scanned = end
                continue
        if candidate.lastgroup == "line_break":
            in_quote = False  # a quote that was never closed ends with its line
        scanned = end = _skip(_SPACE, text, end)
        if text[start:end].isspace():
            continue
        sentences.append(Sentence(text[start:end], start, end))
        start = end
    if start < len(text):
        sentences.append(Sentence(text[start:], start, len(text)))
    return sentences


def _end_of_sentence(text: str, start: int, candidate: re.Match[str]) -> int | None:
    """Where the sentence from `start` ends if `candidate` ends it, white space not counted."""
    mark, end = candidate.group(), candidate.end()
    match candidate.lastgroup:
        case "line_break":
            return end
        case "semicolon":
            return end if re.match(f"[{_CHINESE}{_CLOSERS}]", text[end - 2 : end - 1]) else None
        case "dot":
            return _end_after_dot(text, start, candidate.start())
        case "enders":
            is_western = not any(ender in _FULL_ENDERS for ender in mark)
            closed = _skip(_AFTER_WESTERN_ENDER if is_western else _AFTER_ENDER, text, end)
            if is_western and not _WESTERN_STOP.match(text, closed):
                return None
            goes_on = _GOES_ON_AFTER_QUOTE if closed > end else _GOES_ON
            return None if goes_on.match(text, closed) else closed
        case _:
            return None


def _end_after_dot(text: str, start: int, dot: int) -> int | None:
    """Where the sentence ends if the dot at `dot` is a full stop rather than part of a word."""
    closed = _skip(_AFTER_WESTERN_ENDER, text, dot + 1)
    follows = _WESTERN_STOP.match(text, closed)
    if follows is None or text[follows.end() : follows.end() + 1].isdigit():
        return None
    is_spaced = follows.end() > closed or closed == len(text)
    word_match = _LAST_WORD.search(text[max(start, dot - _LONGEST_ABBREVIATION) : dot])
    if word_match is None:  # Chinese before the dot: a name like 乔治.布什 has no space behind it
        return closed if is_spaced else None
    word = word_match.group()
    if word.lower() in _ABBREVIATIONS or _INITIALS.fullmatch(word):
        return None
    if word.isdigit() and (not is_spaced or dot - len(word) <= start):  # "1. 今天": a list
        return None
    return closed


def _skip(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    return found.end() if found else position
