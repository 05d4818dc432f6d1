"""What tells a clause of a document that could be its headline, and how much each sign weighs."""

from __future__ import annotations

from dataclasses import dataclass

from summae.inference.weights import Weights


@dataclass(frozen=True, kw_only=True)
class ClauseFeatures:
    """What can be seen of a clause, or of several that follow one another."""

    order: float
    """How many others come before it."""
    place: float
    """How many clauses of the document do; the end of a sentence counts as one."""
    opens: float
    """1 if it begins a sentence."""
    closes: float
    """1 if it ends one."""
    characters: float
    log_characters: float
    """Natural logarithm of one more than that."""
    off_length: float
    """Square of what it is longer or shorter than a usual headline, in hundreds."""
    commas: float
    quotes: float
    """1 if something in it is quoted."""
    hangs: float
    """How surely it ends by announcing what comes next, from 0 to 1: 气象台表示, or 冷空气到来时."""
    dangles: float
    """How surely it begins by going on with what came before, from 0 to 1: 但…, 他…, 并于…."""
    frequency: float
    """How often its bigrams stand in the opening: the mean logarithm."""
    recurrence: float
    """How often its characters stand in the document: the mean logarithm."""
    likeness: float
    """Cosine of its vector with that of the document, by the default sentence encoder."""
    agreement: float
    """Share of the model's lines that its bigrams stand in, their mean."""
    covered: float
    """Share of the bigrams of all these lines that it has."""
    covered_first: float
    """Share of the bigrams of the line that was chosen."""


@dataclass(frozen=True, kw_only=True)
class ClauseRanking(Weights):
    """Weight of each feature; by default the first clause is taken."""

    of = "clauses"

    order: float = -1.0
    place: float = 0.0
    opens: float = 0.0
    closes: float = 0.0
    characters: float = 0.0
    log_characters: float = 0.0
    off_length: float = 0.0
    commas: float = 0.0
    quotes: float = 0.0
    hangs: float = 0.0
    dangles: float = 0.0
    frequency: float = 0.0
    recurrence: float = 0.0
    likeness: float = 0.0
    agreement: float = 0.0
    covered: float = 0.0
    covered_first: float = 0.0

    def worth(self, seen: ClauseFeatures) -> float:
        """The weighted sum; higher is better."""
        return self.sum_over(seen)
