"""How many sentences a second the encoder in the package reads. Written to evaluation/encoder-speed.md.

    python scripts/benchmark_encoder.py [--encoder FOLDER] [--repeats 9]

Sentences and headlines of data/news.jsonl, beside scikit-learn's TF-IDF of the same characters, in turns
in one process. Time of the processor, not of the clock: others may be using the machine.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer

from repository import NEWS, TABLES, as_typed, read_lines
from summae import SentenceEncoder
from summae.inference.encoder_runtime import first_sentences
from summae.text.normalize import clean_document

COPIES = 5
"""Of all sentences, each a little different, so that a call is long enough to be timed."""
WANTED = 5000
"""Short sentences a second on two cores."""


def main(argv: Sequence[str] | None = None) -> int:
    """Time both in turns, and tell."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--encoder", help="a name or a folder of `summae export`; default: ours")
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--output", type=Path, default=TABLES / "encoder-speed.md")
    arguments = parser.parse_args(argv)
    sentences = read_sentences()
    encoder = SentenceEncoder.from_pretrained(arguments.encoder)
    counted = TfidfVectorizer(analyzer="char", ngram_range=(1, 2)).fit(sentences)
    systems: dict[str, Callable[[list[str]], object]] = {
        encoder.folder.name: encoder.encode,
        "TF-IDF, characters and pairs": counted.transform,
    }
    rates: dict[str, list[float]] = {name: [] for name in systems}
    for _ in range(arguments.repeats):
        for name, encode in systems.items():
            rates[name].append(rate(encode, sentences))
    words = sys.argv[1:] if argv is None else argv
    text = markdown(rates, sentences, as_typed("benchmark_encoder.py", *words))
    print(text)
    arguments.output.write_text(text, encoding="utf-8")
    return 0


def read_sentences() -> list[str]:
    """Sentences and headlines, each several times with another number behind it."""
    rows = read_lines(NEWS)
    texts = [row["summary"] for row in rows]
    texts += [one for row in rows for one in first_sentences(clean_document(row["document"]))]
    return [f"{text}{copy}" for copy in range(COPIES) for text in texts]


def rate(encode: Callable[[list[str]], object], sentences: list[str]) -> float:
    """Sentences in a second of the processor, all its cores together."""
    begun = time.process_time()
    encode(sentences)
    return len(sentences) / (time.process_time() - begun)


def markdown(rates: dict[str, list[float]], sentences: Sequence[str], command: str) -> str:
    """The table and whether the promise is kept."""
    middle = {name: statistics.median(found) for name, found in rates.items()}
    ours, theirs = middle.values()
    length = sum(map(len, sentences)) / len(sentences)
    kept = "kept" if ours >= WANTED else "**not kept**"
    lines = [
        "# Speed of the sentence encoder",
        "",
        f"`{command}`: {len(sentences):,} sentences and headlines of {length:.0f} characters on average, "
        "by time of the processor, in turns in one process; median and range over repeats.",
        "",
        "| system | sentences a second of one core | ÷ TF-IDF |",
        "|---|---:|---:|",
        *(
            f"| {name} | {middle[name]:,.0f} ({min(found):,.0f}–{max(found):,.0f}) | "
            f"{middle[name] / theirs:.2f} |"
            for name, found in rates.items()
        ),
        "",
        f"At least {WANTED:,} short sentences a second: {kept}.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
