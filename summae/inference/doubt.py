"""How likely it is that a reader would not print a line of the model's own: garbled, false, cut short.

A small model's probabilities do not tell all of that: copying on is easy, wherever the copy began. What
gives such lines away, too, are joints, loose ends, and numbers in a strange place. The weights of a model
are fitted by `scripts/fit_doubt.py` to lines that a reader has judged.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from summae.inference.ranking import READ, breaks_off
from summae.inference.weights import Weights
from summae.text.copies import begins_inside, crossings, splices
from summae.text.facts import misplaced_numbers


@dataclass(frozen=True, kw_only=True)
class Signs:
    """What can be seen of a line."""

    likelihood: float
    """Mean log-probability in nats of its tokens."""
    splices: float
    """Places where pieces of the document meet without a mark; see `splices`."""
    crossings: float
    """Those of them that no sentence of the document bears out; see `crossings`."""
    misplaced: float
    """Numbers between other characters than in the document; see `misplaced_numbers`."""
    begins_inside: float
    """1 if it begins in the middle of a clause of the document."""
    breaks_off: float
    """1 if it stops there."""


@dataclass(frozen=True, kw_only=True)
class Doubt(Weights):
    """Weights of a logistic regression; by default a line is doubted as far as it is unlikely."""

    of = "a doubt"

    bias: float = -2.5
    likelihood: float = -2.5
    splices: float = 0.0
    crossings: float = 0.0
    misplaced: float = 0.0
    begins_inside: float = 0.0
    breaks_off: float = 0.0

    def probability(self, seen: Signs) -> float:
        """That a reader would not print the line."""
        return 1 / (1 + math.exp(-self.bias - self.sum_over(seen)))


def signs(text: str, document: str, *, likelihood: float) -> Signs:
    """Look at a line.

    Args:
        text: The line, in the script of `document`.
        document: Cleaned, from its beginning.
        likelihood: Mean log-probability of its tokens.
    """
    opening = document[:READ]
    return Signs(
        likelihood=likelihood,
        splices=splices(text, opening),
        crossings=crossings(text, opening),
        misplaced=misplaced_numbers(text, opening),
        begins_inside=begins_inside(text, opening),
        breaks_off=breaks_off(text, opening),
    )
