"""How good are mined pseudo-pairs? Written to evaluation/mining.md.

Pairs are split in two: documents of one half look for headlines among those of the other half, and
what they find is scored against the document's own headline, which mining never sees. True pairs
are used here for measuring only.

    python scripts/mining_quality.py corpora/pairs-train.parquet [--encoder zh-sentences]
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np

from repository import TABLES, as_typed
from summae import SentenceEncoder
from summae.data.mining import MinedPairs, mine
from summae.data.settings import MiningSettings
from summae.data.sources import load_texts
from summae.data.transforms import day_number, model_headline, model_text
from summae.evaluation.rouge import score
from summae.inference.sentence_encoder import encode_or_zeros

OUTPUT = TABLES / "mining.md"
BANDS = (0.0, 0.02, 0.05, 0.10, 0.20, 0.30, 0.50, 1.0)
ONE_EACH = MiningSettings(per_document=1, per_headline=1_000_000)
VARIANTS = {
    "by words": ONE_EACH,
    "dates ignored": replace(ONE_EACH, near_factor=1.0),
    "lead not preferred": replace(ONE_EACH, lead_characters=ONE_EACH.document_characters),
    "unsupported headlines allowed": replace(ONE_EACH, minimum_coverage=0.0),
}


def main() -> None:
    """Mine with each variant and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", help="true pairs with the columns document, summary and date")
    parser.add_argument("--encoder", help="sentence encoder: a name or a folder of `summae export`")
    arguments = parser.parse_args()
    encode = None
    if arguments.encoder:
        encode = partial(encode_or_zeros, SentenceEncoder.from_pretrained(arguments.encoder))
    documents = load_texts([arguments.pairs], "document")
    texts = [model_text(text[:600]) for text in documents["document"]]
    titles = [model_headline(t) for t in load_texts([arguments.pairs], "summary")["summary"]]
    days = np.array([day_number(day) for day in documents["date"]])
    ours, theirs = np.arange(0, len(texts), 2), np.arange(1, len(texts), 2)
    lines = [
        "# Quality of mined pseudo-pairs",
        "",
        f"`{as_typed('mining_quality.py', *sys.argv[1:])}`: {len(ours):,} documents "
        f"look for one headline each among {len(theirs):,} of other texts; ROUGE-1/2/L F1 in percent "
        "on characters between what is found and the document's own headline, by rank of the mining "
        "score (best … of all documents), beside the first 20 characters of the same documents.",
        "",
        "| variant | " + " | ".join(f"{a:.0%}–{b:.0%}" for a, b in _bands()) + " |",
        "|---|" + "---|" * (len(BANDS) - 1),
    ]
    variants = [(name, settings, None) for name, settings in VARIANTS.items()]
    if encode is not None:
        variants.insert(0, ("by words and encoder", ONE_EACH, encode))
    for name, settings, its_encode in variants:
        pairs = mine(
            [texts[i] for i in ours],
            [titles[i] for i in theirs],
            document_days=days[ours],
            headline_days=days[theirs],
            settings=settings,
            encode=its_encode,
        )
        found = [titles[theirs[h]] for h in pairs.headline]
        lines.append(_row(name, pairs, found, [titles[ours[d]] for d in pairs.document], len(ours)))
        if name == "by words":
            leads = [texts[ours[d]][:20] for d in pairs.document]
            truth = [titles[ours[d]] for d in pairs.document]
            lead_row = _row("lead-20 of the documents by words", pairs, leads, truth, len(ours))
        print(lines[-1], flush=True)
    OUTPUT.write_text("\n".join([*lines, lead_row]) + "\n", encoding="utf-8")


def _bands() -> list[tuple[float, float]]:
    return list(pairwise(BANDS))


def _row(name: str, pairs: MinedPairs, found: list[str], truth: list[str], total: int) -> str:
    scores = score(found, truth)
    cells = []
    for low, high in _bands():
        band = slice(int(low * total), min(int(high * total), len(pairs)))
        if band.start >= len(pairs):
            cells.append("–")
            continue
        f1 = [
            100 * kind.f1[band].mean() for kind in (scores.rouge_1, scores.rouge_2, scores.rouge_l)
        ]
        cells.append(" / ".join(f"{value:.1f}" for value in f1))
    return f"| {name} | " + " | ".join(cells) + " |"


if __name__ == "__main__":
    main()
