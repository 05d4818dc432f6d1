"""What the `csv` module reads is read alike; what it refuses costs as little as can be."""

from __future__ import annotations

import csv
import io

import pytest

from summae.cli import csv_rows as module
from summae.cli.csv_rows import csv_rows
from summae.cli.lines import Line

QUOTE = (
    'not CSV: a quote opens here that does not close at the end of a value; within one, write ""'
)


def rows(text: str, *, bad: int | None = None, delimiter: str = ",") -> list[list[str] | str]:
    """Values of each row, or its problem; line `bad` has one of its own."""
    lines = (
        Line(number, line.removesuffix("\r"), "bad bytes" if number == bad else None)
        for number, line in enumerate(text.removesuffix("\n").split("\n"), start=1)
    )
    return [row.problem or row.values for row in csv_rows(lines, "a.csv", delimiter)]


@pytest.mark.parametrize(
    "text",
    [
        "id,text\n1,有雨\n",
        'id,text\r\n1,"有雨,\n\n""大雨"""\r\n',
        '1,他说"有雨"\n2,""\n"",""\n',
        '"a\nb","c\nd"\n',
        ",,\n1\n",
    ],
)
def test_rows_are_those_of_the_csv_module(text: str) -> None:
    expected = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    assert rows(text) == [[value.replace("\r\n", "\n") for value in row] for row in expected]


def test_tabs_may_stand_between_values() -> None:
    assert rows("1\t有雨, 大雨\n", delimiter="\t") == [["1", "有雨, 大雨"]]


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        ('2,"有雪', 2),  # never closed
        ('2,"他说"有雪"', 2),  # closed within the value
        ('"2,有雪', 2),
        ('2,"有\n雪","大风', 3),  # the first quotes are in order, the last opens in line 3
    ],
)
@pytest.mark.parametrize("after", ["3,有风\n4,放晴\n", '3,有风\n4,"放晴"\n'])
def test_a_stray_quote_costs_the_lines_up_to_its_own(broken: str, line: int, after: str) -> None:
    assert rows(f"1,有雨\n{broken}\n{after}") == [
        ["1", "有雨"],
        f"a.csv, line {line}: {QUOTE}",
        ["3", "有风"],
        ["4", "放晴"],
    ]


def test_stray_quotes_are_found_one_by_one() -> None:
    found = rows('1,"有雨\n2,有雪\n3,"有风\n4,放晴\n')
    # The quote of line 3 closes that of line 1, and 有 follows: line 1 is lost, then line 3.
    assert found == [
        f"a.csv, line 1: {QUOTE}",
        ["2", "有雪"],
        f"a.csv, line 3: {QUOTE}",
        ["4", "放晴"],
    ]


def test_a_quote_without_end_is_given_up_at_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LONGEST_ROW", 100)
    taken = 0

    def lines() -> object:
        nonlocal taken
        for number in range(1, 1000):
            taken += 1
            yield Line(number, '1,"有雨' if number == 1 else f"{number},有雪")

    found = csv_rows(lines(), "a.csv", ",")  # type: ignore[arg-type]
    assert next(found).problem == f"a.csv, line 1: {QUOTE}"
    assert taken < 25
    assert [row.values[0] for row in found] == [str(number) for number in range(2, 1000)]


def test_a_carriage_return_within_a_value_costs_its_row() -> None:
    first, second, third = rows("1,有雨\n2,有\r雪\n3,有风\n")
    assert (first, third) == (["1", "有雨"], ["3", "有风"])
    assert "a.csv, line 2: not CSV: new-line character" in second


def test_a_line_with_a_problem_costs_its_row() -> None:
    assert rows('1,"有\n雨"\n2,有雪\n', bad=2) == ["bad bytes", ["2", "有雪"]]
    assert rows('1,"有雨\n2,有雪\n', bad=1) == ["bad bytes", ["2", "有雪"]]
