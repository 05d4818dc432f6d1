"""What a summary may not invent: numbers, Latin words and characters, and whether a text has them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from itertools import pairwise

from summae.text.script import has_han

_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_LATIN_NAME = re.compile(r"[a-z\u00df-\u00f6\u00f8-\u024f][a-z0-9\u00df-\u00f6\u00f8-\u024f]*")


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


def misplaced_numbers(claim: str, source: str) -> int:
    """How many numbers of `claim` stand between other characters than they ever do in `source`.

    Growth of 13% is not 13 people. Marks, spaces and the ends of `claim` fit everything.

    >>> misplaced_numbers("客流超13%", "客流超2亿人次，增长13%。"), misplaced_numbers("客流增长13%", "客流增长13%。")
    (1, 0)
    """
    claim, source = _fold(claim), _fold(source).replace(" ", "")
    around: dict[str, tuple[set[str], set[str]]] = {}
    for number in _NUMBER.finditer(source):
        before, behind = around.setdefault(number[0], (set(), set()))
        before.add(source[max(0, number.start() - 1) : number.start()])
        behind.add(source[number.end() : number.end() + 1])
    return sum(
        number[0] in around and not _fits(number, claim, *around[number[0]])
        for number in _NUMBER.finditer(claim)
    )


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


def _fits(number: re.Match[str], claim: str, before: set[str], behind: set[str]) -> bool:
    left = claim[max(0, number.start() - 1) : number.start()]
    right = claim[number.end() : number.end() + 1]
    return (left in before or not left.isalnum()) and (right in behind or not right.isalnum())


def _facts(text: str) -> set[str]:
    return {*numbers(text), *latin_names(text)}


@lru_cache(maxsize=64)  # each candidate asks for its document
def _fold(text: str) -> str:
    return _THOUSANDS.sub("", unicodedata.normalize("NFKC", text).lower())
