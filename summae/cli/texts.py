"""What `summae embed` and `summae similar` share: which texts to read, and what to do with bad ones."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast, get_args

import click

from summae.cli.arguments import OnError, encoding_name
from summae.cli.console import FAILURE, OK, UsageError, say
from summae.cli.sources import STANDARD_INPUT, Kind, Source, expand
from summae.errors import InputError

if TYPE_CHECKING:
    from summae.cli.reading import Record

Per = Literal["document", "sentence", "line"]
Command = TypeVar("Command", bound=Callable[..., Any])

_PROBLEMS_SHOWN = 20
_LARGEST_BATCH = 65_536


@dataclass(frozen=True, kw_only=True)
class TextSettings:
    """Where the texts are and what one of them is."""

    files: tuple[str, ...]
    recursive: bool
    input_kind: Kind | None
    per: Per
    field: str | None
    encoding: str | None
    on_error: OnError
    model: str | None
    batch_size: int

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> TextSettings:
        """Those among the options of a command line.

        Raises:
            UsageError: There is nothing to read, or an option is empty.
        """
        if not options["files"] and (sys.stdin is None or sys.stdin.isatty()):
            raise UsageError("name a FILE, or - for standard input")
        if options["model"] == "":
            raise UsageError("--model has an empty value; name an encoder or leave it out")
        return cls(**{name: options[name] for name in cls.__dataclass_fields__})


def text_options(command: Command) -> Command:
    """Add the arguments and options of `TextSettings` to a click command."""
    options = (
        click.argument("files", nargs=-1, metavar="[FILE]..."),
        click.option(
            "--per",
            type=click.Choice(get_args(Per)),
            default="document",
            show_default=True,
            help="What gets a vector: each file or row, each sentence in it, or each line.",
        ),
        click.option(
            "--field",
            metavar="NAME",
            help="Field or column of the text; by default document, content, text, body, 正文 or 内容.",
        ),
        click.option(
            "--from",
            "input_kind",
            type=click.Choice(list(get_args(Kind))),
            help="Read every FILE as this, whatever its suffix.",
        ),
        click.option(
            "--encoding",
            callback=encoding_name,
            metavar="NAME",
            help="Encoding of the input; default: found out.",
        ),
        click.option(
            "-r",
            "--recursive",
            is_flag=True,
            help="Read the .txt, .jsonl, .csv, ... files in folders.",
        ),
        click.option(
            "-m",
            "--model",
            metavar="PATH",
            help="Encoder folder; default: the one in this package.",
        ),
        click.option(
            "--batch-size",
            type=click.IntRange(1, _LARGEST_BATCH),
            metavar="N",
            default=256,
            show_default=True,
            help="Sentences encoded together.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def standard_input() -> BufferedReader | None:
    """Standard input as bytes; None where the caller has closed it."""
    return cast("BufferedReader", sys.stdin.buffer) if sys.stdin else None


def sources_of(settings: TextSettings, stdin: BufferedReader | None) -> list[Source]:
    """The files to read.

    Raises:
        InputError: One cannot be read, and --on-error says to stop.
    """
    sources = expand(
        settings.files or (STANDARD_INPUT,),
        recursive=settings.recursive,
        kind=settings.input_kind,
        stdin=stdin,
    )
    unreadable = [source.problem for source in sources if source.problem is not None]
    if unreadable and settings.on_error == "stop":
        raise InputError(unreadable[0])
    return sources


def read_texts(
    settings: TextSettings, sources: Sequence[Source], stdin: BufferedReader | None
) -> Iterator[Record]:
    """What gets a vector, one after another; what cannot be read becomes a record that says so."""
    # Imported here, so that --help does not wait for it.
    from summae.cli.reading import ReadingOptions, read_records

    options = ReadingOptions(
        field=settings.field,
        per="line" if settings.per == "line" else "file",
        encoding=settings.encoding,
    )
    records = read_records(sources, stdin, options)
    if settings.per == "sentence":
        return (part for record in records for part in _sentences(record))
    return records


def _sentences(record: Record) -> Iterator[Record]:
    from summae.inference.long_documents import is_blank
    from summae.text.normalize import clean_document
    from summae.text.sentences import split_sentences

    if record.problem is not None:
        yield record
        return
    number = 0
    for sentence in split_sentences(clean_document(record.text)):
        text = sentence.strip()
        if is_blank(text):
            continue
        number += 1
        row = {**(record.row or {}), "sentence": number, "sentence_text": text}
        yield replace(record, row=row, text=text, place=f"{record.place}, sentence {number}")


@dataclass
class Tally:
    """Applies --on-error and remembers how often that was necessary."""

    program: str
    policy: OnError
    usable_texts: int = 0
    unusable_texts: int = 0

    def usable(self, records: Iterable[Record]) -> Iterator[Record]:
        """Records that get a row.

        Raises:
            InputError: One has a problem, and the policy is to stop.
        """
        for record in records:
            if record.problem is None:
                self.usable_texts += 1
                yield record
                continue
            if self.policy == "stop":
                raise InputError(record.problem)
            if self.unusable_texts < _PROBLEMS_SHOWN:
                say(self.program, record.problem)
            self.unusable_texts += 1
            if self.policy == "null" and record.row is not None:
                yield record

    def report(self) -> int:
        """Say how many texts were unusable; the exit code is that of failure if all were."""
        if self.unusable_texts:
            what = "left without vector" if self.policy == "null" else "skipped"
            plural = "" if self.unusable_texts == 1 else "s"
            say(self.program, f"{what}: {self.unusable_texts} unusable text{plural}")
        if self.usable_texts or not self.unusable_texts:
            return OK
        say(self.program, "no text could be encoded")
        return FAILURE


def one_each(settings: TextSettings, sources: Sequence[Source]) -> int | None:
    """How many texts there are, where that is known before reading."""
    is_whole = settings.per == "document" and all(source.kind == "text" for source in sources)
    return len(sources) if is_whole else None


def is_folder(argument: str) -> bool:
    """Whether a FILE argument names a folder."""
    return argument != STANDARD_INPUT and argument != "" and Path(argument).is_dir()
