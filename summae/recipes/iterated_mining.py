"""Iterated mining: a model that learned from mined pairs tells which of them it should have learned from.

What it writes for a document says in the words of headlines what the document is about. A pair whose
headline says the same is more often right than another of the same score (evaluation/mining.md); a
model that learned from pairs in that order at small cost was no better (ablation.md). Only pairs that were
mined are weighed anew: to search with the summaries as queries finds no better ones.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from summae.data.mining import MinedPairs
from summae.data.pack import TokenPack
from summae.evaluation.rouge import score
from summae.evaluation.signature import folder_hash
from summae.inference.model_folder import open_model_folder
from summae.inference.reranking import OWN_WORDS
from summae.inference.summarizer import Summarizer
from summae.recipes.lines_of_a_model import write_lines
from summae.text.tokenizer import Tokenizer

logger = logging.getLogger(__name__)
_PART = "ranked.part.jsonl"
"""Grows while the model writes."""
_FLOOR = 0.1
"""What a pair keeps whose headline has nothing in common with the model's summary."""


def quick_writer(model: str) -> Summarizer:
    """A model that tells its own words, the likeliest of a short search, and no span of the document.

    Raises:
        ModelError: There is no such model.
    """
    folder = open_model_folder(model)
    quick = replace(folder.decoding, beam_size=2)
    return Summarizer(replace(folder, decoding=quick, scorer=OWN_WORDS))


def weighed(pairs: MinedPairs, headlines: Sequence[str], summaries: Sequence[str]) -> MinedPairs:
    """The pairs in the order of ``score * (0.1 + F1)``.

    Args:
        pairs: As `summae.data.mining.mine` found them.
        headlines: The headline of each pair.
        summaries: What the model wrote for the document of each pair; F1 is their ROUGE-1.
    """
    agreement = score(headlines, summaries).rouge_1.f1
    scores = pairs.score * (_FLOOR + agreement).astype(np.float32)
    again = MinedPairs(pairs.document, pairs.headline, scores)
    return again.select(np.argsort(-scores, kind="stable"))


def rank_again(
    folder: Path, model: str, *, progress: Callable[[str, int, int], None] | None = None
) -> int:
    """Put the pseudo-pairs of a pack in the order that a model's summaries of the documents suggest.

    Killed, it goes on where it was.

    Args:
        folder: The pack.
        model: A folder of `summae export`, or the name of a model inside this package.
        progress: Called with (stage, documents done, in all).

    Returns:
        How many documents the model has read: those that have pairs.

    Raises:
        ModelError: There is no such model.
        InputError: There is no such pack, or another model has begun.
    """
    pack, summarizer = TokenPack.load(folder), quick_writer(model)
    name = f"{model}@{folder_hash(summarizer.folder.path)}"
    tokenizer, part = Tokenizer(pack.tokenizer_model), folder / _PART
    rows = np.unique(pack.pair_document).tolist()
    write_lines(
        part,
        (name, "data.ranked_by"),
        rows,
        lambda row: tokenizer.decode(map(int, pack.documents[row])),
        summarizer.stream,
        progress,
    )
    lines = part.read_text(encoding="utf-8").splitlines()[1:]
    summaries = {row: text for row, text, _ in map(json.loads, lines)}
    pairs = weighed(
        MinedPairs(pack.pair_document, pack.pair_headline, pack.pair_score),
        [tokenizer.decode(map(int, pack.headlines[row])) for row in pack.pair_headline],
        [summaries[row] for row in pack.pair_document.tolist()],
    )
    replace(
        pack,
        pair_document=pairs.document,
        pair_headline=pairs.headline,
        pair_score=pairs.score,
        pairs_ranked_by=name,
    ).save_pairs(folder)
    part.unlink()
    logger.info("%d pseudo-pairs in the order of what %s wrote", len(pairs), name)
    return len(rows)
