"""Are numbers told as the document tells them, also where a length is asked for? Written to evaluation/facts.md.

    python scripts/facts_table.py CORPORA [--rows 1000] [--show FILE]

Invented: a number that stands nowhere in the document, told by the digits alone, apart from the filter. What stands in the
document word for word cannot have moved a number; lines with one that do not are for reading: --show writes
them beside their documents. What a reader found in them is kept in evaluation/facts.json.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from repository import TABLES, as_typed, read_json
from summae import Length, Summarizer
from summae.evaluation.report import Table
from summae.inference.candidates import Candidate
from summae.inference.reranking import choose
from summae.inference.scoring import terms
from summae.text.facts import numbers

PAGE, READ = TABLES / "facts.md", TABLES / "facts.json"
LENGTHS = (None, 15, 25)
GENRES: dict[str, tuple[str, tuple[str, ...]]] = {
    "news": ("documents-train.parquet", ()),
    "media posts": ("short-documents-train.parquet", ("media_weibo",)),
    "finance flashes": ("short-documents-train.parquet", ("finance_flash",)),
    "science": ("other-pairs-valid.parquet", ("science",)),
    "technology": ("other-documents-train.parquet", ()),
}


def main() -> None:
    """Summarise, count, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--show", type=Path)
    arguments = parser.parse_args()
    summarizer = Summarizer.from_pretrained()
    rows, shown = [], []
    for genre in GENRES:
        documents = sample(arguments.corpora, genre, arguments.rows)
        for length in LENGTHS:
            found = list(lines(summarizer, documents, length))
            told = [(text, document) for text, document in found if numbers(text)]
            invented = [one for one in told if not set(numbers(one[0])) <= set(numbers(one[1]))]
            joined = [
                (text, document) for text, document in told if not is_verbatim(text, document)
            ]
            shown += [(genre, length, *one) for one in joined]
            counts = (len(found), len(told), len(invented), len(joined))
            rows.append([genre, str(length or "–"), *(f"{count:,}" for count in counts)])
            print(rows[-1], flush=True)
    read = read_json(READ)["read"] if READ.exists() else []
    given = [arguments.corpora, "--rows", arguments.rows]
    page = [
        "# Facts",
        f"`{as_typed('facts_table.py', *given)}`: lines with a number in digits, those with one that the document "
        "lacks, and those that are no piece of the document, where a number could have moved to another noun or unit.",
        Table(
            "Numbers",
            ["genre", "length asked", "lines", "with a number", "invented", "not word for word"],
            rows,
        ).markdown(),
        *read,
    ]
    PAGE.write_text("\n\n".join(page) + "\n", encoding="utf-8")
    if arguments.show:
        text = "".join(f"{g}\t{n}\t{line}\t{document[:300]}\n" for g, n, line, document in shown)
        arguments.show.write_text(text, encoding="utf-8")


def sample(corpora: Path, genre: str, count: int) -> list[str]:
    """Documents of a genre, evenly spread."""
    file, sets = GENRES[genre]
    table = pq.read_table(corpora / file).to_pydict()
    texts = [
        text
        for text, name in zip(table["document"], table["set"], strict=True)
        if not sets or name in sets
    ]
    return texts[:: max(1, len(texts) // count)][:count]


def lines(
    summarizer: Summarizer, documents: list[str], length: int | None
) -> Iterator[tuple[str, str]]:
    """Each chosen line beside its document, both in simplified characters."""
    wanted = None if length is None else Length.characters(length)
    for pool in summarizer.pools(documents, length=wanted):
        (seen,) = terms([pool], summarizer.judges)
        choice = choose(pool, seen, summarizer.folder.scorer)
        if choice is not None:
            candidate: Candidate = choice.candidate
            yield candidate.text, pool.document


def is_verbatim(text: str, document: str) -> bool:
    """Whether it is a piece of the document, or two with a colon between."""
    return all(part in document for part in text.split("：", 1)) or text in document


if __name__ == "__main__":
    main()
