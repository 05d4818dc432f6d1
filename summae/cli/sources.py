"""What the FILE arguments stand for: files, standard input, and the files in folders."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Literal

from summae.errors import InputError

Kind = Literal["text", "jsonl", "csv", "parquet"]

STANDARD_INPUT = "-"

_KINDS: dict[str, Kind] = {
    ".txt": "text",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
}

_BEGINNING_OF_OBJECT = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{\s*[\"}]")


@dataclass(frozen=True)
class Source:
    """One file to read; its path is None for standard input."""

    path: Path | None
    kind: Kind

    @property
    def name(self) -> str:
        """What messages and output rows call it."""
        return STANDARD_INPUT if self.path is None else str(self.path)


def expand(
    arguments: Sequence[str],
    *,
    recursive: bool,
    kind: Kind | None = None,
    stdin: BufferedReader | None = None,
) -> list[Source | InputError]:
    """List the sources in the order of the arguments; the files of a folder in sorted order.

    Args:
        arguments: Paths, or `-` for standard input.
        recursive: Read the files in folders whose suffix is known; hidden ones are left out.
        kind: Kind of every source; None goes by the suffix, unknown suffixes are plain text.
        stdin: Its first bytes tell, without being consumed, whether it is JSONL or plain text.

    Returns:
        A source, or in its place the reason why there is none.
    """
    return list(_expand(arguments, recursive, kind, stdin))


def kind_of(path: Path) -> Kind | None:
    """The kind that a suffix stands for, if it stands for one."""
    return _KINDS.get(path.suffix.lower())


def _expand(
    arguments: Sequence[str], recursive: bool, kind: Kind | None, stdin: BufferedReader | None
) -> Iterator[Source | InputError]:
    for argument in arguments:
        path = Path(argument)
        if argument == STANDARD_INPUT:
            yield Source(None, kind or _kind_of_stream(stdin))
        elif path.is_dir():
            yield from _in_folder(path, recursive, kind)
        elif not path.exists():
            yield InputError(f"{path}: no such file")
        else:
            yield Source(path, kind or kind_of(path) or "text")


def _in_folder(folder: Path, recursive: bool, kind: Kind | None) -> Iterator[Source | InputError]:
    if not recursive:
        yield InputError(f"{folder} is a folder; with --recursive the files in it are read")
        return
    files = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and kind_of(path) is not None
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    if not files:
        yield InputError(f"{folder}: no file in it ends in {', '.join(_KINDS)}")
    for path in files:
        yield Source(path, kind or kind_of(path) or "text")


def _kind_of_stream(stdin: BufferedReader | None) -> Kind:
    is_object = stdin is not None and _BEGINNING_OF_OBJECT.match(stdin.peek())
    return "jsonl" if is_object else "text"
