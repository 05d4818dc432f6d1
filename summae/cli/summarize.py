"""The command `summarize`: files in, summaries out, row by row and in constant memory."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
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
    from summae.cli.writing import Writer, Written
    from summae.inference.summarizer import Summarizer, Summary
    from summae.text.length import Length

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

    def summarize(texts: Sequence[str]) -> list[Summary]:
        return list(
            summarizer.stream(
                texts, length=settings.length, beams=settings.beams, batch_size=settings.batch_size
            )
        )

    def again(texts: Sequence[str]) -> list[str]:
        return [summary.text for summary in summarize(texts)]

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
        records, column = with_new_column(
            records, settings.column, headers, with_details=settings.details
        )
    tally = _Tally(settings.on_error, settings.min_confidence)
    # The first document is read before an old output is given up.
    usable = _first_read(tally.usable(records))
    if settings.explain:
        return _explain(usable, summarizer, settings.length, with_names=len(sources) > 1)
    with ExitStack() as stack:
        writer, rows_before = open_writer(settings, form, column, sources, usable, again, stack)
        bar = stack.enter_context(progress_bar(_count_documents(settings, sources)))
        bar.advance(rows_before)
        size = summarizer.window_size(settings.batch_size)
        rows = partial(_rows, summarize, tally, column if settings.details else None)
        _write_summaries(windows(usable, size), rows, writer, bar)
        writer.write_header(*(headers[0] if headers else (None, ())))
    return tally.report()


def _first_read(records: Iterator[Record]) -> Iterator[Record]:
    first = list(islice(records, 1))
    return chain(first, records)


def _write_summaries(
    windows: Iterable[list[Record]],
    rows_of: Callable[[list[Record]], list[Written]],
    writer: Writer,
    bar: Bar,
) -> None:
    for window in windows:
        rows = rows_of(window)
        bar.hide()
        writer.write(rows)
        bar.advance(len(rows))


def _rows(
    summarize: Callable[[Sequence[str]], list[Summary]],
    tally: _Tally,
    detailed: str | None,
    records: list[Record],
) -> list[Written]:
    """The records of a window with their summaries; with details beside the column that is named."""
    from summae.cli.writing import DETAILS, with_details

    summaries = iter(summarize([record.text for record in records if record.problem is None]))
    rows: list[Written] = []
    for record in records:
        summary = next(summaries) if record.problem is None else None
        if detailed is not None:
            told = (
                (round(summary.confidence, 2), summary.source)
                if summary
                else (None,) * len(DETAILS)
            )
            record = with_details(record, detailed, told)
        rows.append((record, tally.printed(summary)))
    return rows


def _explain(
    records: Iterable[Record], summarizer: Summarizer, length: Length | None, *, with_names: bool
) -> int:
    for number, record in enumerate(records):
        if record.problem is not None:
            continue
        if number:
            print()
        if with_names:
            print(f"{record.source.name}:")
        print(summarizer.explain(record.text, length=length), flush=True)
    return OK


@dataclass
class _Tally:
    """Applies --on-error and remembers how often that was necessary."""

    policy: OnError
    min_confidence: float | None = None
    left_empty: int = 0
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

    def printed(self, summary: Summary | None) -> str | None:
        """The text of a summary; None if a reader is too unlikely to find it good."""
        if summary is None:
            return None
        if self.min_confidence is not None and summary.confidence < self.min_confidence:
            self.left_empty += 1
            return None
        return summary.text

    def report(self) -> int:
        """Say how many documents have no summary; the exit code is that of failure if all."""
        if self.without_summary:
            say(PROGRAM, f"left without summary: {_documents(self.without_summary)}")
        if self.left_empty:
            count = f"{self.left_empty} summar{'y' if self.left_empty == 1 else 'ies'}"
            say(PROGRAM, f"left empty: {count} below --min-confidence {self.min_confidence:g}")
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
