"""A progress bar on stderr for people who watch; nothing at all where stderr is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Bar(Protocol):
    """Counts finished documents."""

    def advance(self, documents: int) -> None:
        """Move on by so many documents."""
        ...

    def hide(self) -> None:
        """Clear the line, so that output can be written to the same terminal."""
        ...


class _NoBar:
    def advance(self, documents: int) -> None:
        pass

    def hide(self) -> None:
        pass


class _RichBar:
    def __init__(self, total: int | None, label: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
        from rich.progress import TimeElapsedColumn as Elapsed

        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            Elapsed(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task(label, total=total)
        self._progress.start()

    def advance(self, documents: int) -> None:
        self._progress.start()
        self._progress.advance(self._task, documents)

    def hide(self) -> None:
        self._progress.stop()


@contextmanager
def progress_bar(total: int | None, label: str = "summarize") -> Iterator[Bar]:
    """Show a bar while the block runs.

    Args:
        total: Documents to come, None if that is not known. One document needs no bar.
        label: What is being done.
    """
    if total == 1 or not sys.stderr.isatty():
        yield _NoBar()
        return
    bar = _RichBar(total, label)
    try:
        yield bar
    finally:
        bar.hide()
