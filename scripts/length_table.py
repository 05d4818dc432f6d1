"""What becomes of summaries when a length is asked for. Written to evaluation/lengths.md.

python scripts/length_table.py MODEL corpora/pairs-valid.parquet
"""

from __future__ import annotations

import argparse
from pathlib import Path

from repository import TABLES, as_typed
from summae import Length, Summarizer
from summae.evaluation.rouge import score
from summae.evaluation.rows import evenly, read_rows
from summae.evaluation.statistics import measure
from summae.text.normalize import clean_document, normalize

OUTPUT = TABLES / "lengths.md"
ASKED = (10, 15, 20, 30, None)


def main() -> None:
    """Summarise at each length and write the table."""
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
    given = [arguments.model, arguments.data, "--limit", arguments.limit]
    lines = [
        "# Lengths that were asked for",
        "",
        f"`{as_typed('length_table.py', *given)}`: {len(rows):,} documents. ROUGE F1 × 100; share of "
        "summaries within two characters of the length; of those that were cut, at the end of a clause or "
        "elsewhere; that stop inside a clause of the document; that have a Chinese character it lacks; share of numbers that stand in it; "
        "summaries that are a piece of it.",
        "",
        "| asked | R-1 | R-2 | R-L | length | within two | cut | inside a clause | foreign characters | "
        "numbers | extracted |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for asked in ASKED:
        length = None if asked is None else Length.characters(asked)
        summaries = summarizer.summarize(rows.documents, length=length)
        written = [summary.text for summary in summaries]
        found = measure(written, documents, wanted_length=asked, names=False)
        rouge = " | ".join(
            f"{100 * f1:.1f}" for f1 in score(written, references).mean_f1().values()
        )
        extracted = sum(summary.source == "extracted" for summary in summaries) / len(summaries)
        shares = (
            found.near_length,
            sum(summary.trimmed for summary in summaries) / len(summaries),
            found.stumps,
            found.foreign,
            found.supported_numbers,
            extracted,
        )
        cells = " | ".join("–" if share is None else f"{share:.1%}" for share in shares)
        lines.append(f"| {asked or 'nothing'} | {rouge} | {found.mean_length:.1f} | {cells} |")
        print(lines[-1], flush=True)
    OUTPUT.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
