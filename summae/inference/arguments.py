"""What a caller may hand in: each wrong argument is refused at once, with what to write instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from os import PathLike
from typing import Any

from summae.text.length import Length

_QUOTED = 40
"""Characters of a value that a message repeats: an argument may be a whole document."""
_THREADS = 1024
"""More than any machine has cores for one model; far more end the process without a word."""


def documents_of(
    texts: Any, *, who: str = "summarizer", method: str = "summarize"
) -> Iterator[str]:
    """An iterator over the documents; `who` and `method` are what the caller called.

    Raises:
        ValueError: `texts` is a single text, a mapping, a table or nothing to iterate over.
    """
    if isinstance(texts, str):
        raise ValueError(
            "texts is an iterable of documents, got one string; "
            f"for one document write {method}([text])[0]"
        )
    if isinstance(texts, (bytes, bytearray)):
        raise ValueError(
            "texts is an iterable of documents, got bytes; "
            f"for one document write {method}([data.decode()])[0]"
        )
    if isinstance(texts, Mapping):
        raise ValueError(
            f"texts is an iterable of documents, got a mapping with the keys {_shown([*texts])}; "
            f"for a batch of a dataset write {who}(batch), for its values "
            f"{method}(texts.values())"
        )
    if hasattr(texts, "columns") and hasattr(texts, "iloc"):
        raise ValueError(
            f"texts is an iterable of documents, got a table with the columns {_shown([*texts.columns])}; "
            f'for one of them write {method}(table["document"])'
        )
    try:
        documents: Iterator[str] = iter(texts)
    except TypeError:
        raise ValueError(f"texts is an iterable of documents, got {_shown(texts)}") from None
    return documents


def check_length(length: object) -> None:
    """Raise a ValueError unless it is a `Length` or None."""
    if length is not None and not isinstance(length, Length):
        raise ValueError(
            f"length is a Length, got {_shown(length)}; "
            "write Length.characters(20) or Length.ratio(0.1)"
        )


def check_batch(batch: object, *, who: str = "summarizer", method: str = "summarize") -> None:
    """Raise a ValueError unless it has columns by name, as a batch of a dataset does."""
    if not hasattr(batch, "keys"):
        raise ValueError(
            f"a {who} is called with a batch of a dataset (columns by name), "
            f"got {_shown(batch)}; for texts write {who.split()[-1]}.{method}([text])"
        )


def check_count(name: str, value: object) -> None:
    """Raise a ValueError unless it is a whole number of at least 1."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{name} is a whole number of at least 1, got {_shown(value)}")


def check_threads(value: object) -> None:
    """Raise a ValueError unless it is None or a number of threads that a machine could have."""
    check_count("threads", 1 if value is None else value)
    if isinstance(value, int) and value > _THREADS:
        raise ValueError(f"threads is at most {_THREADS}, better the number of cores, got {value}")


def check_field(field: object) -> None:
    """Raise a ValueError unless it is None or the name of a column."""
    if field is not None and not isinstance(field, str):
        raise ValueError(
            f"field is the name of a column, got {_shown(field)}; dataset.map passes other things in its "
            "place with with_indices or with_rank: leave those out"
        )


def check_model(name_or_path: object) -> None:
    """Raise a ValueError unless it can be the name or the folder of a model."""
    if name_or_path is not None and not isinstance(name_or_path, (str, PathLike)):
        raise ValueError(
            f"name_or_path is a folder, the name of a model in this package, or None for the "
            f"default model, got {_shown(name_or_path)}"
        )


def _shown(value: object) -> str:
    shown = repr(value[:_QUOTED] if isinstance(value, (str, bytes)) else value)
    return shown if len(shown) <= _QUOTED else shown[: _QUOTED - 1] + "…"
