"""Where a clause of the document stands for the model's own line, and which."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from summae.inference.choosing import line, stand_in
from summae.inference.options import DecodingOptions

COLD, LONG, SNOW = (
    "北方多地今晨降温",
    "受冷空气影响，北方多地今晨降温",
    "部分山区出现今冬第一场小雪",
)


@dataclass(frozen=True)
class Document:
    document: str = f"{LONG}。{SNOW}。"
    read: str = f"{LONG}。{SNOW}。"


def replaced(text: str, doubt: float, wanted: int | None, above: float | None = 0.6) -> str | None:
    chosen = line(text, -0.5, wanted)
    options = DecodingOptions(doubtful_above=above)
    return stand_in(chosen, doubt, Document(), lambda: [text], options, wanted)


@pytest.mark.parametrize(
    ("text", "doubt", "wanted", "clause"),
    [
        ("北方降温", 0.5, None, None),
        ("北方降温", 0.7, None, LONG),  # by default the first
        ("北方降温8度", 0.0, None, LONG),  # 8 stands nowhere
        # With a length asked for, only what comes near it: 8, 13 and 15 characters are there.
        ("北方降温", 0.5, 8, COLD),
        ("北方多地降温", 0.7, 8, None),  # near enough, and not surely poor
        ("北方多地降温", 0.95, 8, COLD),
        ("北方多地今晨降温，山区", 0.95, 11, None),  # no clause is as long
        ("北方多地今晨降温", 0.7, 11, None),  # too short, but no clause is nearer
        ("北方多地今晨降温，山区小雪", 0.5, 15, None),  # misses it by two
        ("北方多地今晨降温", 0.5, 15, LONG),  # by seven
        ("北方多地今晨降温", 0.5, 14, SNOW),
        ("北方多地降温8度，山区小雪", 0.0, 12, COLD),  # an invention has to go
        ("北方降温8度", 0.0, 6, "受冷空气影响"),  # no clause is so short: the beginning
    ],
)
def test_a_clause_stands_for_a_poor_line_or_one_far_from_its_length(
    text: str, doubt: float, wanted: int | None, clause: str | None
) -> None:
    assert replaced(text, doubt, wanted) == clause


def test_by_default_no_line_is_replaced() -> None:
    assert replaced("北方降温8度", 1.0, None, above=None) is None
