"""Where a line joins what it copied: garbled lines are mostly true pieces, put together wrongly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_INSIDE_NUMBERS = ".%-"
_TAILS = (4, 3, 2)
"""Last characters that are looked up in the document; the longest that stand there tell the place."""


@dataclass(frozen=True)
class _Run:
    """What a claim copied in one piece, as long as it goes; a character that the source lacks by itself."""

    start: int
    """In the claim."""
    place: int
    """In the source, where it stands there first; -1 if the source lacks it."""
    length: int


def fusion_points(claim: str, source: str) -> list[int]:
    """Where pieces from different places of `source` meet inside `claim` without a mark at the joint.

    To leave out a clause, or to set a space or a colon, is what headlines do: a joint counts only where
    neither text has a mark or a space.

    >>> fusion_points("北方降温 南方多雨", "北方降温，山区有雪，南方多雨。")
    []
    >>> fusion_points("北方多雨", "北方今晚降温，南方今晚多雨。")
    [2]

    Returns:
        Of each joint, where in the claim the second piece begins.
    """
    return [
        second.start
        for first, second in pairwise(_runs(claim, source))
        if not _is_marked(first, second, claim, source)
    ]


def ends_inside(text: str, document: str) -> bool:
    """Whether a line stops in the middle of a clause that it took from the document.

    >>> ends_inside("北方今晚降", "气象台说，北方今晚降温。"), ends_inside("北方今晚降温", "北方今晚降温。")
    (True, False)
    """
    for size in _TAILS:
        ends = _ends(text[-size:], document) if len(text) >= size else []
        if ends:
            return all(document[end : end + 1].isalnum() for end in ends)
    return False


def _ends(tail: str, document: str) -> list[int]:
    """Where the tail ends in the document, each time."""
    ends, place = [], document.find(tail)
    while place >= 0:
        ends.append(place + len(tail))
        place = document.find(tail, place + 1)
    return ends


def _runs(claim: str, source: str) -> Iterator[_Run]:
    start = 0
    while start < len(claim):
        length, place = 1, source.find(claim[start])
        while place >= 0 and start + length < len(claim):
            longer = source.find(claim[start : start + length + 1], place)
            if longer < 0:
                break
            length, place = length + 1, longer
        yield _Run(start, place, length)
        start += length


def _is_marked(first: _Run, second: _Run, claim: str, source: str) -> bool:
    if _is_mark(claim, second.start - 1) or _is_mark(claim, second.start):
        return True
    if first.place < 0 or second.place < 0:
        return False
    return _is_mark(source, first.place + first.length) or _is_mark(source, second.place - 1)


def _is_mark(text: str, place: int) -> bool:
    inside = 0 <= place < len(text)
    return inside and not text[place].isalnum() and text[place] not in _INSIDE_NUMBERS
