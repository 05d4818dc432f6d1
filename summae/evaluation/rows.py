"""Read what is judged: documents with their human summaries, and the summaries a system wrote for them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from summae.errors import InputError, MissingExtraError
from summae.inference.options import OUR_SUMMARY_FIELD, SUMMARY_FIELD

_CONTENT = re.compile(r"[^\W_]")

TokenScores = Sequence[tuple[str, float]]
"""The pieces of a summary, from left to right, each with a discriminator's score."""


@dataclass(frozen=True)
class System:
    """What a system wrote for each row, and what a signature says of it."""

    name: str
    summaries: Sequence[str]
    revision: str = ""
    """Name and hash of the model, or of the file of summaries."""
    decoding: str = "unknown"
    """How summaries were searched for."""
    token_scores: Sequence[TokenScores] | None = None
    """Where a discriminator judged them."""


@dataclass(frozen=True)
class Rows:
    """A test set: three lists of equal length."""

    documents: list[str]
    references: list[str]
    sets: list[str]
    """Which part of the test set a row belongs to, for a table by part; empty strings where unknown."""

    def __len__(self) -> int:
        return len(self.documents)

    def take(self, places: Sequence[int]) -> Rows:
        """The rows at these places, in their order."""
        return Rows(
            [self.documents[place] for place in places],
            [self.references[place] for place in places],
            [self.sets[place] for place in places],
        )


def read_rows(path: Path) -> Rows:
    """Read a Parquet or JSONL file with the columns `document`, `summary` and, if there is one, `set`.

    A human summary that says nothing would score 0 whatever a system writes, and of an empty document
    nothing can be said: such a row is refused rather than counted.

    Raises:
        InputError: If the file cannot be read, a column is missing, or a row has no text in one.
        MissingExtraError: If it is Parquet and pyarrow is not installed.
    """
    columns = _columns(path, needed=("document", "summary"))
    return Rows(
        documents=_said(path, "document", _texts(path, "document", columns["document"])),
        references=_said(path, "summary", _texts(path, "summary", columns["summary"])),
        sets=[str(name or "") for name in columns.get("set", [""] * len(columns["document"]))],
    )


def read_summaries(path: Path) -> list[str]:
    """Read a system's summaries from a Parquet or JSONL file; null, a failed document, becomes empty.

    They are in the column `summary_summae`, where `summarize` puts them beside a `summary` that was
    there before, or else in `summary`.

    Raises:
        InputError: If the file cannot be read or the column is missing.
        MissingExtraError: If it is Parquet and pyarrow is not installed.
    """
    columns = _columns(path, needed=(SUMMARY_FIELD,))
    name = OUR_SUMMARY_FIELD if OUR_SUMMARY_FIELD in columns else SUMMARY_FIELD
    return _texts(path, name, ["" if text is None else text for text in columns[name]])


def read_token_scores(path: Path) -> list[TokenScores] | None:
    """Read the column `token_scores`, if there is one: lists of [piece, score], or null.

    Raises:
        InputError: If the file cannot be read, or a row holds something else.
        MissingExtraError: If it is Parquet and pyarrow is not installed.
    """
    column = _columns(path, needed=()).get("token_scores")
    if column is None:
        return None
    return [_token_scores(f"{path}, row {number}", row) for number, row in enumerate(column, 1)]


def _token_scores(where: str, row: object) -> TokenScores:
    scores = []
    for item in row if isinstance(row, list) else [row] if row is not None else []:
        # Parquet has no lists of two types: there a pair is a structure.
        pair = list(item.values()) if isinstance(item, dict) else item
        match pair:
            case [str(piece), int() | float() as value] if math.isfinite(value) and not isinstance(
                value, bool
            ):
                scores.append((piece, float(value)))
            case _:
                raise InputError(
                    f"{where}: 'token_scores' holds {item!r}; expected [piece, finite score]."
                )
    return scores


def checked_texts(name: str, texts: Iterable[object]) -> list[str]:
    """The texts as a list, if that is what they are.

    Raises:
        TypeError: If one string came instead of several, or something else among them.
    """
    if isinstance(texts, str | bytes | Mapping) or not isinstance(texts, Iterable):
        raise TypeError(f"{name} are a sequence of texts, got one {type(texts).__name__}.")
    checked = []
    for place, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(
                f"{name}[{place}] is {text!r} ({type(text).__name__}), expected a text; "
                "give '' for a summary that failed."
            )
        checked.append(text)
    return checked


def evenly(total: int, limit: int | None) -> list[int]:
    """`limit` of `total` places at equal distances: a test set is often sorted by outlet."""
    if limit is None or limit >= total:
        return list(range(total))
    return [step * total // limit for step in range(limit)]


def _columns(path: Path, needed: Sequence[str]) -> Mapping[str, list[object]]:
    if not path.is_file():
        raise InputError(f"{path} is no file; expected a Parquet or JSONL file.")
    if path.suffix == ".parquet":
        columns = _parquet(path, needed)
    elif path.suffix in (".jsonl", ".json"):
        columns = _json_lines(path)
    else:
        raise InputError(f"{path} ends in {path.suffix!r}; expected .parquet or .jsonl.")
    if not columns and path.suffix != ".parquet":
        raise InputError(f"{path} holds no rows.")
    missing = [name for name in needed if name not in columns]
    if missing:
        raise InputError(_lacking(path, missing[0], columns))
    return columns


def _parquet(path: Path, needed: Sequence[str]) -> Mapping[str, list[object]]:
    try:
        from pyarrow import ArrowException, parquet
    except ImportError as error:
        raise MissingExtraError("Reading Parquet", extra="eval") from error
    try:
        wanted = ("document", SUMMARY_FIELD, OUR_SUMMARY_FIELD, "set", "token_scores")
        names = parquet.read_schema(path).names
        missing = [name for name in needed if name not in names]
        if missing:
            raise InputError(_lacking(path, missing[0], names))
        present = [name for name in wanted if name in names]
        table: Mapping[str, list[object]] = parquet.read_table(path, columns=present).to_pydict()
    except (ArrowException, OSError, UnicodeDecodeError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise InputError(f"{path} is not readable as Parquet: {reason}") from error
    return table


def _lacking(path: Path, column: str, columns: Iterable[str]) -> str:
    return f"{path} lacks the column {column!r}; it has {sorted(columns)}."


def _json_lines(path: Path) -> Mapping[str, list[object]]:
    rows: list[dict[str, object]] = []
    with path.open(encoding="utf-8-sig") as lines:
        try:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    rows.append(_json_object(line, f"{path}, line {number}"))
        except UnicodeDecodeError as error:
            raise InputError(f"{path} is not UTF-8: {error}") from error
    # Any row may have a column that the first one lacks.
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}


def _json_object(line: str, where: str) -> dict[str, object]:
    try:
        row = json.loads(line)
    # A number of thousands of digits is a ValueError, ten thousand brackets are a RecursionError.
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where} is not JSON that can be read: {error}") from error
    if not isinstance(row, dict):
        raise InputError(f"{where} holds a {type(row).__name__}; expected an object.")
    return row


def _said(path: Path, column: str, texts: list[str]) -> list[str]:
    """The texts, if each has a letter, a Chinese character or a digit."""
    for number, text in enumerate(texts, start=1):
        if not _CONTENT.search(text):
            raise InputError(
                f"{path}, row {number}: {column!r} is {text[:20]!r}, without any letter, Chinese "
                "character or digit; leave the row out."
            )
    return texts


def _texts(path: Path, column: str, values: Sequence[object]) -> list[str]:
    texts = []
    for number, value in enumerate(values, start=1):
        if not isinstance(value, str):
            raise InputError(
                f"{path}, row {number}: {column!r} holds {value!r} ({type(value).__name__}); "
                "expected a text."
            )
        texts.append(value)
    return texts
