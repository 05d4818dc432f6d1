"""The command `summarize`: files in, summaries out, row by row and in constant memory."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from summae.cli.arguments import PROGRAM, OnError, Settings, parse
from summae.cli.console import OK, UsageError, run_command, say
from summae.cli.sources import STANDARD_INPUT, Source, expand, kind_of
from summae.errors import InputError

if TYPE_CHECKING:
    from io import BufferedReader

    from summae.cli.progress import Bar
    from summae.cli.reading import Record
    from summae.cli.writing import Format, Writer, Written
    from summae.inference.summarizer import Summarizer

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
    from summae.cli.progress import progress_bar
    from summae.cli.reading import ReadingOptions, read_records
    from summae.inference.summarizer import Summarizer

    # Standard input is None where the caller has closed it.
    stdin = cast("BufferedReader", sys.stdin.buffer) if sys.stdin else None
    sources = expand(
        settings.files or (STANDARD_INPUT,),
        recursive=settings.recursive,
        kind=settings.input_kind,
        stdin=stdin,
    )
    unreadable = [source for source in sources if isinstance(source, InputError)]
    if unreadable and settings.on_error == "stop":
        raise unreadable[0]  # before hours of work, not after
    form = _output_format(settings, sources)
    _check_output(settings, form, sources)
    summarizer = Summarizer.from_pretrained(settings.model, jobs=settings.jobs)

    options = ReadingOptions(
        field=settings.field,
        per=settings.per,
        encoding=settings.encoding,
        new_column=None if form == "text" else settings.column,
    )
    tally = _Tally(settings.on_error)
    records = tally.usable(read_records(sources, stdin, options))
    with ExitStack() as stack:
        writer, rows_before = _open_writer(settings, form, with_names=len(sources) > 1, stack=stack)
        records = _skip_rows(records, rows_before, settings.output)
        bar = stack.enter_context(progress_bar(_count_documents(settings, sources)))
        bar.advance(rows_before)
        _write_summaries(records, summarizer, writer, bar, settings)
    tally.report()
    return OK


def _write_summaries(
    records: Iterable[Record],
    summarizer: Summarizer,
    writer: Writer,
    bar: Bar,
    settings: Settings,
) -> None:
    from summae.inference.batching import WINDOW_BATCHES, windows

    for window in windows(records, settings.batch_size * WINDOW_BATCHES):
        summaries = summarizer.stream(
            (record.text for record in window if record.problem is None),
            length=settings.length,
            beams=settings.beams,
            batch_size=settings.batch_size,
        )
        rows: list[Written] = [
            (record, next(summaries).text if record.problem is None else None) for record in window
        ]
        bar.hide()
        writer.write(rows)
        bar.advance(len(rows))


@dataclass
class _Tally:
    """Applies --on-error and remembers how often that was necessary."""

    policy: OnError
    unusable: int = 0

    def usable(self, records: Iterable[Record]) -> Iterator[Record]:
        """Records that get an output row."""
        for record in records:
            if record.problem is None:
                yield record
                continue
            if self.policy == "stop":
                raise InputError(record.problem)
            self.unusable += 1
            if self.unusable <= _PROBLEMS_SHOWN:
                say(PROGRAM, record.problem)
            if self.policy == "null" and record.row is not None:
                yield record

    def report(self) -> None:
        """Say how many documents have no summary."""
        if self.unusable:
            verb = "skipped" if self.policy == "skip" else "left without summary:"
            noun = "document" if self.unusable == 1 else "documents"
            say(PROGRAM, f"{verb} {self.unusable} unusable {noun}")


def _output_format(settings: Settings, sources: Sequence[Source | InputError]) -> Format:
    if settings.format is not None:
        return settings.format
    if settings.output is not None and (kind := kind_of(settings.output)) is not None:
        return kind
    kinds = {source.kind for source in sources if isinstance(source, Source)}
    if kinds == {"csv"} or kinds == {"jsonl"}:
        return kinds.pop()
    if kinds == {"parquet"}:
        return "jsonl"
    return "text"


def _check_output(settings: Settings, form: Format, sources: Sequence[Source | InputError]) -> None:
    output = settings.output
    if output is None:
        if form == "parquet":
            raise UsageError("parquet is written to a file; name it with --output")
        return
    if not output.parent.is_dir():
        raise InputError(f"{output}: there is no folder {output.parent}")
    if not output.exists():
        return
    for source in sources:
        if isinstance(source, Source) and source.path and source.path.samefile(output):
            raise InputError(f"{output} is an input file too; write to another file")
    is_empty = output.is_file() and output.stat().st_size == 0
    is_device = not output.is_file()
    if not (settings.resume or settings.force or is_empty or is_device):
        raise InputError(f"{output} exists; continue it with --resume or overwrite it with --force")


def _open_writer(
    settings: Settings, form: Format, *, with_names: bool, stack: ExitStack
) -> tuple[Writer, int]:
    """The writer, and the rows that its file holds already."""
    from summae.cli.writing import (
        CsvWriter,
        JsonlWriter,
        ParquetWriter,
        Progress,
        TextWriter,
        take_up,
    )

    so_far = Progress(0)
    if settings.resume and settings.output is not None:
        so_far = take_up(settings.output, form)
    writer: Writer
    if form == "parquet" and settings.output is not None:
        writer = ParquetWriter(settings.output, column=settings.column)
    else:
        stream: BinaryIO = sys.stdout.buffer
        if settings.output is not None:
            stream = stack.enter_context(settings.output.open("ab" if settings.resume else "wb"))
        if form == "jsonl":
            writer = JsonlWriter(stream, column=settings.column)
        elif form == "csv":
            writer = CsvWriter(stream, column=settings.column, header=so_far.header)
        else:
            writer = TextWriter(stream, with_names=with_names)
    stack.callback(writer.close)
    return writer, so_far.rows


def _skip_rows(records: Iterator[Record], rows: int, output: Path | None) -> Iterator[Record]:
    """Leave out the records that an interrupted run has written."""
    skipped = sum(1 for _ in islice(records, rows))
    if skipped < rows:
        raise InputError(
            f"{output} has {rows} rows, but the input only {skipped}: it does not belong to this input"
        )
    return records


def _count_documents(settings: Settings, sources: Sequence[Source | InputError]) -> int | None:
    is_one_each = all(isinstance(s, InputError) or s.kind == "text" for s in sources)
    return len(sources) if is_one_each and settings.per == "file" else None
