"""Where a text joins what it copied: garbled summaries are mostly true pieces, put together wrongly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_INSIDE_NUMBERS = ".%-"
_AT_JOINT = 2
"""Characters of a piece that tell where it stands; longer ones are lacking more often without a fault."""
_SENTENCE_END = re.compile(r"[。！？!?；;\n]")


@dataclass(frozen=True)
class _Run:
    """What a claim copied in one piece, as long as it goes; a character that the source lacks by itself."""

    start: int
    """In the claim."""
    place: int
    """In the source, where it stands there first; -1 if the source lacks it."""
    length: int

    def text(self, claim: str) -> str:
        """What it is."""
        return claim[self.start : self.start + self.length]


def splices(claim: str, source: str) -> int:
    """How often pieces from different places of `source` meet inside `claim` without a mark at the joint.

    To leave out a clause, or to set a space or a colon, is what headlines do: a joint counts only where
    neither text has a mark or a space.

    >>> splices("北方降温 南方多雨", "北方降温，山区有雪，南方多雨。")
    0
    >>> splices("北方多雨", "北方今晚降温，南方今晚多雨。")
    1
    """
    return sum(1 for _ in _joints(claim, source))


def crossings(claim: str, source: str) -> int:
    """How many of those joints no sentence of `source` bears out: none has the one piece before the other.

    To leave words out of a sentence tells what it tells; to join what stands in different sentences, or in
    another order, as a rule tells who did what wrongly. Of each piece the two characters at the joint are
    looked up.

    >>> crossings("北方多雨", "北方今晚降温，南方今晚多雨。")
    0
    >>> crossings("北方多雨", "北方今晚降温。南方今晚多雨。"), crossings("南方降温", "北方今晚降温，南方今晚多雨。")
    (1, 1)
    """
    joints = [
        (first.text(claim)[-_AT_JOINT:], second.text(claim)[:_AT_JOINT])
        for first, second in _joints(claim, source)
        if first.place >= 0 and second.place >= 0
    ]
    sentences = _SENTENCE_END.split(source) if joints else []
    return sum(not any(_in_order(*joint, text) for text in sentences) for joint in joints)


def begins_inside(claim: str, source: str) -> bool:
    """Whether what `claim` begins with was taken from the middle of a clause of `source`.

    >>> begins_inside("方降温", "今晚，北方降温。"), begins_inside("北方降温", "今晚，北方降温。")
    (True, False)
    """
    first = next(_runs(claim, source), None)
    return first is not None and first.place > 0 and not _is_mark(source, first.place - 1)


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


def _joints(claim: str, source: str) -> Iterator[tuple[_Run, _Run]]:
    """Pieces that meet where neither the claim nor the source has a mark or a space."""
    for first, second in pairwise(_runs(claim, source)):
        is_marked = _is_mark(claim, second.start - 1) or _is_mark(claim, second.start)
        is_known = first.place >= 0 and second.place >= 0
        if not (is_marked or (is_known and _closes(first, second, source))):
            yield first, second


def _in_order(left: str, right: str, text: str) -> bool:
    place = text.find(left)
    return place >= 0 and text.find(right, place + len(left)) >= 0


def _closes(first: _Run, second: _Run, source: str) -> bool:
    """Whether the source has a mark behind the first piece or before the second."""
    return _is_mark(source, first.place + first.length) or _is_mark(source, second.place - 1)


def _is_mark(text: str, place: int) -> bool:
    inside = 0 <= place < len(text)
    return inside and not text[place].isalnum() and text[place] not in _INSIDE_NUMBERS
