"""JSON in files: a value a line, or laid out over lines, alone or in an array."""

from __future__ import annotations

import json
from typing import Any

import pytest

from summae.cli.json_rows import json_rows
from summae.cli.lines import Line
from summae.errors import InputError

ROWS = [{"id": 1, "content": "今晚有雨。\n明天天晴。"}, {"id": 2, "content": "大雪将至。"}]


def values(text: str) -> list[Any]:
    return [row.value for row in rows(text)]


def rows(text: str) -> list[Any]:
    lines = (Line(number, line) for number, line in enumerate(text.split("\n"), start=1))
    return list(json_rows(lines, "a.json"))


@pytest.mark.parametrize("indent", [None, 0, 2])
def test_an_array_is_its_items(indent: int | None) -> None:
    text = "\n" + json.dumps(ROWS, indent=indent) + "\n"
    assert values(text) == ROWS
    assert [row.where for row in rows(text)] == ["a.json, item 1", "a.json, item 2"]


def test_an_article_a_file_is_laid_out_over_lines() -> None:
    (row,) = rows(json.dumps(ROWS[0], indent=2, ensure_ascii=False))
    assert (row.where, row.value) == ("a.json", ROWS[0])


def test_objects_over_lines_may_follow_one_another() -> None:
    assert values("\n".join(json.dumps(row, indent=2) for row in ROWS) + "\n\n") == ROWS


def test_lines_of_json_are_read_one_at_a_time() -> None:
    taken = []

    def lines() -> Any:
        for number, row in enumerate(ROWS, start=1):
            taken.append(number)
            yield Line(number, json.dumps(row))

    found = json_rows(lines(), "a.jsonl")
    assert next(found).value == ROWS[0]
    assert taken == [1]


@pytest.mark.parametrize("text", ["", "\n \n", "[]", "[\n]\n"])
def test_nothing_is_no_row(text: str) -> None:
    assert values(text) == []


def test_a_first_line_that_was_cut_short_costs_only_itself() -> None:
    first, second = rows('{"content":\n' + json.dumps(ROWS[1]))
    assert first.problem.startswith("a.json, line 1: not JSON: Expecting value")
    assert second.value == ROWS[1]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            '[\n{"content": "有雨"},\n{"content" "有雪"}]',
            "line 3: not JSON: Expecting ':' delimiter",
        ),
        ('[{"content": "有雨"},\n', "line 2: not JSON: "),
        ("[" * 100_000, "a.json: not JSON: nested too deeply"),
    ],
)
def test_an_array_that_is_no_json_says_where(text: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem.replace("[", r"\[")):
        rows(text)


@pytest.mark.parametrize("text", ["[", "{"])
def test_bytes_that_fit_no_encoding_are_told_of(text: str) -> None:
    lines = [Line(1, text), Line(2, '"\ufffd"', "a.json, line 2: byte 0xff"), Line(3, "]")]
    if text == "[":
        with pytest.raises(InputError, match="byte 0xff"):
            list(json_rows(iter(lines), "a.json"))
    else:
        assert list(json_rows(iter(lines), "a.json"))[1].problem == lines[1].problem
