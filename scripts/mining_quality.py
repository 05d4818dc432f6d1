"""How good are mined pseudo-pairs? Written to evaluation/mining.md.

Pairs are split in two: documents of one half look for headlines among those of the other half, and
what they find is scored against the document's own headline, which mining never sees. True pairs
are used here for measuring only.

    python scripts/mining_quality.py corpora/pairs-train.parquet [--encoder zh-sentences] [--model zh-news]

The model writes a summary of every document, which takes some ten minutes on two cores.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repository import TABLES, as_typed
from summae import SentenceEncoder
from summae.data.mining import Encode, MinedPairs, mine
from summae.data.settings import MiningSettings
from summae.data.sources import load_texts
from summae.data.transforms import day_number, model_headline, model_text
from summae.evaluation.rouge import score
from summae.inference.nearest import nearest
from summae.inference.sentence_encoder import encode_or_zeros
from summae.recipes.iterated_mining import quick_writer, weighed
from summae.text.sentences import split_sentences

OUTPUT = TABLES / "mining.md"
BANDS = (0.0, 0.02, 0.05, 0.10, 0.20, 0.30, 0.50, 1.0)
LEAD_CHARACTERS = 20
ONE_EACH = MiningSettings(per_document=1, per_headline=1_000_000)
THREE_EACH = replace(ONE_EACH, per_document=3)
VARIANTS = {
    "by words": ONE_EACH,
    "dates ignored": replace(ONE_EACH, near_factor=1.0),
    "lead not preferred": replace(ONE_EACH, lead_characters=ONE_EACH.document_characters),
    "unsupported headlines allowed": replace(ONE_EACH, minimum_coverage=0.0),
}
NEIGHBOURS = 4
"""Of a vector, with which its likeness to another is compared."""
Found = tuple[str, MinedPairs]


@dataclass(frozen=True)
class Halves:
    """Documents with headlines of their own, which are only measured with, and headlines of others."""

    documents: list[str]
    own: list[str]
    others: list[str]
    days: NDArray[np.int64]
    other_days: NDArray[np.int64]

    @classmethod
    def load(cls, path: str) -> Halves:
        rows = load_texts([path], "document")
        texts = [model_text(text[:600]) for text in rows["document"][::2]]
        titles = [model_headline(title) for title in load_texts([path], "summary")["summary"]]
        days = np.array([day_number(day) for day in rows["date"]])
        return cls(texts, titles[::2], titles[1::2], days[::2], days[1::2])

    def mine(
        self,
        settings: MiningSettings,
        encode: Encode | None = None,
        *,
        among: list[str] | None = None,
    ) -> MinedPairs:
        """Headlines of others for the documents, or for as many texts in place of them."""
        return mine(
            self.documents if among is None else among,
            self.others,
            document_days=self.days,
            headline_days=self.other_days,
            settings=settings,
            encode=encode,
        )

    def headlines(self, pairs: MinedPairs) -> list[str]:
        return [self.others[row] for row in pairs.headline]

    def row(self, name: str, pairs: MinedPairs, found: list[str] | None = None) -> str:
        """A row of the table, about the pairs' headlines or what else was `found` for their documents."""
        scores = score(
            self.headlines(pairs) if found is None else found,
            [self.own[row] for row in pairs.document],
        )
        kinds = (scores.rouge_1, scores.rouge_2, scores.rouge_l)
        cells = []
        for low, high in _bands():
            first, last = int(low * len(self.documents)), int(high * len(self.documents))
            f1 = [100 * kind.f1[first:last].mean() for kind in kinds] if first < len(pairs) else []
            cells.append(" / ".join(f"{value:.1f}" for value in f1) or "–")
        return f"| {name} | " + " | ".join(cells) + " |"


def main() -> None:
    """Mine with each variant and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", help="true pairs with the columns document, summary and date")
    parser.add_argument("--encoder", help="sentence encoder: a name or a folder of `summae export`")
    parser.add_argument("--model", help="summariser for iterated mining, likewise")
    arguments = parser.parse_args()
    halves, encode = Halves.load(arguments.pairs), None
    if arguments.encoder:
        encode = partial(encode_or_zeros, SentenceEncoder.from_pretrained(arguments.encoder))
    lines = [
        "# Quality of mined pseudo-pairs",
        "",
        f"`{as_typed('mining_quality.py', *sys.argv[1:])}`: {len(halves.documents):,} documents look for one "
        f"headline each among {len(halves.others):,} of other texts; ROUGE-1/2/L F1 in percent on characters "
        "between what is found and the document's own headline, by rank of the mining score (best … of all "
        f"documents), beside the first {LEAD_CHARACTERS} characters of the same documents. A band "
        "counts the documents for which something was found; –: there are none.",
        "",
        "| variant | " + " | ".join(f"{a:.0%}–{b:.0%}" for a, b in _bands()) + " |",
        "|---|" + "---|" * (len(BANDS) - 1),
    ]
    for name, pairs in _found(halves, encode, arguments.model):
        lines.append(halves.row(name, pairs))
        print(lines[-1], flush=True)
        if name == "by words":
            leads = [halves.documents[row][:LEAD_CHARACTERS] for row in pairs.document]
            lead = f"lead-{LEAD_CHARACTERS} of the documents by words"
            last = halves.row(lead, pairs, leads)
    lines += [last, "", *_explained(arguments.encoder, arguments.model)]
    OUTPUT.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def _found(halves: Halves, encode: Encode | None, model: str | None) -> Iterator[Found]:
    if encode is not None:
        yield "by words and encoder", halves.mine(ONE_EACH, encode)
    for name, settings in VARIANTS.items():
        yield name, halves.mine(settings)
    three = halves.mine(THREE_EACH, encode)
    if encode is not None:
        # The score has the squared cosine in it: what is left of the squared margin is what it is divided by.
        usual = _usual_cosines(halves, three, encode)
        yield "… and margins", _first_of_each(three, three.score / usual**2)
    if model is not None:
        writer = quick_writer(model)
        summaries = [summary.text for summary in writer.stream(halves.documents)]
        beside = [summaries[row] for row in three.document]
        again = weighed(three, halves.headlines(three), beside)
        yield "… and the model's summaries", _first_of_each(again, again.score)
        # Headlines may say more than the summary, but not than the document, which is not looked at.
        query = replace(ONE_EACH, minimum_coverage=0.5)
        yield "summaries searched for documents", halves.mine(query, encode, among=summaries)


def _explained(encoder: str | None, model: str | None) -> list[str]:
    """What the rows are that are not settings of mining."""
    said = []
    if encoder is not None:
        said += [
            f"- margins: the three best of each document ordered anew, with the cosine divided by the mean "
            f"cosine of the two to their {NEIGHBOURS} nearest headlines and documents (Artetxe & Schwenk, 2019, "
            "arXiv 1811.01136)."
        ]
    if model is not None:
        said += [
            f"- summaries: by {model}, which learned from headlines, these among them, but from none of these "
            "documents; iterated mining as `data.ranked_by` does it, of the three best of each document, and "
            "with the summary as what is searched."
        ]
    return said


def _usual_cosines(halves: Halves, pairs: MinedPairs, encode: Encode) -> NDArray[np.float64]:
    """How like their nearest the two of a pair are on the other side, (pairs,)."""
    openings = [next(iter(split_sentences(text)), "").strip() or text for text in halves.documents]
    documents, headlines = encode(openings), encode(halves.others)
    near_documents = nearest(documents, headlines, NEIGHBOURS)[0].mean(axis=1)
    near_headlines = nearest(headlines, documents, NEIGHBOURS)[0].mean(axis=1)
    usual = (near_documents[pairs.document] + near_headlines[pairs.headline]) / 2
    return np.asarray(usual, dtype=np.float64)


def _first_of_each(pairs: MinedPairs, scores: NDArray[np.floating[Any]]) -> MinedPairs:
    """The best pair of each document by `scores`, the best of all first."""
    ordered = pairs.select(np.argsort(-scores, kind="stable"))
    first = np.unique(ordered.document, return_index=True)[1]
    return ordered.select(np.sort(first))


def _bands() -> list[tuple[float, float]]:
    return list(pairwise(BANDS))


if __name__ == "__main__":
    main()
