"""Lines to CSV rows: a quote that is never closed costs its own lines, not the rest of the table."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from summae.cli.lines import Line
from summae.text.delimiter import delimiter_of

_LONGEST_ROW = 1 << 24
"""Characters of a row; a quote that opens and is not closed for so long was a stray one."""
_LARGEST_FIELD = 1 << 30


@dataclass(frozen=True)
class CsvRow:
    """The values of a row, or the reason why there are none."""

    line: int
    """Number of its last line."""
    values: list[str]
    problem: str | None = None


def csv_rows(lines: Iterator[Line], name: str, delimiter: str | None = None) -> Iterator[CsvRow]:
    """Read rows, of which quoted values may span lines; empty lines are none.

    After a quote that does not close a value, reading goes on with the line after the one where it
    opened, so that all of a table is seen but what cannot be trusted.

    Args:
        lines: Of the file.
        name: What to call it in messages.
        delimiter: What stands between values; None goes by the first line.
    """
    csv.field_size_limit(_LARGEST_FIELD)
    if delimiter is None:
        first = next((line for line in lines if line.text.strip() or line.problem), None)
        if first is None:
            return
        delimiter, lines = delimiter_of(first.text), chain([first], lines)
    feed = _Feed(lines)
    while True:
        feed.taken.clear()
        reader = csv.reader(feed, delimiter=delimiter, strict=True)
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            opened = _opening_quote(feed.taken, delimiter)
            end = len(feed.taken) if opened is None else opened + 1
            broken = feed.taken[:end]
            feed.put_back(feed.taken[end:])
            reason = _reason(error, is_quote=opened is not None)
            line = broken[-1].number
            problem = _bad_line(broken) or f"{name}, line {line}: not CSV: {reason}"
            yield CsvRow(line, [], problem)
        else:
            bad_line = _bad_line(feed.taken)
            if values or bad_line is not None:
                yield CsvRow(feed.taken[-1].number, values, bad_line)


class _Feed:
    """Hands lines to the reader of one row, and again what a broken row had swallowed."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self.taken: list[Line] = []
        """Lines of the row that is being read."""
        self._lines = lines
        self._waiting: deque[Line] = deque()
        self._characters = 0

    def __iter__(self) -> _Feed:
        self._characters = 0
        return self

    def __next__(self) -> str:
        if self._characters > _LONGEST_ROW:
            raise csv.Error("the row has no end")
        line = self._waiting.popleft() if self._waiting else next(self._lines)
        self.taken.append(line)
        self._characters += len(line.text) + 1
        return line.text + "\n"

    def put_back(self, lines: list[Line]) -> None:
        """These come next."""
        self._waiting.extendleft(reversed(lines))


def _opening_quote(lines: list[Line], delimiter: str) -> int | None:
    """Index of the line where the quote opened within which, or right after which, reading failed.

    The states are those of the `csv` module, which keeps them to itself.
    """
    opened = None
    is_quoted, may_open = False, True
    for index, line in enumerate(lines):
        characters = iter(range(len(line.text)))
        for place in characters:
            character = line.text[place]
            if is_quoted:
                if character != '"':
                    continue
                following = line.text[place + 1 : place + 2]
                if following == '"':
                    next(characters)  # two of them are one within the value
                elif following in ("", "\r", delimiter):
                    is_quoted = False
                else:
                    return opened
            elif character == '"' and may_open:
                is_quoted, opened = True, index
            may_open = character == delimiter
        may_open = not is_quoted
    return opened if is_quoted else None


def _reason(error: csv.Error, *, is_quote: bool) -> str:
    if not is_quote:
        return str(error)
    return 'a quote opens here that does not close at the end of a value; within one, write ""'


def _bad_line(lines: list[Line]) -> str | None:
    return next((line.problem for line in lines if line.problem is not None), None)
