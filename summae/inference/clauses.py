"""Headlines that a document offers itself: its clauses, for when a model is not sure of its own words.

A clause that a person wrote reads well and is true, though it was not written to stand alone. Words
that only say when something happened or who reported it are left out at its beginning, and so are
brackets. The weights are chosen on validation documents by `scripts/fit_ranking.py`.
"""

from __future__ import annotations

import math
import re
from dataclasses import asdict, dataclass

OPENING = 220
"""Characters of a document that are looked through."""
_SENTENCES = 4
LONGEST_CLAUSE = 34
"""Characters of the longest piece that is offered."""
_SHORTEST = 8
_USUAL = 18
"""Characters of a usual headline."""

_BRACKETS = re.compile(r"（[^（）]{0,20}）")
_SENTENCE_ENDS = re.compile(r"(?<=[。！？；!?;\n])")
_CLAUSE_ENDS = re.compile(r"(?<=[，,：:])(?!(?<=\d[，,：:])\d|(?<=https:)//|(?<=http:)//)")
"""Not in 8:30, 4:3, 3,000 or an address."""
_MARKS = "。，：；！？,:;!? \n"
_PREAMBLE = re.compile(
    r"(?:近日|日前|目前|据悉|據悉|此外|另外|其中|同日|当天|當天|[今昨][天日]|(?:当地时间|當地時間)[^，。]{1,12}"
    r"|[^，。]{0,14}(?:\d[日月]|凌晨|上午|下午|晚间?)[^，。]{0,4}(?:消息)?"
    r"|[据據][^，。]{1,14}|[^，。]{1,10}(?:消息|报道|報導)[称稱]?)，"
)
"""近日，; 当地时间5日，; 据气象台消息， and the like."""
_HANGING = re.compile(
    r"(?:表示|称|稱|说|說|显示|顯示|认为|認為|指出|强调|強調|透露|宣布|报道|報導"
    r"|时|時|后|後|之际|之際|以来|以來|期间|期間|同时|同時)$"
)
"""Announces what is no longer there: who said something, or when something happened."""


@dataclass(frozen=True, kw_only=True)
class ClauseFeatures:
    """What can be seen of a clause, or of several that follow one another."""

    order: float
    """How many others come before it."""
    opens: float
    """1 if it begins a sentence."""
    closes: float
    """1 if it ends one."""
    characters: float
    log_characters: float
    """Natural logarithm of one more than that."""
    off_length: float
    """Square of what it is longer or shorter than a usual headline, in hundreds."""
    commas: float
    quotes: float
    """1 if something in it is quoted."""
    hangs: float
    """1 if it ends by announcing what comes next: 气象台表示, or 冷空气到来时."""


@dataclass(frozen=True, kw_only=True)
class ClauseRanking:
    """Weight of each feature; by default the first clause is taken."""

    order: float = -1.0
    opens: float = 0.0
    closes: float = 0.0
    characters: float = 0.0
    log_characters: float = 0.0
    off_length: float = 0.0
    commas: float = 0.0
    quotes: float = 0.0
    hangs: float = 0.0

    def __post_init__(self) -> None:
        for name, weight in asdict(self).items():
            if isinstance(weight, bool) or not isinstance(weight, (int, float)):
                raise ValueError(f"the weight {name} of clauses is a number, got {weight!r}")

    def worth(self, seen: ClauseFeatures) -> float:
        """The weighted sum; higher is better."""
        return math.fsum(getattr(self, name) * value for name, value in asdict(seen).items())


@dataclass(frozen=True)
class Clause:
    """A clause, or several that follow one another."""

    text: str
    features: ClauseFeatures


def clauses(document: str) -> list[Clause]:
    """What could stand as a headline, in order.

    >>> [clause.text for clause in clauses("近日，北方多地降温（见图），山区出现小雪。")]
    ['北方多地降温，山区出现小雪']

    Args:
        document: Cleaned; simplified or traditional.
    """
    opening = _BRACKETS.sub("", document[:OPENING])
    found: list[Clause] = []
    for sentence in _SENTENCE_ENDS.split(opening)[:_SENTENCES]:
        parts = _CLAUSE_ENDS.split(_without_preamble(sentence.strip()))
        for first in range(len(parts)):
            for last in range(first + 1, len(parts) + 1):
                text = "".join(parts[first:last]).strip(_MARKS)
                if len(text) > LONGEST_CLAUSE:
                    break
                if len(text) >= _SHORTEST:
                    seen = _features(text, len(found), opens=first == 0, closes=last == len(parts))
                    found.append(Clause(text, seen))
    return found


def best_clause(
    document: str, ranking: ClauseRanking, *, longest: int = LONGEST_CLAUSE
) -> str | None:
    """The clause that ranks highest; None if the document has none of a headline's length.

    Args:
        document: Cleaned; simplified or traditional.
        ranking: The weights.
        longest: Its characters at most.
    """
    offered = [clause for clause in clauses(document) if len(clause.text) <= longest]
    return max(offered, key=lambda clause: ranking.worth(clause.features)).text if offered else None


def _without_preamble(sentence: str) -> str:
    while (preamble := _PREAMBLE.match(sentence)) and len(sentence) - preamble.end() >= _SHORTEST:
        sentence = sentence[preamble.end() :]
    return sentence


def _features(text: str, order: int, *, opens: bool, closes: bool) -> ClauseFeatures:
    return ClauseFeatures(
        order=order,
        opens=float(opens),
        closes=float(closes),
        characters=len(text),
        log_characters=math.log1p(len(text)),
        off_length=(len(text) - _USUAL) ** 2 / 100,
        commas=text.count("，") + text.count(","),
        quotes=float("“" in text),
        hangs=float(_HANGING.search(text) is not None),
    )
