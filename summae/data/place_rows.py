"""The rows of a place with all their columns: as a table mapped from disk, or one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import datasets
from datasets.exceptions import DatasetsError

from summae.data.places import Place
from summae.data.text_files import is_lcsts, read_lcsts, read_line_pairs
from summae.errors import InputError
from summae.text.delimiter import delimiter_of
from summae.text.encoding import encoding_of

_LINE_SUFFIXES = (".txt", ".source", ".target", ".src", ".tgt")
_LOADERS = {
    ".parquet": "parquet",
    ".jsonl": "json",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    **dict.fromkeys(_LINE_SUFFIXES, "text"),
}
_PAIR_FEATURES = {
    "id": datasets.Value("string"),
    "score": datasets.Value("int64"),
    "document": datasets.Value("string"),
    "summary": datasets.Value("string"),
}


def read_table(place: Place, split: str) -> datasets.Dataset:
    """The rows that a place asks for, `rows` not regarded.

    Raises:
        InputError: The place is missing, or cannot be read.
    """
    return _chosen(_whole_table(place, split), place)


def stream_rows(place: Place, split: str) -> Iterator[Mapping[str, Any]]:
    """The same rows lazily, and no more than the place asks for.

    Raises:
        InputError: The place is missing, or cannot be read.
    """
    return islice(_wanted_rows(_all_rows(place, split), place), place.rows)


def _whole_table(place: Place, split: str) -> datasets.Dataset:
    reader = _pair_reader(place)
    if reader is not None:
        read, paths = reader
        # The files' age is an argument, or rows of an older version would come from the cache.
        stamps = tuple((path.stat().st_mtime_ns, path.stat().st_size) for path in paths)
        return _read(
            place,
            datasets.Dataset.from_generator,
            _generated,
            # Tuples: lists are taken for shards of the data.
            gen_kwargs={"read": read, "paths": paths, "stamps": stamps},
            features=datasets.Features(_PAIR_FEATURES),
        )
    return _read(place, datasets.load_dataset, *_arguments(place), **_options(place, split))


def _all_rows(place: Place, split: str) -> Iterator[Mapping[str, Any]]:
    reader = _pair_reader(place)
    if reader is not None:
        read, paths = reader
        yield from read(*paths)
        return
    options = _options(place, split) | {"streaming": True}
    rows = iter(_read(place, datasets.load_dataset, *_arguments(place), **options))
    while (row := _read(place, next, rows, None)) is not None:
        yield row


def _chosen(table: datasets.Dataset, place: Place) -> datasets.Dataset:
    first, step = place.part
    if step > 1:
        table = table.select(range(first - 1, len(table), step))
    for column, least in place.least.items():
        _check_column(column, table.column_names, place)
        values = table[column]
        table = table.select([i for i, value in enumerate(values) if _reaches(value, least)])
    return table


def _wanted_rows(rows: Iterable[Mapping[str, Any]], place: Place) -> Iterator[Mapping[str, Any]]:
    first, step = place.part
    for row in islice(rows, first - 1, None, step):
        for column in place.least:
            _check_column(column, list(row), place)
        if all(_reaches(row[column], least) for column, least in place.least.items()):
            yield row


def _check_column(column: str, there: Sequence[str], place: Place) -> None:
    if column not in there:
        raise InputError(
            f"{place.location} has the columns {', '.join(there)}, and no {column!r} to choose "
            "rows by"
        )


def _reaches(value: object, least: float) -> bool:
    try:
        return float(value) >= least  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False  # nothing, or no number


def _pair_reader(place: Place) -> tuple[Any, tuple[Path, ...]] | None:
    """The function that reads plain text with pairs, and its files; None for everything else."""
    path = Path(place.location)
    if path.suffix == ".txt" and is_lcsts(path):
        return read_lcsts, (path,)
    if "+" in place.location and not path.exists():
        paths = tuple(Path(part) for part in place.location.split("+"))
        if all(part.suffix in _LINE_SUFFIXES for part in paths):
            _check_there(paths, place)
            return read_line_pairs, paths
    return None


def _check_there(paths: Sequence[Path], place: Place) -> None:
    if len(paths) != 2:
        raise InputError(
            f"{place.location} joins {len(paths)} files; documents and their own headlines are "
            "two, line by line: DOCUMENTS.txt+HEADLINES.txt"
        )
    for path in paths:
        if not path.is_file():
            raise InputError(f"no such file: {path} (of the pair {place.location})")


def _generated(read: Any, paths: tuple[Path, ...], stamps: object) -> Iterator[dict[str, Any]]:
    for row in read(*paths):
        yield {"score": None} | row


def _arguments(place: Place) -> list[str]:
    path = Path(place.location)
    if path.suffix in _LOADERS:
        if not path.exists():
            raise InputError(f"no such file: {place.location}")
        return [_LOADERS[path.suffix]]
    if path.exists():
        raise InputError(
            f"{place.location} is of no known type; expected one of {', '.join(sorted(_LOADERS))}"
        )
    return [place.location, *([place.config] if place.config else [])]


def _options(place: Place, split: str) -> dict[str, Any]:
    path = Path(place.location)
    if path.suffix not in _LOADERS:
        return {"split": place.split or split}
    return {"data_files": str(path), "split": "train"} | _form(path)


def _form(path: Path) -> dict[str, str]:
    """How the library has to read a file of text."""
    if path.suffix == ".parquet":
        return {}
    try:
        encoding, header = encoding_of(path), ""
        if _LOADERS[path.suffix] == "csv":
            with path.open(encoding=encoding, errors="replace") as file:
                header = next((line for line in file if line.strip()), "")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    if _LOADERS[path.suffix] == "json" and encoding.startswith("utf-16"):
        raise InputError(f"{path} is UTF-16, which is not read here; save it as UTF-8")
    if _LOADERS[path.suffix] != "csv":
        return {"encoding": encoding}
    delimiter = "\t" if path.suffix == ".tsv" else delimiter_of(header)
    return {"encoding": encoding, "delimiter": delimiter}


def _read(place: Place, function: Any, *arguments: Any, **options: Any) -> Any:
    try:
        return function(*arguments, **options)
    except (DatasetsError, OSError, ValueError) as error:
        if isinstance(error.__cause__, InputError):  # raised by a reader of ours
            raise error.__cause__ from None
        raise InputError(
            f"{place.location} cannot be read as a file of rows or a dataset of the hub: {error}"
        ) from error
