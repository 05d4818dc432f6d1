"""Have a finished model write a line for each of many documents, and lose none of them when killed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import tee
from pathlib import Path

from summae.errors import InputError
from summae.inference.summarizer import Summary


def write_lines(
    part: Path,
    model: tuple[str, str],
    rows: Sequence[int],
    text_of: Callable[[int], str],
    stream: Callable[[Iterable[str]], Iterator[Summary]],
    progress: Callable[[str, int, int], None] | None = None,
    *,
    keep: Callable[[Summary, str], bool] = lambda summary, document: True,
) -> None:
    """Fill a file with a line of JSON for the model and then one for each document.

    The latter is `[row, text, confidence]`, or `[row]` where the text is not worth keeping. A file that was
    begun is gone on with.

    Args:
        part: The file.
        model: Its name with the hash of its weights, and the setting that names it, for messages.
        rows: Of the documents, in the same order each time.
        text_of: The document of a row.
        stream: Writes summaries, lazily and in order.
        progress: Called with (stage, documents done, in all).
        keep: Whether a summary of a document is worth keeping.

    Raises:
        InputError: The file was begun by another model.
    """
    done = _done(part, *model)
    documents, read = tee(text_of(row) for row in rows[done:])
    with part.open("a", encoding="utf-8") as file:
        lines = zip(rows[done:], documents, stream(read), strict=True)
        for count, (row, document, summary) in enumerate(lines, start=done + 1):
            is_kept = keep(summary, document)
            line = [row, summary.text, summary.confidence] if is_kept else [row]
            print(json.dumps(line, ensure_ascii=False), file=file)
            if progress is not None:
                progress("writing summaries", count, len(rows))


def _done(part: Path, name: str, setting: str) -> int:
    """Documents that the model had done when it was stopped; a file for it is begun if there is none."""
    if not part.exists():
        part.write_text(json.dumps(name, ensure_ascii=False) + "\n", encoding="utf-8")
        return 0
    text = part.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]  # the last line may have been cut short
    lines = whole.splitlines()
    if not lines or json.loads(lines[0]) != name:
        raise InputError(
            f"{part} is of another model than {name}, which was stopped: name that one in "
            f"{setting}, or remove the file"
        )
    part.write_text(whole, encoding="utf-8")
    return len(lines) - 1
