"""What ROUGE does not see: how long summaries are, how much they copy, repeat, and claim without support.

All figures compare the tokens ROUGE counts on characters, so punctuation, width and case make no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from summae.evaluation.alignment import joined, longest_run
from summae.evaluation.faithfulness import supported_proper_names, supported_share
from summae.evaluation.rouge import tokenizer
from summae.text.facts import foreign_characters, latin_names, numbers
from summae.text.fusions import ends_inside

_tokens = tokenizer("character")
_NEAR = 2
"""Characters by which a length that was asked for may be missed and still be met."""


@dataclass(frozen=True)
class Statistics:
    """Means over summaries; shares lie in [0, 1], and None says that nothing could be counted."""

    summaries: int
    empty: int
    """Summaries without a single token."""
    mean_length: float
    """Characters (code points, punctuation included)."""
    compression: float | None
    """Length of the summary over length of the document."""
    lead_copy_rate: float | None
    """Share of a summary that is its longest common prefix with the document: 1 for a lead."""
    novel_bigrams: float | None
    """Share of a summary's bigrams that its document does not have: 0 for an extract."""
    repetition: float
    """Share of a summary's bigrams that already stood in it."""
    repeating: float
    """Share of summaries in which some bigram stands twice; people have reasons to write so, too."""
    supported_numbers: float | None
    """Share of all numbers in the summaries (3.5, 2024) that stand in their documents."""
    supported_names: float | None
    """Share of all Latin words in the summaries that stand in their documents."""
    supported_proper_names: float | None
    """Share of all names of people and places in the summaries, as jieba's parts of speech know
    them, that stand in their documents; None without jieba, or if they were not looked for."""
    copied_prefix: float | None
    """Tokens of a summary's longest common prefix with the document."""
    longest_copy: float | None
    """Share of a summary that is its longest run of tokens copied from anywhere in the document."""
    novel_unigrams: float | None
    """Share of a summary's tokens that its document does not have."""
    novel_trigrams: float | None
    """Share of a summary's trigrams that its document does not have."""
    foreign: float | None
    """Share of summaries with a Chinese character that their document lacks. People write so often
    enough; a model that does mostly says something else than its document."""
    stumps: float | None
    """Share of summaries that stop inside a clause that they took from their document."""
    exact_length: float | None
    """Share of summaries that have exactly as many characters as were asked for."""
    near_length: float | None
    """Share of summaries that are at most two characters longer or shorter than that."""


def measure(
    summaries: Sequence[str],
    documents: Sequence[str] | None = None,
    *,
    wanted_length: int | None = None,
    names: bool = True,
) -> Statistics:
    """Measure each summary against the document at the same place.

    Args:
        summaries: Normalised summaries; an empty one counts as 0 in every mean it can enter.
        documents: Their documents, as many; without them, what needs them is None.
        wanted_length: Characters that each summary was asked to have.
        names: Look for people and places, which takes a millisecond a summary.

    Raises:
        ValueError: If the numbers of texts differ.
    """
    if documents is not None and len(summaries) != len(documents):
        raise ValueError(
            f"every summary needs its document, got {len(summaries)} summaries "
            f"and {len(documents)} documents."
        )
    ours = [_tokens(summary) for summary in summaries]
    pairs = list(zip(summaries, documents or (), strict=False))
    cut = list(zip(ours, map(_tokens, documents or ()), strict=False))

    misses = None
    if wanted_length is not None:
        misses = [abs(len(summary) - wanted_length) for summary in summaries]

    def mean_over_documents(values: Iterable[float]) -> float | None:
        return None if documents is None else _mean(values)

    return Statistics(
        summaries=len(summaries),
        empty=sum(not tokens for tokens in ours),
        mean_length=_mean(map(len, summaries)),
        compression=mean_over_documents(len(s) / max(len(d), 1) for s, d in pairs),
        lead_copy_rate=mean_over_documents(lead_copy_share(s, d) for s, d in cut),
        novel_bigrams=mean_over_documents(novel_bigram_share(s, d) for s, d in cut),
        repetition=_mean(map(repetition_share, ours)),
        repeating=_mean(repetition_share(summary) > 0 for summary in ours),
        supported_numbers=supported_share(pairs, numbers),
        supported_names=supported_share(pairs, latin_names),
        supported_proper_names=supported_proper_names(pairs) if names else None,
        copied_prefix=mean_over_documents(common_prefix(s, d) for s, d in cut),
        longest_copy=mean_over_documents(longest_run(s, d) / max(len(s), 1) for s, d in cut),
        novel_unigrams=mean_over_documents(novel_share(s, d, 1) for s, d in cut),
        novel_trigrams=mean_over_documents(novel_share(s, d, 3) for s, d in cut),
        foreign=mean_over_documents(foreign_characters(s, d) > 0 for s, d in pairs),
        stumps=mean_over_documents(ends_inside(s, d) for s, d in pairs),
        exact_length=None if misses is None else _mean(miss == 0 for miss in misses),
        near_length=None if misses is None else _mean(miss <= _NEAR for miss in misses),
    )


def common_prefix(summary: Sequence[str], document: Sequence[str]) -> int:
    """Tokens at the beginning of the summary that are those of the document."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(summary, document, strict=False))
    return sum(1 for _ in same)


def lead_copy_share(summary: Sequence[str], document: Sequence[str]) -> float:
    """Share of the summary's tokens in the longest common prefix with the document."""
    return common_prefix(summary, document) / max(len(summary), 1)


def novel_bigram_share(summary: Sequence[str], document: Sequence[str]) -> float:
    """Share of the summary's bigrams that the document lacks; 0 for fewer than two tokens."""
    return novel_share(summary, document, 2)


def novel_share(summary: Sequence[str], document: Sequence[str], size: int) -> float:
    """Share of the summary's runs of `size` tokens that the document lacks; 0 if it has none."""
    text = joined(document)
    runs = [summary[start : start + size] for start in range(len(summary) - size + 1)]
    return sum(joined(run) not in text for run in runs) / max(len(runs), 1)


def repetition_share(summary: Sequence[str]) -> float:
    """Share of the summary's bigrams that stand in it earlier already."""
    bigrams = list(pairwise(summary))
    return (len(bigrams) - len(set(bigrams))) / max(len(bigrams), 1)


def _mean(values: Iterable[float]) -> float:
    items = list(values)
    return sum(items) / len(items) if items else 0.0
