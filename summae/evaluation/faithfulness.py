"""What a summary claims and its document does not say: numbers, Latin words, names of people and places."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from summae.text.facts import unsupported
from summae.text.names import can_tell_names, names
from summae.text.script import to_simplified

Pair = tuple[str, str]
"""A summary and its document, both normalised."""

_CLAIM = re.compile(
    r"\d+(?:[.,]\d+)*|[A-Za-z\u00df-\u00f6\u00f8-\u024f][0-9A-Za-z\u00df-\u00f6\u00f8-\u024f]*"
)


def supported_share(
    pairs: Iterable[Pair], facts_of: Callable[[str], Sequence[str]]
) -> float | None:
    """Share of the facts in the summaries that are facts of their documents, too.

    Args:
        pairs: Summaries with their documents.
        facts_of: Finds the facts of a text, such as `summae.text.facts.numbers`.

    Returns:
        A share of all facts of all summaries, or None if there are none.
    """
    found = supported = 0
    for summary, document in pairs:
        claims = facts_of(summary)
        if claims:
            facts = set(facts_of(document))
            found += len(claims)
            supported += sum(claim in facts for claim in claims)
    return supported / found if found else None


def supported_proper_names(pairs: Iterable[Pair]) -> float | None:
    """Share of the names of people and places in the summaries that stand in their documents.

    A name need only stand there as a piece of text, whichever words jieba finds in the document.

    Returns:
        A share of all names of all summaries, or None if there are none or jieba is not installed.
    """
    found = supported = 0
    for summary, document in pairs:
        claims = proper_names(summary)
        if claims:
            source = to_simplified(document)
            found += len(claims)
            supported += sum(name in source for name in claims)
    return supported / found if found else None


def proper_names(text: str) -> tuple[str, ...]:
    """Names of people and places in `text`, in simplified script; none without jieba."""
    return names(to_simplified(text)) if can_tell_names() else ()


def unsupported_spans(summary: str, document: str) -> list[tuple[int, int]]:
    """Where in `summary` a number, Latin word or name stands that `document` lacks.

    Returns:
        Starts and ends in code points of `summary`, from left to right, not overlapping.
    """
    spans = [
        claim.span() for claim in _CLAIM.finditer(summary) if unsupported(claim.group(), document)
    ]
    simplified, source = to_simplified(summary), to_simplified(document)
    for name in dict.fromkeys(proper_names(summary)):
        if name not in source:
            spans += [found.span() for found in re.finditer(re.escape(name), simplified)]
    return _without_overlap(spans)


def _without_overlap(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept
