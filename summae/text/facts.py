"""What a summary may not invent: numbers with their units, Latin words, names in quotes; and whether a text has them.

A number counts as told only with what belongs to it and beside what it stands beside: 39.5亿 is not 39.5,
a rise of 7.6% is not one of 7.2%, and 13% of the growth is not 13% of the people.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from summae.text.script import has_han

_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_LATIN_NAME = re.compile(r"[a-z\u00df-\u00f6\u00f8-\u024f][a-z0-9\u00df-\u00f6\u00f8-\u024f]*")

_NUMERALS = "〇零一二两兩三四五六七八九十百千万萬亿億兆"
_DIGITS = r"\d+(?:[.:/]\d+)*"
_FIGURE = re.compile(
    # 8~10℃, -12℃, 3-1, 3.5亿, 86.4%: a range is one figure, and a sign belongs to it.
    rf"(?:(?<![\w.])[-−])?{_DIGITS}(?:[~～\-–—至到]{_DIGITS})*(?:%|‰|℃|°c)?[十百千万萬亿億兆]*"
    rf"|[{_NUMERALS}]+(?:[点點][{_NUMERALS}]+)?"
)
_NOT_ALONE = "一"
"""Of numerals that stand alone, one is in too many words: 一起, 统一."""
_NEAR = 6
"""Characters before a number among which the words before it in a claim stand in the document."""
_QUALIFIERS = "第逾超近约約未不仅僅至到~～-—–每前后後初零低高"
"""Change what the number behind them says; so none is left out."""
_QUOTED = re.compile(r"《[^《》]{1,40}》|“[^“”]{1,12}”|「[^「」]{1,12}」|『[^『』]{1,12}』")
_PARTS = re.compile(r"[，。！？；：、,.!?;: ]")


@dataclass(frozen=True)
class _Figure:
    """A number where it stands: 5亿 behind 投资 and before 元."""

    value: str
    before: str
    behind: str


def unsupported_facts(claim: str, document: str) -> list[str]:
    """The numbers, Latin words and quoted names of `claim` that `document` does not tell so.

    >>> unsupported_facts("净利润下降7.2亿元", "营收7.2亿元，净利润下降7.6%。")
    ['7.2亿']
    >>> unsupported_facts("净利润下降7.6%", "营收7.2亿元，净利润下降7.6%。")
    []

    Args:
        claim: Normalised, in the script of `document`.
        document: Cleaned, from its beginning.
    """
    told, source = _fold(claim), _facts_of(_fold(document))
    return [
        *(one.value for one in _figures(told) if not _is_told(one, source.figures)),
        *(word for word in _LATIN_NAME.findall(told) if word not in source.latin),
        *(name for name in _QUOTED.findall(told) if name not in source.text),
        *(name for name in source.names if _is_torn(name, told)),
    ]


@dataclass(frozen=True)
class _Source:
    """The facts of a document."""

    text: str
    figures: dict[str, list[_Figure]]
    latin: frozenset[str]
    names: tuple[str, ...]
    """Titles and names in quotes that have marks of their own."""


@lru_cache(maxsize=64)  # each candidate asks for its document
def _facts_of(document: str) -> _Source:
    figures: dict[str, list[_Figure]] = {}
    for figure in _figures(document):
        figures.setdefault(figure.value, []).append(figure)
    names = [name for name in _QUOTED.findall(document) if _PARTS.search(name[1:-1])]
    latin = frozenset(_LATIN_NAME.findall(document))
    return _Source(document, figures, latin, tuple(names))


def _figures(text: str) -> Iterator[_Figure]:
    for found in _FIGURE.finditer(text):
        if found[0] != _NOT_ALONE:
            before = text[max(0, found.start() - _NEAR) : found.start()]
            yield _Figure(found[0], before, text[found.end() : found.end() + 1])


def _is_told(claim: _Figure, figures: dict[str, list[_Figure]]) -> bool:
    return any(
        _same_end(claim.behind, told.behind) and _same_begin(claim.before, told.before)
        for told in figures.get(claim.value, ())
    )


def _same_end(claim: str, source: str) -> bool:
    """What follows is the same; a mark, or the end of the text, is as good as another."""
    return claim == source or not (claim.isalnum() or source.isalnum())


def _same_begin(claim: str, source: str) -> bool:
    """What stands before in the claim stands near before it in the document."""
    last = claim[-1:]
    if not last.isalnum():
        return source[-1:] not in _QUALIFIERS or not source
    if last == source[-1:]:
        return True
    return source[-1:] not in _QUALIFIERS and claim[-2:] in source


def _is_torn(name: str, claim: str) -> bool:
    """Whether the claim has a part of a name between quotes, and not the whole."""
    parts = [part for part in _PARTS.split(name[1:-1]) if len(part) > 1]
    return name not in claim and any(part in claim for part in parts)


def numbers(text: str) -> list[str]:
    """Every number, thousands' commas dropped.

    >>> numbers("4,400人，增长3.5%")
    ['4400', '3.5']
    """
    return _NUMBER.findall(_fold(text))


def latin_names(text: str) -> list[str]:
    """Every Latin word, lower-cased.

    >>> latin_names("LG电子与C919")
    ['lg', 'c919']
    """
    return _LATIN_NAME.findall(_fold(text))


def facts_agree(claim: str, source: str) -> bool:
    """Whether each number and Latin word of `claim` stands whole in `source`.

    >>> facts_agree("气温降8度", "气温下降8到10度"), facts_agree("气温降1度", "气温下降8到10度")
    (True, False)
    """
    return _facts(claim) <= _facts(source)


def unsupported(claim: str, source: str) -> int:
    """How many different numbers and Latin words of `claim` `source` lacks."""
    return len(_facts(claim) - _facts(source))


def foreign_characters(claim: str, source: str) -> int:
    """How many different Chinese characters of `claim` `source` lacks.

    A person finds other words for the same thing; a small model that uses characters its document
    does not have mostly says something else.

    >>> foreign_characters("发射成功", "火箭发射任务组织合练")
    2
    """
    return sum(map(has_han, set(claim) - set(source)))


def repetitions(text: str) -> int:
    """How many character bigrams of `text` stand in it earlier already.

    >>> repetitions("降温降温")
    1
    """
    counts = Counter(pairwise(text))
    return sum(counts.values()) - len(counts)


def _facts(text: str) -> set[str]:
    return {*numbers(text), *latin_names(text)}


@lru_cache(maxsize=64)  # each candidate asks for its document
def _fold(text: str) -> str:
    return _THOUSANDS.sub("", unicodedata.normalize("NFKC", text).lower())
