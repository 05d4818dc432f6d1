"""What a source may be called in the settings: a place, its columns, and which of its rows count.

docs.jsonl                      the text in a column of a usual name
docs.jsonl::body                the text in `body`
pairs.jsonl::body+lede          documents in `body`, their own headlines in `lede`
source.txt+target.txt           line n of the one document, line n of the other its headline
PART_II.txt?score>=3            the rows whose `score` is at least 3
PART_I.txt?part=1/2             every second row, from the first on; ?part=2/2 has the others
owner/name::text?config=zh&split=train&rows=100000
                                of the hub, read as a stream: the rest is not downloaded

Files of text may be UTF-8, GB18030 or Big5, and but for JSON UTF-16; a CSV's header tells whether a comma, a
semicolon, a tab or | stands between values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from summae.errors import InputError

_AT_LEAST = re.compile(r"(?P<column>\w+)>=(?P<least>-?\d+(?:\.\d+)?)")
_NAMED = re.compile(r"(?P<name>config|split|rows|part)=(?P<value>[^&=]+)")
_PART = re.compile(r"(\d+)/(\d+)")


@dataclass(frozen=True)
class Place:
    """A source, taken apart."""

    location: str
    """Path, two paths joined by `+`, or the name of a dataset on the hub."""
    columns: tuple[str, ...] = ()
    """No name, that of the text, or those of the document and of its own headline."""
    least: dict[str, float] = field(default_factory=dict)
    """Rows with less than so much in a column are left out."""
    part: tuple[int, int] = (1, 1)
    """(k, n): only every n-th row, from the k-th on."""
    rows: int | None = None
    """At most so many rows."""
    config: str | None = None
    """Configuration of a dataset on the hub."""
    split: str | None = None
    """Split of a dataset on the hub."""

    @classmethod
    def parse(cls, source: str) -> Place:
        """Read what the settings say.

        Raises:
            InputError: A part of it means nothing.
        """
        rest, _, options = source.partition("?")
        location, _, columns = rest.partition("::")
        names = tuple(columns.split("+")) if columns else ()
        if not location or len(names) > 2 or not all(names):
            raise InputError(
                f"{source!r} is no source: write PLACE, PLACE::COLUMN, or "
                "PLACE::DOCUMENT+SUMMARY for documents with their own headlines"
            )
        return cls(location, names, **_options(options, source))


def _options(options: str, source: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    least: dict[str, float] = {}
    for option in options.split("&") if options else ():
        if (match := _AT_LEAST.fullmatch(option)) is not None:
            least[match["column"]] = float(match["least"])
        elif (match := _NAMED.fullmatch(option)) is not None:
            found[match["name"]] = _value(match["name"], match["value"], source)
        else:
            raise InputError(
                f"{option!r} in the source {source!r} means nothing; after the ? stand, joined by "
                "&, COLUMN>=NUMBER, part=K/N, rows=N, config=NAME and split=NAME"
            )
    return found | {"least": least}


def _value(name: str, value: str, source: str) -> object:
    if name == "rows":
        if not value.isdecimal() or int(value) < 1:
            raise InputError(f"rows={value} in the source {source!r}: write a number, as rows=1000")
        return int(value)
    if name == "part":
        numbers = _PART.fullmatch(value)
        place, count = (0, 0) if numbers is None else map(int, numbers.groups())
        if not 1 <= place <= count:
            raise InputError(
                f"part={value} in the source {source!r}: write part=1/2 for every second row, and "
                "part=2/2 for the others"
            )
        return place, count
    return value
