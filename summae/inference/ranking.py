"""Which of the search's candidates to take: what can be seen of each beside its document, weighed.

The likeliest candidate is not the best one: search prefers short and bland summaries, and a small
model's probabilities say little of where in the document a headline's content stands. The weights
of a model are chosen on validation documents by `scripts/fit_ranking.py`.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from summae.inference.weights import Weights
from summae.text.copies import splices
from summae.text.facts import foreign_characters, misplaced_numbers, repetitions, unsupported

OPENING = 170
"""Characters of a document in which a headline's words are looked for; models read not much more."""

PAIRED = (("“", "”"), ("‘", "’"), ("《", "》"), ("（", "）"), ("【", "】"), ("(", ")"))
READ = 300
"""Characters of a document in which a candidate's pieces are looked for; more than models read."""

_TAILS = (4, 3, 2)
"""Last characters that are looked up in the document; the longest that stand there tell the place."""


@dataclass(frozen=True, kw_only=True)
class Features:
    """What can be seen of a candidate."""

    likelihood: float
    """Mean log-probability in nats of its tokens."""
    characters: float
    """Its length in characters."""
    log_characters: float
    """Natural logarithm of one more than that."""
    coverage: float
    """Share of its character bigrams that stand in the opening of the document."""
    start: float
    """Where the first of those in the document stands, in hundreds of characters; 1 for none."""
    variety: float
    """Share of its characters that are different ones."""
    frequency: float
    """How often its bigrams stand in the opening: the mean logarithm of one more than that."""
    splices: float
    """Places where pieces of the document meet in it without a mark; see `splices`."""


@dataclass(frozen=True, kw_only=True)
class Ranking(Weights):
    """Weight of each feature; by default the likelihood, less what splices cost."""

    of = "a ranking"

    likelihood: float = 1.0
    characters: float = 0.0
    log_characters: float = 0.0
    coverage: float = 0.0
    start: float = 0.0
    variety: float = 0.0
    frequency: float = 0.0
    splices: float = -0.5
    miss: float = 0.3
    """What each character above or below a length that was asked for costs …"""
    stump: float = 1.8
    """… and there, to stop inside a clause of the document …"""
    cut: float = 3.0
    """… or to have been cut inside a clause of its own, as likely as not inside a word."""

    def worth(self, seen: Features) -> float:
        """The weighted sum of the features; higher is better."""
        return self.sum_over(seen)

    def bounded_cost(
        self, seen: Features, wanted_characters: int, *, is_cut: bool, is_stump: bool
    ) -> float:
        """What is taken off where a length was asked for.

        Args:
            seen: The features of what is left after cutting.
            wanted_characters: The length.
            is_cut: See `cuts_inside`.
            is_stump: See `breaks_off`.
        """
        missed = self.miss * abs(seen.characters - wanted_characters)
        return missed + (self.cut if is_cut else self.stump * is_stump)


def faults(text: str, document: str, *, is_bounded: bool = False) -> tuple[int, int]:
    """What speaks against a candidate before any feature is weighed; the lesser tuple is better.

    Args:
        text: The candidate as it would be read, in the script of `document`.
        document: Cleaned, from its beginning.
        is_bounded: A length was asked for; then to break off is weighed, see `Ranking.stump`.

    Returns:
        Numbers, Latin words and Chinese characters without support, numbers in a strange place;
        repeated bigrams, quotes and brackets without their other half, and one more if it breaks off.
    """
    invented = unsupported(text, document) + foreign_characters(text, document)
    invented += misplaced_numbers(text, document)
    broken = not is_bounded and breaks_off(text, document)
    return invented, repetitions(text) + broken + _unclosed(text)


def breaks_off(text: str, document: str) -> bool:
    """Whether it stops in the middle of a clause that it took from the document.

    >>> breaks_off("北方今晚降", "气象台说，北方今晚降温。"), breaks_off("北方今晚降温", "北方今晚降温。")
    (True, False)
    """
    for size in _TAILS:
        ends = _ends(text[-size:], document) if len(text) >= size else []
        if ends:
            return all(document[end : end + 1].isalnum() for end in ends)
    return False


def cuts_inside(whole: str, cut: str) -> bool:
    """Whether what was left of a candidate stops where its clause goes on.

    >>> cuts_inside("北方今晚降温", "北方今晚降"), cuts_inside("北方降温，南方多雨", "北方降温")
    (True, False)
    """
    return whole[len(cut) : len(cut) + 1].isalnum()


def _unclosed(text: str) -> int:
    return sum(abs(text.count(opening) - text.count(closing)) for opening, closing in PAIRED)


def _ends(tail: str, document: str) -> list[int]:
    """Where the tail ends in the document, each time."""
    ends, place = [], document.find(tail)
    while place >= 0:
        ends.append(place + len(tail))
        place = document.find(tail, place + 1)
    return ends


def features(text: str, document: str, *, likelihood: float) -> Features:
    """Look at a candidate.

    Args:
        text: The candidate, in the script of `document`.
        document: Cleaned, from its beginning.
        likelihood: Mean log-probability of its tokens.
    """
    opening = document[:OPENING]
    counts = Counter(pairwise(opening))
    bigrams = list(pairwise(text))
    places = [opening.find(first + second) for first, second in bigrams]
    found = [place for place in places if place >= 0]
    return Features(
        likelihood=likelihood,
        characters=len(text),
        log_characters=math.log1p(len(text)),
        coverage=len(found) / max(1, len(places)),
        start=min(found) / 100 if found else 1.0,
        variety=len(set(text)) / max(1, len(text)),
        frequency=math.fsum(math.log1p(counts[b]) for b in bigrams) / max(1, len(bigrams)),
        splices=splices(text, document[:READ]),
    )
