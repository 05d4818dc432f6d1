"""The best that copying clauses could do: chosen greedily with the human summary in sight, an upper bound."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

_CLAUSE = re.compile(r"[^，。！？；：、…\n]*[，。！？；：、…\n]*")

Gram = str | tuple[str, str]


class Extract(NamedTuple):
    """Clauses of a document that score best together."""

    by_gain: str
    """The one that gained most first, so that a cut keeps it."""
    in_order: str
    """As they stand in the document."""


@dataclass(frozen=True)
class _Clause:
    text: str
    grams: Counter[Gram]
    """Its tokens and bigrams that the reference has, too."""
    sizes: tuple[int, int]
    """All its tokens and bigrams."""


def greedy_oracle(
    document: str, reference: str, tokenize: Callable[[str], Sequence[str]]
) -> Extract:
    """Add the clause that raises ROUGE-1 plus ROUGE-2 most, until none does.

    As the training labels of Nallapati et al. (2017, https://arxiv.org/abs/1611.04230), but of
    clauses, because a headline is shorter than most sentences. Bigrams across two clauses do not
    count.

    Args:
        document: The document, cleaned.
        reference: The human summary, normalised.
        tokenize: Cuts a text into the tokens that ROUGE counts.
    """
    wanted = _grams(tokenize(reference))
    tokens = len(tokenize(reference))
    sizes = (tokens, max(tokens - 1, 0))
    clauses = [
        _clause(text, wanted, tokenize) for text in _CLAUSE.findall(document) if text.strip()
    ]
    chosen: list[int] = []
    covered: Counter[Gram] = Counter()
    shared, length = (0, 0), (0, 0)
    best = 0.0
    while True:
        step = None
        for place, clause in enumerate(clauses):
            if place in chosen or not clause.grams:
                continue
            gained = _gained(clause.grams, covered, wanted)
            together = (shared[0] + gained[0], shared[1] + gained[1])
            longer = (length[0] + clause.sizes[0], length[1] + clause.sizes[1])
            value = _f1_sum(together, longer, sizes)
            if value > best:
                best, step = value, (place, together, longer)
        if step is None:
            break
        place, shared, length = step
        chosen.append(place)
        covered += clauses[place].grams
    return Extract(
        by_gain="".join(clauses[place].text for place in chosen),
        in_order="".join(clauses[place].text for place in sorted(chosen)),
    )


def _clause(text: str, wanted: Counter[Gram], tokenize: Callable[[str], Sequence[str]]) -> _Clause:
    tokens = tokenize(text)
    grams = Counter({g: count for g, count in _grams(tokens).items() if g in wanted})
    return _Clause(text, grams, (len(tokens), max(len(tokens) - 1, 0)))


def _grams(tokens: Sequence[str]) -> Counter[Gram]:
    grams: Counter[Gram] = Counter(tokens)
    grams.update(pairwise(tokens))
    return grams


def _gained(grams: Counter[Gram], covered: Counter[Gram], wanted: Counter[Gram]) -> tuple[int, int]:
    """How many more tokens and bigrams of the reference are covered."""
    gained = [0, 0]
    for gram, count in grams.items():
        before = min(covered[gram], wanted[gram])
        after = min(covered[gram] + count, wanted[gram])
        gained[isinstance(gram, tuple)] += after - before
    return gained[0], gained[1]


def _f1_sum(shared: tuple[int, int], ours: tuple[int, int], theirs: tuple[int, int]) -> float:
    return sum(
        2 * both / (left + right)
        for both, left, right in zip(shared, ours, theirs, strict=True)
        if both
    )
