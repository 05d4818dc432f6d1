"""Rows of text from wherever they lie: the Hugging Face hub or local parquet, JSONL, CSV and text files.

Every source ends as a `datasets.Dataset` with a text column of the wanted name, the columns `id`,
`date`, `set` and `script` where all sources have them, and a column `source`: the place of its
source in the list. Which column holds the text is found by its usual names or told with
`path::column`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import datasets
from datasets.exceptions import DatasetsError

from summae.errors import InputError

_USUAL_NAMES = {
    "document": ("document", "content", "text", "article", "body"),
    "summary": ("summary", "headline", "title", "text"),
}
_LOADERS = {
    ".parquet": "parquet",
    ".jsonl": "json",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "text",
}
_KEPT = ("id", "date", "set", "script")


def load_texts(sources: Sequence[str], kind: str, *, split: str = "train") -> datasets.Dataset:
    """Concatenate sources into one dataset with the text in the column `kind`.

    Args:
        sources: Paths or hub ids; `path::column` names the text column.
        kind: `"document"` or `"summary"`.
        split: Split to read of a hub dataset.

    Raises:
        InputError: A source is missing, cannot be read, or has no such column.
    """
    parts = [_load_one(source, kind, split) for source in sources]
    if not parts:
        raise InputError(f"no source of {kind} texts was given; name at least one file or dataset")
    shared = [c for c in _KEPT if all(c in part.column_names for part in parts)]
    parts = [
        part.select_columns([kind, *shared]).add_column("source", [number] * len(part))
        for number, part in enumerate(parts)
    ]
    return parts[0] if len(parts) == 1 else datasets.concatenate_datasets(parts)


def _load_one(source: str, kind: str, split: str) -> datasets.Dataset:
    location, _, column = source.partition("::")
    path = Path(location)
    if path.suffix in _LOADERS:
        if not path.exists():
            raise InputError(f"no such file: {location} (a source of {kind} texts)")
        options = {"delimiter": "\t"} if path.suffix == ".tsv" else {}
        rows = _load(
            location, _LOADERS[path.suffix], data_files=str(path), split="train", **options
        )
    elif path.exists():
        raise InputError(
            f"{location} is of no known type; expected one of {', '.join(sorted(_LOADERS))}"
        )
    else:
        rows = _load(location, location, split=split)
    return _with_text_column(rows, kind, column, location)


def _load(location: str, *arguments: str, **options: str) -> datasets.Dataset:
    try:
        return datasets.load_dataset(*arguments, **options)
    except (DatasetsError, OSError, ValueError) as error:
        raise InputError(
            f"{location} cannot be read as a file of rows or a dataset of the hub: {error}"
        ) from error


def _with_text_column(
    rows: datasets.Dataset, kind: str, column: str, location: str
) -> datasets.Dataset:
    if not column:
        column = next((name for name in _USUAL_NAMES[kind] if name in rows.column_names), "")
    if column not in rows.column_names:
        raise InputError(
            f"{location} has the columns {', '.join(rows.column_names)}; none is known to hold the "
            f"{kind}. Name it: {location}::COLUMN"
        )
    kept = [name for name in _KEPT if name in rows.column_names]
    rows = rows.select_columns([column, *kept])
    # Ids and dates come as text, numbers or timestamps, texts as short or long strings: alike, they
    # concatenate.
    features = rows.features.copy()
    for name in [column, *kept]:
        features[name] = datasets.Value("string")
    rows = rows.cast(features)
    return rows if column == kind else rows.rename_column(column, kind)
