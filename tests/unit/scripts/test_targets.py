"""Bars beside what other tables say, and where they are missed."""

from __future__ import annotations

from pathlib import Path

import pytest

import targets
from repository import TABLES
from targets import Target


def test_the_page_says_what_the_tables_say() -> None:
    written = (TABLES / "targets.md").read_text(encoding="utf-8")
    assert written == targets.page(TABLES, targets.WEIGHTS)


@pytest.mark.parametrize(
    ("target", "cells"),
    [
        (Target("a", 0.9, 0.86), ["a", "≥ 90.0%", "86.0%", "no, by 4.0%"]),
        (Target("a", 8.0, 9.5, "{:+.1f}"), ["a", "≥ +8.0", "+9.5", "yes"]),
        (Target("a", 8.0, 7.5, "{:+.1f}"), ["a", "≥ +8.0", "+7.5", "no, by 0.5"]),
        (
            Target("a", 0.02, 0.13, is_ceiling=True),
            ["a", "≤ 2.0%", "13.0%", "no, by 11.0%"],
        ),
        (Target("a", 40.0, 12.2, "{:.1f}", is_ceiling=True), ["a", "≤ 40.0", "12.2", "yes"]),
    ],
)
def test_a_bar_is_met_from_above_or_from_below(target: Target, cells: list[str]) -> None:
    assert target.cells == cells


def test_tables_are_read_by_the_words_above_them(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("# A\n\n| asked | R-1 |\n|---|---:|\n| 10 | 28.5 |\n| – | 30 |\n", "utf-8")
    assert targets._table(file) == [{"asked": "10", "R-1": "28.5"}, {"asked": "–", "R-1": "30"}]
