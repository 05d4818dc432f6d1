"""Count what candidates are judged by: the language model of headlines, idf, and boundaries of clauses.

    python scripts/train_judges.py CORPORA FOLDER [--language-model RUN]
    summae export CHECKPOINT MODEL --judges FOLDER

Documents and headlines are read apart; no document is read with its own headline. Written to FOLDER, and told
of in evaluation/judges.md: how likely each finds the headlines of validation pairs, beside a neural language
model of the recipe `language_model` where one is named.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from repository import TABLES, as_typed
from scorer.pools import GENRES
from summae.data.transforms import is_headline, model_headline
from summae.evaluation.report import Table
from summae.inference.judges import BOUNDARIES, HEADLINES, IDF
from summae.text.boundaries import Boundaries
from summae.text.frequencies import BigramIdf
from summae.text.ngrams import NGramModel
from summae.text.normalize import clean_document
from summae.text.script import to_simplified

PAGE = TABLES / "judges.md"
SOURCES = (
    ("pairs-train.parquet", "summary"),
    ("short-pairs-train.parquet", "summary"),
    ("other-pairs-train.parquet", "summary"),
    ("other-headlines-train.parquet", "headline"),
)
"""Of headlines. Those of a daily newspaper since 1979, six times as many, double the size of the model and
make headlines of today no likelier."""
DOCUMENTS = (
    ("documents-train.parquet", 4),
    ("short-documents-train.parquet", 1),
    ("other-documents-train.parquet", 1),
)
"""Of documents, and one of how many is read."""
FEWEST = (1, 1, 1, 2, 2)
"""How often an n-gram of each length occurs to be kept."""
_OPENING, _READ = 300, 900
"""Characters of a document that count for idf, and for boundaries."""
_ROWS = 300
"""Headlines of each genre that are measured."""


def main() -> None:
    """Count, save, tell."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpora", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--language-model", type=Path)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    made = [
        _made(
            arguments.folder / HEADLINES,
            lambda: NGramModel.train(headlines(arguments.corpora), fewest=FEWEST),
        ),
        _made(
            arguments.folder / IDF, lambda: BigramIdf.train(documents(arguments.corpora, _OPENING))
        ),
        _made(
            arguments.folder / BOUNDARIES,
            lambda: Boundaries.train(documents(arguments.corpora, _READ)),
        ),
    ]
    given = [arguments.corpora, arguments.folder]
    if arguments.language_model:
        given += ["--language-model", arguments.language_model]
    page = [
        "# Judges",
        f"`{as_typed('train_judges.py', *given)}`: what candidates are judged by beside the generator, counted from "
        "documents and headlines apart. Seconds on one core of this machine.",
        Table("Files", ["file", "kilobytes", "seconds to make"], made).markdown(),
        "Mean log-likelihood of a character of the headlines of validation pairs, the end counted as one, nats; what "
        "the neural model gives its pieces is shared out among their characters.",
        Table("Language models", *_likelihoods(arguments)).markdown(),
    ]
    PAGE.write_text("\n\n".join(page) + "\n", encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))


def headlines(corpora: Path) -> list[str]:
    """Those of other texts than the documents."""
    found = []
    for file, column in SOURCES:
        texts = pq.read_table(corpora / file, columns=[column]).to_pydict()[column]
        found += [line for text in texts if is_headline(line := model_headline(text or ""))]
    return found


def documents(corpora: Path, characters: int) -> Iterator[str]:
    """Their beginnings, cleaned and in simplified characters."""
    for file, step in DOCUMENTS:
        texts = pq.read_table(corpora / file, columns=["document"]).to_pydict()["document"]
        for text in texts[::step]:
            yield to_simplified(clean_document(text[: 2 * characters]))[:characters]


def _made(file: Path, train: Callable[[], Any]) -> list[str]:
    start = time.perf_counter()
    train().save(file)
    seconds = time.perf_counter() - start
    return [file.name, f"{file.stat().st_size / 1000:,.0f}", f"{seconds:.0f}"]


def _likelihoods(arguments: argparse.Namespace) -> tuple[list[str], list[list[str]]]:
    """A header, and a row for each genre."""
    counted = NGramModel.load(arguments.folder / HEADLINES)
    models: dict[str, Callable[[list[str]], float]] = {
        "n-grams": lambda lines: float(np.concatenate(counted.log_probs(lines)).sum())
    }
    if arguments.language_model:
        models["neural"] = _neural(arguments.language_model)
    rows = []
    for genre, (file, sets, _) in GENRES.items():
        table = pq.read_table(arguments.corpora / file).to_pydict()
        lines = [
            model_headline(text)
            for text, name in zip(table["summary"], table["set"], strict=True)
            if name in sets
        ]
        lines = lines[:: max(1, len(lines) // _ROWS)][:_ROWS]
        characters = sum(len(line) + 1 for line in lines)
        rows.append([genre, *(f"{total(lines) / characters:.2f}" for total in models.values())])
    return ["genre", *models], rows


def _neural(run: Path) -> Callable[[list[str]], float]:
    """Log-likelihood of lines under a checkpoint of the recipe `language_model`."""
    import torch

    from summae.models.language_model import load_language_model, sequence_log_probs
    from summae.text.tokenizer import Tokenizer

    tokenizer = Tokenizer.from_dir(run)
    model = load_language_model(run, vocab_size=tokenizer.vocab_size).eval()

    @torch.inference_mode()
    def total(lines: list[str]) -> float:
        found = 0.0
        for ids in tokenizer.encode_batch(lines):
            row = torch.tensor([[*ids, tokenizer.eos_id]])
            found += float(
                sequence_log_probs(model, row, torch.ones_like(row, dtype=torch.bool)).sum()
            )
        return found

    return total


if __name__ == "__main__":
    main()
