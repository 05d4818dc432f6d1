"""Rows in classes: by part of the test set, by length of what was written, by length of what was read."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

Division = dict[str, list[int]]
"""Title of a class -> places of its rows."""

SUMMARY_EDGES = (0, 10, 15, 20, 25, 30, 40, 60, 100, 200)
"""Longest summaries of each bracket in characters, after the 0 before the first one."""
CLASSES = 5
"""Of documents by length, equally large."""


def divided(labels: Sequence[str]) -> Division:
    """Rows of equal label together, in order of first appearance."""
    division: Division = {}
    for place, label in enumerate(labels):
        division.setdefault(label, []).append(place)
    return division


def by_summary_length(summaries: Sequence[str]) -> Division:
    """Rows by length of their summaries in characters, short ones first; no class is empty.

    >>> by_summary_length(["晴", "今晚到明天有大雨", "一二三四五六七八九十一"])
    {'1-10': [0, 1], '11-15': [2]}
    """
    brackets = [(low + 1, high) for low, high in pairwise(SUMMARY_EDGES)]
    titles = ["0", *(f"{low}-{high}" for low, high in brackets), f"over {SUMMARY_EDGES[-1]}"]
    division: Division = {title: [] for title in titles}
    for place, summary in enumerate(summaries):
        rank = sum(len(summary) > edge for edge in SUMMARY_EDGES)
        division[titles[rank]].append(place)
    return {title: places for title, places in division.items() if places}


def by_document_length(documents: Sequence[str], classes: int = CLASSES) -> Division:
    """Rows in equally large classes by length of their documents in characters, short ones first.

    Equally long documents may fall into two neighbouring classes, which then share a title's end.
    """
    order = sorted(range(len(documents)), key=lambda place: len(documents[place]))
    division: Division = {}
    for number in range(classes):
        places = order[number * len(order) // classes : (number + 1) * len(order) // classes]
        if places:
            low, high = len(documents[places[0]]), len(documents[places[-1]])
            division.setdefault(f"{low}-{high}", []).extend(places)
    return division
