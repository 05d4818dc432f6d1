"""Rows to browse: summary, human summary and document, with what was copied and what was made up."""

from __future__ import annotations

from typing import Any

import numpy as np

from summae.evaluation.alignment import copied_spans
from summae.evaluation.faithfulness import unsupported_spans
from summae.evaluation.results import KINDS, Report
from summae.evaluation.rouge import RougeScores, tokenizer
from summae.evaluation.statistics import lead_copy_share

SHOWN = 1000
"""Rows in a page at most: some two megabytes of news."""
WORST = 100
"""Of each kind of ROUGE, always among them."""
LONGEST_DOCUMENT = 2000
"""Characters of a document that are shown."""

_tokens = tokenizer("character")


def samples(report: Report, limit: int = SHOWN) -> list[dict[str, Any]]:
    """Rows of the report as JSON types, in the order of the data.

    If there are more than `limit`, the worst hundred by each kind of ROUGE are kept and the others
    drawn at equal distances.

    Returns:
        For each row its number (from 1), texts, scores in [0, 1], `copies` as [start, end, source] in
        code points of summary and document, `unsupported` as [start, end] in the summary, and where
        they exist `set`, `rivals` as [name, text, ROUGE-1] and `tokens` as [piece, score].
    """
    return [_row(report, place) for place in _places(report.system.scores, limit)]


def _places(scores: RougeScores, limit: int) -> list[int]:
    total = len(scores)
    if total <= limit:
        return list(range(total))
    kept: set[int] = set()
    for kind in KINDS:
        order = np.argsort(getattr(scores, kind).f1, kind="stable")
        kept.update(order[: min(WORST, limit // len(KINDS))].tolist())
    others = [place for place in range(total) if place not in kept]
    missing = limit - len(kept)
    kept.update(others[step * len(others) // missing] for step in range(missing))
    return sorted(kept)


def _row(report: Report, place: int) -> dict[str, Any]:
    texts = report.texts
    summary = texts.predictions[place]
    row: dict[str, Any] = {
        "number": place + 1,
        "summary": summary,
        "reference": texts.references[place],
        **_f1(report.system.scores, place),
    }
    if texts.sets:
        row["set"] = texts.sets[place]
    if texts.documents:
        document = texts.documents[place]
        unsupported = unsupported_spans(summary, document)
        shown = document[:LONGEST_DOCUMENT]
        row |= {
            "document": shown,
            "more": len(document) - len(shown),
            "length": len(document),
            "lead": round(lead_copy_share(_tokens(summary), _tokens(document)), 4),
            "copies": [list(copy) for copy in copied_spans(summary, shown)],
            "unsupported": [list(span) for span in unsupported],
        }
    if texts.rivals:
        row["rivals"] = [
            [rival.name, rival.summaries[place], _f1(result.scores, place)["rouge_1"]]
            for rival, result in zip(texts.rivals, report.rivals, strict=True)
        ]
    if texts.token_scores is not None:
        pieces = texts.token_scores[place]
        row["tokens"] = [[piece, round(value, 4)] for piece, value in pieces]
    return row


def _f1(scores: RougeScores, place: int) -> dict[str, float]:
    return {kind: round(float(getattr(scores, kind).f1[place]), 4) for kind in KINDS}
