"""Where a summary was copied from: runs of the summary that stand in its document, longest first at each place.

The fragments of Grusky et al. (2018, https://arxiv.org/abs/1804.11283), on characters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from summae.text.script import to_simplified

SHORTEST_COPY = 2
"""Characters of a run that counts as copied: a single one is shared by chance."""


class Copy(NamedTuple):
    """`summary[start:end]` stands in the document from `source` on, but for script and case."""

    start: int
    end: int
    source: int


def copied_spans(summary: str, document: str) -> list[Copy]:
    """The runs of `summary` that stand in `document`, from left to right, each as long as can be.

    Case and script make no difference. A run that the document has more than once is aligned with
    its first place.

    >>> copied_spans("今晚台风登陆", "气象台说，台风今晚登陆")
    [Copy(start=0, end=2, source=7), Copy(start=2, end=4, source=5), Copy(start=4, end=6, source=9)]
    """
    ours, theirs = _fold(summary), _fold(document)
    copies = []
    start = 0
    while start < len(ours):
        source, end = -1, start
        while end < len(ours):
            found = theirs.find(ours[start : end + 1], max(source, 0))
            if found < 0:
                break
            source, end = found, end + 1
        if end - start >= SHORTEST_COPY:
            copies.append(Copy(start, end, source))
            start = end
        else:
            start += 1
    return copies


def longest_run(summary: Sequence[str], document: Sequence[str]) -> int:
    """Tokens of the longest run of `summary` that stands in `document`.

    >>> longest_run("北京大雨", "今日大雨袭北京城")
    2
    """
    text = joined(document)
    longest = 0
    for start in range(len(summary)):
        # Only a run longer than the longest so far is worth looking for.
        while start + longest < len(summary):
            if joined(summary[start : start + longest + 1]) not in text:
                break
            longest += 1
    return longest


def joined(tokens: Sequence[str]) -> str:
    """One text in which a run of tokens is found as a piece: many times faster than comparing tokens."""
    return "\0" + "\0".join(tokens) + "\0"


def _fold(text: str) -> str:
    """Simplified and lower case, character by character, so that places stay what they are."""
    lowered = (character.lower() for character in to_simplified(text))
    return "".join(low if len(low) == 1 else "\ufffc" for low in lowered)
