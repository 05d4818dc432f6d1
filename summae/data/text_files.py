"""Plain text files that hold documents with their own headlines: those of LCSTS, and line by line.

Both come from a user's own copy; no line of them is shipped here. Rows have the columns `id`,
`document` and `summary`, and are read one at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from summae.errors import InputError
from summae.text.encoding import encoding_of

Row = dict[str, Any]
_SNIFFED_CHARACTERS = 1024
_BEGIN = "<doc id="
_BEGINNING = re.compile(rf"\ufeff?\s*{_BEGIN}")
_DOCUMENT = re.compile(r"<doc id=[\"']?(?P<id>\w+)[\"']?>(?P<content>.*)</doc>", re.DOTALL)
_END = "</doc>"
_FORM = (
    "<doc id=0> <summary>…</summary> <short_text>…</short_text> </doc>, in PART_II and PART_III "
    "with a <human_label>"
)


def is_lcsts(path: Path) -> bool:
    """Whether a text file begins like PART_I.txt of LCSTS."""
    try:
        with path.open(encoding=encoding_of(path), errors="replace") as file:
            return _BEGINNING.match(file.read(_SNIFFED_CHARACTERS)) is not None
    except (OSError, InputError):
        return False


def read_lcsts(path: Path) -> Iterator[Row]:
    """Rows of PART_I.txt, PART_II.txt or PART_III.txt (Hu et al., 2015, arXiv 1506.05865).

    Their column `score` says how well people found the headline to fit, 1 to 5; None in PART_I.
    The ids begin anew in each file, so they are told apart by its name: `PART_I-0`.

    Raises:
        InputError: A document is not as it should be, or the file cannot be read.
    """
    waiting, first = "", 1
    for number, line in _lines(path):
        if not waiting:
            first = number
        waiting += line
        while _END in waiting:
            document, _, waiting = waiting.partition(_END)
            yield _lcsts_row(document + _END, path, first)
            first = number
        waiting = waiting.lstrip()
        if waiting.count(_BEGIN) > 1:
            break
    if waiting:
        raise InputError(f"{path}, line {first}: a document without its {_END}; is the file whole?")


def read_line_pairs(documents: Path, summaries: Path) -> Iterator[Row]:
    """Line n of one file with line n of the other.

    Raises:
        InputError: The files have different numbers of lines, or cannot be read.
    """
    for document, summary in zip_longest(_lines(documents), _lines(summaries)):
        if document is None or summary is None:
            longer, line = (documents, document) if summary is None else (summaries, summary)
            shorter = summaries if summary is None else documents
            raise InputError(
                f"{shorter} ends before line {line[0]} of {longer}; each document needs its own "
                "headline in the same line"
            )
        yield {
            "id": f"{documents.stem}-{document[0]}",
            "document": document[1].strip(),
            "summary": summary[1].strip(),
        }


def _lcsts_row(text: str, path: Path, line: int) -> Row:
    found = _DOCUMENT.fullmatch(text.strip().removeprefix("\ufeff"))
    if found is None or _BEGIN in found["content"]:
        raise InputError(f"{path}, line {line}: {_quoted(text)} is no document of LCSTS: {_FORM}")
    parts = {name: _element(name, found["content"]) for name in ("summary", "short_text")}
    missing = [f"<{name}>" for name, part in parts.items() if part is None]
    if missing:
        raise InputError(
            f"{path}, line {line}: document {found['id']} has no {' and no '.join(missing)}; "
            f"expected {_FORM}"
        )
    label = _element("human_label", found["content"])
    if label is not None and not label.isdecimal():
        raise InputError(
            f"{path}, line {line}: <human_label> holds {_quoted(label)}, expected 1 to 5"
        )
    return {
        "id": f"{path.stem}-{found['id']}",
        "score": None if label is None else int(label),
        "document": parts["short_text"],
        "summary": parts["summary"],
    }


def _element(name: str, content: str) -> str | None:
    _, begin, rest = content.partition(f"<{name}>")
    text, end, _ = rest.partition(f"</{name}>")
    return text.strip() if begin and end else None


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, from 1; only line feeds end one."""
    encoding, number = "utf-8", 0
    try:
        encoding = encoding_of(path)
        if encoding.startswith("utf-16"):
            with path.open(encoding=encoding, newline="\n") as text:
                for whole in text:
                    number += 1
                    yield number, whole
            return
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                yield number, line.decode(encoding)
                encoding = encoding.removesuffix("-sig")  # the mark stands in the first line
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}, line {number}: byte 0x{error.object[error.start]:02x} is not "
            f"{encoding.upper()}; convert the file to UTF-8"
        ) from error
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error


def _quoted(text: str, most: int = 40) -> str:
    text = " ".join(text.split())
    return repr(text if len(text) <= most else text[: most - 1] + "…")
