"""What the FILE arguments stand for: files, standard input, and the files in folders."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Literal

Kind = Literal["text", "jsonl", "csv", "parquet"]

STANDARD_INPUT = "-"

_KINDS: dict[str, Kind] = {
    ".txt": "text",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
}

# In UTF-16 these are the same bytes with zeros between them.
_NOT_ASCII_TEXT = re.compile(rb"^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)|\0")
_BEGINNING_OF_JSON = re.compile(rb"\s*(?:\[\s*)?\{\s*(?:[\"}]|$)")
_SNIFFED_BYTES = 256


@dataclass(frozen=True)
class Source:
    """One file to read; its path is None for standard input."""

    path: Path | None
    kind: Kind
    problem: str | None = None
    """Why it cannot be read, if that is known already."""

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
) -> list[Source]:
    """List the sources in the order of the arguments; the files of a folder in sorted order.

    Args:
        arguments: Paths, or `-` for standard input.
        recursive: Read the files in folders whose suffix is known; hidden ones are left out.
        kind: Kind of every source; None goes by the suffix. Under other suffixes, and on standard
            input, the first bytes tell JSONL from plain text.
        stdin: Its first bytes are looked at without being consumed.

    Returns:
        Sources; one that cannot be read says why.
    """
    return list(_expand(arguments, recursive, kind, stdin))


def kind_of(path: Path) -> Kind | None:
    """The kind that a suffix stands for, if it stands for one."""
    return _KINDS.get(path.suffix.lower())


def is_tsv(path: Path | None) -> bool:
    """Whether tabs separate the values of this table."""
    return path is not None and path.suffix.lower() == ".tsv"


def _expand(
    arguments: Sequence[str], recursive: bool, kind: Kind | None, stdin: BufferedReader | None
) -> Iterator[Source]:
    for argument in arguments:
        path = Path(argument)
        if argument == STANDARD_INPUT:
            head = b"" if stdin is None or kind else stdin.peek(_SNIFFED_BYTES)
            yield _sniffed(None, kind, head)
        elif not argument:
            yield Source(path, "text", "a FILE has an empty name")
        elif path.is_dir():
            yield from _in_folder(path, recursive, kind)
        elif not path.exists():
            yield Source(path, kind or kind_of(path) or "text", f"{path}: no such file")
        else:
            known = kind or kind_of(path)
            yield Source(path, known) if known else _sniffed(path, None, _head(path))


def _in_folder(folder: Path, recursive: bool, kind: Kind | None) -> Iterator[Source]:
    if not recursive:
        problem = f"{folder} is a folder; with --recursive the files in it are read"
        yield Source(folder, kind or "text", problem)
        return
    errors: list[OSError] = []
    files: list[Path] = []
    for root, folders, names in os.walk(folder, onerror=errors.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += [Path(root, name) for name in names if not name.startswith(".")]
    for error in errors:
        unread = Path(str(error.filename))
        yield Source(unread, kind or "text", f"{unread}: folder not read: {error.strerror}")
    files = sorted(path for path in files if path.is_file() and kind_of(path) is not None)
    if not files and not errors:
        problem = f"{folder}: no file in it ends in {', '.join(_KINDS)}"
        yield Source(folder, kind or "text", problem)
    for path in files:
        yield Source(path, kind or kind_of(path) or "text")


def _head(path: Path) -> bytes:
    # A pipe or device would lose what is read here.
    if not path.is_file():
        return b""
    try:
        with path.open("rb") as stream:
            return stream.read(_SNIFFED_BYTES)
    except OSError:
        return b""  # reading it will tell


def _sniffed(path: Path | None, kind: Kind | None, head: bytes) -> Source:
    """A source of the kind that its first bytes show, where none is known."""
    if kind is not None:
        return Source(path, kind)
    head = _NOT_ASCII_TEXT.sub(b"", head[:_SNIFFED_BYTES])
    return Source(path, "jsonl" if _BEGINNING_OF_JSON.match(head) else "text")
