"""The command `summarize`: files in, summaries out, row by row and in constant memory."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, cast

from summae.cli.arguments import PROGRAM, OnError, Settings, parse
from summae.cli.console import FAILURE, OK, run_command, say
from summae.cli.sources import STANDARD_INPUT, Source, expand
from summae.errors import InputError
from summae.inference.options import SUMMARY_FIELD

if TYPE_CHECKING:
    from io import BufferedReader

    from summae.cli.progress import Bar
    from summae.cli.reading import Record
    from summae.cli.resuming import Summarize
    from summae.cli.writing import Writer, Written

_PROBLEMS_SHOWN = 20
"""Unusable documents that are reported one by one; of the others only the number."""


def main(argv: list[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: Arguments without the program's name; None takes those of the process.

    Returns:
        The exit code.
    """
    return run_command(PROGRAM, lambda: _main(argv))


def _main(argv: list[str] | None) -> int:
    settings = parse(sys.argv[1:] if argv is None else argv)
    return OK if settings is None else _run(settings)


def _run(settings: Settings) -> int:
    # Imported here, so that --help does not wait for the runtime.
    from summae.cli.output import (
        Header,
        check_output,
        open_writer,
        output_format,
        with_new_column,
    )
    from summae.cli.progress import progress_bar
    from summae.cli.reading import ReadingOptions, read_records
    from summae.inference.batching import windows
    from summae.inference.summarizer import Summarizer

    # Standard input is None where the caller has closed it.
    stdin = cast("BufferedReader", sys.stdin.buffer) if sys.stdin else None
    sources = expand(
        settings.files or (STANDARD_INPUT,),
        recursive=settings.recursive,
        kind=settings.input_kind,
        stdin=stdin,
    )
    unreadable = [source.problem for source in sources if source.problem is not None]
    if unreadable and settings.on_error == "stop":
        raise InputError(unreadable[0])  # before hours of work, not after
    form = output_format(settings, sources)
    check_output(settings, form, sources)
    summarizer = Summarizer.from_pretrained(settings.model, jobs=settings.jobs)

    def summarize(texts: Sequence[str]) -> list[str]:
        summaries = summarizer.stream(
            texts, length=settings.length, beams=settings.beams, batch_size=settings.batch_size
        )
        return [summary.text for summary in summaries]

    headers: list[Header] = []
    options = ReadingOptions(
        field=settings.field,
        per=settings.per,
        encoding=settings.encoding,
        on_header=lambda source, columns: headers.append((source, columns)),
    )
    records = read_records(sources, stdin, options)
    column = settings.column or SUMMARY_FIELD
    if form != "text":
        records, column = with_new_column(records, settings.column, headers)
    tally = _Tally(settings.on_error)
    # The first document is read before an old output is given up.
    usable = _first_read(tally.usable(records))
    with ExitStack() as stack:
        writer, rows_before = open_writer(settings, form, column, sources, usable, summarize, stack)
        bar = stack.enter_context(progress_bar(_count_documents(settings, sources)))
        bar.advance(rows_before)
        size = summarizer.window_size(settings.batch_size)
        _write_summaries(windows(usable, size), summarize, writer, bar)
        writer.write_header(*(headers[0] if headers else (None, ())))
    return tally.report()


def _first_read(records: Iterator[Record]) -> Iterator[Record]:
    first = list(islice(records, 1))
    return chain(first, records)


def _write_summaries(
    windows: Iterable[list[Record]], summarize: Summarize, writer: Writer, bar: Bar
) -> None:
    for window in windows:
        summaries = iter(summarize([record.text for record in window if record.problem is None]))
        rows: list[Written] = [
            (record, next(summaries) if record.problem is None else None) for record in window
        ]
        bar.hide()
        writer.write(rows)
        bar.advance(len(rows))


@dataclass
class _Tally:
    """Applies --on-error and remembers how often that was necessary."""

    policy: OnError
    usable_documents: int = 0
    without_summary: int = 0
    left_out: int = 0

    def usable(self, records: Iterable[Record]) -> Iterator[Record]:
        """Records that get an output row."""
        for record in records:
            if record.problem is None:
                self.usable_documents += 1
                yield record
                continue
            if self.policy == "stop":
                raise InputError(record.problem)
            if self.without_summary + self.left_out < _PROBLEMS_SHOWN:
                say(PROGRAM, record.problem)
            if self.policy == "null" and record.row is not None:
                self.without_summary += 1
                yield record
            else:
                self.left_out += 1

    def report(self) -> int:
        """Say how many documents have no summary; the exit code is that of failure if all."""
        if self.without_summary:
            say(PROGRAM, f"left without summary: {_documents(self.without_summary)}")
        if self.left_out:
            say(PROGRAM, f"skipped {_documents(self.left_out)}")
        if self.usable_documents or not self.without_summary + self.left_out:
            return OK
        say(PROGRAM, "no document could be summarised")
        return FAILURE


def _documents(count: int) -> str:
    return f"{count} unusable document{'' if count == 1 else 's'}"


def _count_documents(settings: Settings, sources: Sequence[Source]) -> int | None:
    is_one_each = all(source.kind == "text" for source in sources)
    return len(sources) if is_one_each and settings.per == "file" else None
