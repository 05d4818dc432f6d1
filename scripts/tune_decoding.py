"""Choose the default search on validation documents. Written to evaluation/decoding.md.

Run as `python scripts/tune_decoding.py MODEL corpora/pairs-valid.parquet`. The margin is over a
lead of the same mean length, since longer summaries score higher for nothing.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from repository import TABLES, as_typed
from summae import Summarizer
from summae.evaluation.baselines import cut_to_mean
from summae.evaluation.rouge import score
from summae.evaluation.rows import evenly, read_rows
from summae.text.facts import repetitions, unsupported
from summae.text.normalize import clean_document, normalize

OUTPUT = TABLES / "decoding.md"
VARIANTS: tuple[dict[str, float | tuple[int, ...] | None], ...] = (
    {},
    {"doubtful_above": None},
    {"candidates": 1},
    {"beam_size": 1},
    {"repetition_penalty": 1.0},
    {"repetition_penalty": 1.0, "candidates": 1},
    {"repetition_penalty": 1.2},
    {"repetition_penalty": 1.6},
    {"beam_size": 6, "candidates": 6},
    {"other_lengths": (16, 22)},
    {"patience": 1.0},
    {"patience": 3.0},
    {"length_penalty": 0.7},
    {"length_penalty": 1.3},
    {"no_repeat_ngram_size": 2},
    {"no_repeat_ngram_size": 0},
)


def main() -> None:
    """Summarise with each variant of the model's own defaults and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("data", type=Path)
    parser.add_argument("--limit", type=int, default=1000)
    arguments = parser.parse_args()
    rows = read_rows(arguments.data)
    rows = rows.take(evenly(len(rows), arguments.limit))
    documents = [clean_document(text) for text in rows.documents]
    references = [normalize(text) for text in rows.references]
    summarizer = Summarizer.from_pretrained(arguments.model)
    default = summarizer.folder.decoding
    given = [arguments.model, arguments.data, "--limit", arguments.limit]
    lines = [
        "# Decoding",
        "",
        f"`{as_typed('tune_decoding.py', *given)}`: the shipped search and what changes with one setting. ROUGE F1 × 100; margin "
        "over a lead of the same mean length; numbers and Latin words that the document lacks; summaries "
        "that repeat a bigram.",
        "",
        "| search | R-1 | R-2 | R-L | length | margin R-1 | margin R-L | unsupported | repeating |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for variant in VARIANTS:
        options = replace(default, **variant)  # type: ignore[arg-type]
        summarizer.folder = replace(summarizer.folder, decoding=options)
        written = [summary.text for summary in summarizer.summarize(rows.documents)]
        ours = list(score(written, references).mean_f1().values())
        length = float(np.mean([len(text) for text in written]))
        lead = list(score(cut_to_mean(documents, length), references).mean_f1().values())
        figures = [*ours, ours[0] - lead[0], ours[2] - lead[2]]
        r1, r2, rl, margin_1, margin_l = (f"{100 * figure:.1f}" for figure in figures)
        invented = sum(unsupported(s, d) for s, d in zip(written, documents, strict=True))
        repeating = sum(repetitions(text) > 0 for text in written) / len(written)
        name = ", ".join(f"{key} {value}" for key, value in variant.items()) or "as shipped"
        lines.append(
            f"| {name} | {r1} | {r2} | {rl} | {length:.1f} | {margin_1} | {margin_l} | {invented} "
            f"| {repeating:.1%} |"
        )
        print(lines[-1], flush=True)
    OUTPUT.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
