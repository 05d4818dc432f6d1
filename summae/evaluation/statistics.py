"""What ROUGE does not see: how long summaries are, how much they copy, repeat, and claim without support.

All figures compare the tokens ROUGE counts on characters, so punctuation, width and case make no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from summae.evaluation.rouge import tokenizer
from summae.text.facts import latin_names, numbers

_tokens = tokenizer("character")


@dataclass(frozen=True)
class Statistics:
    """Means over summaries; shares lie in [0, 1], and None says that nothing could be counted."""

    summaries: int
    empty: int
    """Summaries without a single token."""
    mean_length: float
    """Characters (code points, punctuation included)."""
    compression: float
    """Length of the summary over length of the document."""
    lead_copy_rate: float
    """Share of a summary that is its longest common prefix with the document: 1 for a lead."""
    novel_bigrams: float
    """Share of a summary's bigrams that its document does not have: 0 for an extract."""
    repetition: float
    """Share of a summary's bigrams that already stood in it."""
    supported_numbers: float | None
    """Share of all numbers in the summaries (3.5, 2024) that stand in their documents."""
    supported_names: float | None
    """Share of all Latin words in the summaries that stand in their documents."""


def measure(summaries: Sequence[str], documents: Sequence[str]) -> Statistics:
    """Measure each summary against the document at the same place.

    Args:
        summaries: Normalised summaries; an empty one counts as 0 in every mean it can enter.
        documents: Their documents, as many.

    Raises:
        ValueError: If the numbers of texts differ.
    """
    if len(summaries) != len(documents):
        raise ValueError(
            f"every summary needs its document, got {len(summaries)} summaries "
            f"and {len(documents)} documents."
        )
    pairs = [(_tokens(s), _tokens(d)) for s, d in zip(summaries, documents, strict=True)]
    return Statistics(
        summaries=len(summaries),
        empty=sum(not ours for ours, _ in pairs),
        mean_length=_mean(map(len, summaries)),
        compression=_mean(
            len(s) / max(len(d), 1) for s, d in zip(summaries, documents, strict=True)
        ),
        lead_copy_rate=_mean(lead_copy_share(ours, theirs) for ours, theirs in pairs),
        novel_bigrams=_mean(novel_bigram_share(ours, theirs) for ours, theirs in pairs),
        repetition=_mean(repetition_share(ours) for ours, _ in pairs),
        supported_numbers=_support(summaries, documents, numbers),
        supported_names=_support(summaries, documents, latin_names),
    )


def lead_copy_share(summary: Sequence[str], document: Sequence[str]) -> float:
    """Share of the summary's tokens in the longest common prefix with the document."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(summary, document, strict=False))
    return sum(1 for _ in same) / max(len(summary), 1)


def novel_bigram_share(summary: Sequence[str], document: Sequence[str]) -> float:
    """Share of the summary's bigrams that the document lacks; 0 for fewer than two tokens."""
    known = set(pairwise(document))
    bigrams = list(pairwise(summary))
    return sum(bigram not in known for bigram in bigrams) / max(len(bigrams), 1)


def repetition_share(summary: Sequence[str]) -> float:
    """Share of the summary's bigrams that stand in it earlier already."""
    bigrams = list(pairwise(summary))
    return (len(bigrams) - len(set(bigrams))) / max(len(bigrams), 1)


def _support(
    summaries: Sequence[str], documents: Sequence[str], facts_of: Callable[[str], list[str]]
) -> float | None:
    """Share of the facts in the summaries that are facts of their documents, too."""
    found = supported = 0
    for summary, document in zip(summaries, documents, strict=True):
        claims = facts_of(summary)
        if claims:
            facts = set(facts_of(document))
            found += len(claims)
            supported += sum(claim in facts for claim in claims)
    return supported / found if found else None


def _mean(values: Iterable[float]) -> float:
    items = list(values)
    return sum(items) / len(items) if items else 0.0
