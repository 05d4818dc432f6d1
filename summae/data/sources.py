"""Rows of text from wherever they lie: the Hugging Face hub or local parquet, JSONL, CSV and text files.

Every source ends as rows with a text column of the wanted name, the columns `id`, `date`, `set` and
`script` where any source has them, empty in those without, and a column `source`: the place of its
source in the list.
Which column holds the text is found by its usual names or told; `summae.data.places` has the whole
notation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import datasets

from summae.data.place_rows import read_table, stream_rows
from summae.data.places import Place
from summae.errors import InputError

OWN_DOCUMENT = "own_document"
"""Column of the document that a headline was written for."""

_USUAL_NAMES = {
    "document": ("document", "content", "text", "article", "body"),
    "summary": ("summary", "headline", "title", "text"),
}
_KEPT = ("id", "date", "set", "script")
_TEXT = datasets.Value("string")


def load_texts(
    sources: Sequence[str], kind: str, *, split: str = "train", own_documents: bool = False
) -> datasets.Dataset:
    """Concatenate sources into one dataset with the text in the column `kind`.

    Args:
        sources: Places, see `summae.data.places`.
        kind: `"document"` or `"summary"`.
        split: Split to read of a hub dataset that names none itself.
        own_documents: Add the column `own_document`: the document that each summary was written
            for, empty where its source does not have it.

    Raises:
        InputError: A source is missing, cannot be read, or has no such column.
    """
    names = {kind: kind} | ({OWN_DOCUMENT: "document"} if own_documents else {})
    parts = [_load_one(Place.parse(source), names, split) for source in sources]
    return _concatenated(parts, f"{kind} texts")


def load_pairs(sources: Sequence[str], *, split: str = "train") -> datasets.Dataset:
    """Concatenate sources that have both: a `document` and, as `summary`, its own headline.

    Args:
        sources: Places; `PLACE::DOCUMENT+SUMMARY` names both columns.
        split: See `load_texts`.

    Raises:
        InputError: A source is missing, cannot be read, or lacks one of the columns.
    """
    names = {"document": "document", "summary": "summary"}
    places = [Place.parse(source) for source in sources]
    for place in places:
        if len(place.columns) == 1:
            raise InputError(
                f"{place.location}::{place.columns[0]} names one column, but documents and their "
                f"own headlines are wanted: write {place.location}::DOCUMENT+SUMMARY"
            )
    return _concatenated([_load_one(place, names, split) for place in places], "pairs")


def stream_texts(
    sources: Sequence[str], kind: str, *, split: str = "train"
) -> Iterator[dict[str, Any]]:
    """The rows of `load_texts` one after the other, without a copy on disk or the rest in memory.

    Rows have what their own source has of `id`, `date`, `set` and `script`.

    Args:
        sources: See `load_texts`.
        kind: See `load_texts`.
        split: See `load_texts`.

    Raises:
        InputError: See `load_texts`; when it is that source's turn.
    """
    for number, source in enumerate(sources):
        for row in _stream_one(Place.parse(source), {kind: kind}, split):
            yield row | {"source": number}


def _concatenated(parts: list[datasets.Dataset], what: str) -> datasets.Dataset:
    if not parts:
        raise InputError(f"no source of {what} was given; name at least one file or dataset")
    # All that any part has: without their ids and dates, rows beside others that have none would be
    # strangers to themselves.
    names = list(dict.fromkeys(name for part in parts for name in part.column_names))
    parts = [
        _with_columns(part, names).add_column("source", [number] * len(part))
        for number, part in enumerate(parts)
    ]
    return parts[0] if len(parts) == 1 else datasets.concatenate_datasets(parts)


def _with_columns(part: datasets.Dataset, names: Sequence[str]) -> datasets.Dataset:
    for name in names:
        if name not in part.column_names:
            part = part.add_column(name, [None] * len(part), feature=_TEXT)
    return part.select_columns(list(names))


def _load_one(place: Place, names: Mapping[str, str], split: str) -> datasets.Dataset:
    if place.rows is not None:
        rows = list(_stream_one(place, names, split))
        features = {name: _TEXT for name in (rows[0] if rows else names)}
        return datasets.Dataset.from_list(rows, features=datasets.Features(features))
    table = read_table(place, split)
    columns = _columns(place, names, table.column_names)
    kept = [name for name in _KEPT if name in table.column_names]
    table = table.select_columns([*dict.fromkeys([*columns.values(), *kept])])
    # Ids and dates come as text, numbers or timestamps, texts as short or long strings: alike, they
    # concatenate.
    table = table.cast(datasets.Features({name: _TEXT for name in table.column_names}))
    # One column may have the name that another is to get.
    table = table.rename_columns({column: f"new {name}" for name, column in columns.items()})
    table = table.rename_columns({f"new {name}": name for name in columns})
    for name in names.keys() - columns.keys():
        table = table.add_column(name, [""] * len(table))
    return table


def _stream_one(place: Place, names: Mapping[str, str], split: str) -> Iterator[dict[str, Any]]:
    rows = stream_rows(place, split)
    first = next(rows, None)
    if first is None:
        return
    columns = {**dict.fromkeys(names, ""), **_columns(place, names, list(first))}
    columns |= {name: name for name in _KEPT if name in first}
    for row in chain([first], rows):
        yield {name: _as_text(row.get(column, "")) for name, column in columns.items()}


def _columns(place: Place, names: Mapping[str, str], there: Sequence[str]) -> dict[str, str]:
    """Column of each wanted name; only `own_document` may have none.

    Args:
        place: May tell them.
        names: The kind of text for each name.
        there: What the rows have.
    """
    found: dict[str, str] = {}
    for name, kind in names.items():
        column = _told_column(place, name, kind)
        if column is None:
            # No text is its own headline.
            free = [usual for usual in _USUAL_NAMES[kind] if usual not in found.values()]
            column = next((usual for usual in free if usual in there), "")
        if column in there:
            found[name] = column
        elif name != OWN_DOCUMENT:
            form = "DOCUMENT+SUMMARY" if {"document", "summary"} <= names.keys() else "COLUMN"
            raise InputError(
                f"{place.location} has the columns {', '.join(there)}; none is known to hold the "
                f"{kind}. Name it: {place.location}::{form}"
            )
    return found


def _told_column(place: Place, name: str, kind: str) -> str | None:
    if len(place.columns) == 2:
        return place.columns[0 if kind == "document" else 1]
    return place.columns[0] if place.columns and name != OWN_DOCUMENT else None


def _as_text(value: object) -> str | None:
    return None if value is None else str(value)
