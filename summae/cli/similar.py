"""`summae similar FOLDER`: which texts are alike, or are like a query; near duplicates."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from summae.cli.console import OK, UsageError, run_command, say
from summae.cli.settings import HELP, parse
from summae.cli.texts import (
    Tally,
    TextSettings,
    is_folder,
    one_each,
    read_texts,
    sources_of,
    standard_input,
    text_options,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from summae.cli.sources import Source
    from summae.cli.vectors import Vectors
    from summae.inference.sentence_encoder import SentenceEncoder

PROGRAM = "summae similar"

_NEAR_DUPLICATES = 0.95
_TOP = 10
_MOST = 10_000
_BEGINNING = 60
"""Characters of a text that are shown."""

_DESCRIPTION = """Find Chinese texts that mean alike in FILE..., or on standard input (-).

\b
  summae similar archive/ --query 台风登陆 --top 5
  summae similar archive/ --near-duplicates > pairs.tsv
  summae similar news.jsonl --field content --format jsonl

With --query: the texts that are nearest to it. With --near-duplicates: all pairs that are alike by
the threshold, the nearest first. With neither: the nearest others of each text. Texts are named by
their file, line or row; all files in a folder are read. Nearness is the cosine, 1 for equal texts.

\b
Output (--format):
  text   cosine<TAB>place<TAB>beginning of the text, or cosine<TAB>place<TAB>place
  jsonl  the same as objects

With 50,000 texts and more, the search for pairs uses faiss if that is installed
(pip install 'summae[search]'); it is then much faster and may miss a pair now and then.
"""


def main(argv: list[str] | None = None) -> int:
    """Run the command; `argv` without the program's name. Returns the exit code."""
    return run_command(PROGRAM, lambda: _main(sys.argv[1:] if argv is None else argv))


@click.command(help=_DESCRIPTION, context_settings=HELP)
@text_options
@click.option("-q", "--query", metavar="TEXT", help="Find what is like this text.")
@click.option("--near-duplicates", is_flag=True, help="Find all pairs that are nearly equal.")
@click.option(
    "--threshold",
    type=click.FloatRange(-1, 1),
    metavar="T",
    help=f"Least cosine that is shown; for --near-duplicates {_NEAR_DUPLICATES} if not given.",
)
@click.option(
    "-k",
    "--top",
    type=click.IntRange(1, _MOST),
    metavar="K",
    help=f"Most that are shown, of the query or of each text: {_TOP} if not given; of near"
    " duplicates: all.",
)
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["text", "jsonl"]),
    default="text",
    show_default=True,
    help="Output format, see above.",
)
@click.option(
    "--on-error",
    type=click.Choice(["stop", "skip"]),
    default="stop",
    show_default=True,
    help="At an unusable text: stop, or leave it out.",
)
def _command(**values: object) -> dict[str, object]:
    return values


@dataclass(frozen=True)
class _Texts:
    """The texts that were read: where each stands, how it begins, and its vector."""

    places: list[str]
    beginnings: list[str]
    vectors: Vectors


def _main(argv: list[str]) -> int:
    options = parse(_command, PROGRAM, argv)
    if options is None:
        return OK
    settings = TextSettings.of(options)
    _check(options)
    # Who names a folder here means what is in it.
    is_recursive = settings.recursive or any(map(is_folder, settings.files))
    settings = replace(settings, recursive=is_recursive)
    from summae.inference.sentence_encoder import SentenceEncoder

    stdin = standard_input()
    sources = sources_of(settings, stdin)
    encoder = SentenceEncoder.from_pretrained(
        settings.model,
        batch_size=settings.batch_size,
        per="document" if settings.per == "document" else "sentence",
        normalize=True,
    )
    query = None if options["query"] is None else encoder.encode([options["query"]])
    tally = Tally(PROGRAM, settings.on_error)
    texts = _read(settings, sources, tally, encoder)
    for found in _search(texts, query, options):
        _show(found, options["form"])
    return tally.report()


def _check(options: dict[str, Any]) -> None:
    if options["query"] is not None and options["near_duplicates"]:
        raise UsageError("--query and --near-duplicates are two searches; ask for one")
    if options["query"] is not None and not options["query"].strip():
        raise UsageError("--query has no text")


def _read(
    settings: TextSettings, sources: Sequence[Source], tally: Tally, encoder: SentenceEncoder
) -> _Texts:
    import numpy as np

    from summae.cli.progress import progress_bar
    from summae.cli.vectors import encoded

    records = tally.usable(read_texts(settings, sources, standard_input()))
    places: list[str] = []
    beginnings: list[str] = []
    rows = [np.zeros((0, encoder.dimensions), np.float32)]
    with progress_bar(one_each(settings, sources), "embed") as bar:
        for window, vectors in encoded(records, encoder):
            places += [record.place for record in window]
            beginnings += [" ".join(record.text[:_BEGINNING].split()) for record in window]
            rows.append(vectors)
            bar.advance(len(window))
    return _Texts(places, beginnings, np.concatenate(rows))


def _search(
    texts: _Texts, query: Vectors | None, options: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    from summae.inference.nearest import close_pairs, nearest, neighbours, uses_index

    top, threshold = options["top"], options["threshold"]
    if query is not None:
        (scores,), (found,) = nearest(query, texts.vectors, top or _TOP)
        for score, place in zip(scores, found, strict=True):
            if threshold is None or score >= threshold:
                yield _row(score, text=texts.places[place], beginning=texts.beginnings[place])
        return
    if uses_index(len(texts.places)):
        say(PROGRAM, f"{len(texts.places)} texts: faiss searches, and may miss a pair")
    if options["near_duplicates"]:
        least = _NEAR_DUPLICATES if threshold is None else threshold
        scores, pairs = close_pairs(texts.vectors, least)
        for score, (first, second) in zip(scores[:top], pairs[:top], strict=True):
            yield _row(score, text=texts.places[first], other=texts.places[second])
        return
    all_scores, all_found = neighbours(texts.vectors, top or _TOP)
    for place, scores, found in zip(texts.places, all_scores, all_found, strict=True):
        for score, other in zip(scores, found, strict=True):
            if threshold is None or score >= threshold:
                yield _row(score, text=place, other=texts.places[other])


def _row(score: float, **names: str) -> dict[str, Any]:
    return {"cosine": round(float(score), 4), **names}


def _show(found: dict[str, Any], form: str) -> None:
    if form == "jsonl":
        line = json.dumps(found, ensure_ascii=False)
    else:
        cosine, *names = found.values()
        line = "\t".join([f"{cosine:.4f}", *names])
    # File names that are no UTF-8 keep their bytes, whatever the terminal's encoding.
    sys.stdout.buffer.write(line.encode("utf-8", "surrogateescape") + b"\n")
