"""Lines to JSON values: one a line, or laid out over lines, alone or in an array."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from summae.cli.lines import Line
from summae.errors import InputError

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"\s*")


@dataclass(frozen=True)
class JsonRow:
    """A value, or the reason why there is none."""

    where: str
    """File and line, or file and item of the array."""
    value: object = None
    problem: str | None = None


def json_rows(lines: Iterator[Line], name: str) -> Iterator[JsonRow]:
    """Read the values of a file, of which lines are read one at a time; empty ones are none.

    A file that begins with an array is read whole, and so is one whose first object goes on in the
    next line: one article a file, or as `jq` prints them.

    Args:
        lines: Of the file.
        name: What to call it in messages.

    Raises:
        InputError: An array is no JSON, or cannot be decoded.
    """
    first = next((line for line in lines if line.text.strip() or line.problem), None)
    if first is None:
        return
    if first.problem is None and _goes_on(first.text):
        taken = [first, *lines]
        rows = _whole(taken, name)
        if rows is not None:
            yield from rows
            return
        lines = iter(taken)
    else:
        lines = chain([first], lines)
    for line in lines:
        where = f"{name}, line {line.number}"
        if line.problem is not None:
            yield JsonRow(where, problem=line.problem)
        elif line.text.strip():
            yield _parsed(line.text, where)


def _goes_on(line: str) -> bool:
    """Whether a first line is the beginning of an array or of an object over lines."""
    line = line.strip()
    if line.startswith("["):
        return True
    try:
        json.loads(line)
    except json.JSONDecodeError as error:
        return line.startswith("{") and error.pos >= len(line)
    except (ValueError, RecursionError):
        pass
    return False


def _whole(lines: list[Line], name: str) -> list[JsonRow] | None:
    """The values of a file that is no JSON lines; None if its objects are none over lines either."""
    is_array = lines[0].text.lstrip().startswith("[")
    text = "\n".join(line.text for line in lines)
    broken = next((line.problem for line in lines if line.problem is not None), None)
    try:
        values = list(_values(text))
    except (ValueError, RecursionError) as error:
        if not is_array:
            return None
        where = name
        if isinstance(error, json.JSONDecodeError):
            where += f", line {lines[0].number + error.lineno - 1}"
        raise InputError(broken or f"{where}: not JSON: {_reason(error)}") from error
    if broken is not None:
        raise InputError(broken)
    if len(values) == 1 and isinstance(values[0], list):
        values = values[0]
    several = len(values) > 1
    return [
        JsonRow(f"{name}, item {number}" if several else name, value)
        for number, value in enumerate(values, start=1)
    ]


def _values(text: str) -> Iterator[object]:
    """Values one after another, as `jq` prints them."""
    position = 0
    while (begin := _SPACE.match(text, position).end()) < len(text):  # type: ignore[union-attr]
        value, position = _DECODER.raw_decode(text, begin)
        yield value


def _parsed(line: str, where: str) -> JsonRow:
    try:
        return JsonRow(where, json.loads(line))
    except (ValueError, RecursionError) as error:
        return JsonRow(where, problem=f"{where}: not JSON: {_reason(error)}")


def _reason(error: ValueError | RecursionError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg.removesuffix(' at')} at column {error.colno}"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)
