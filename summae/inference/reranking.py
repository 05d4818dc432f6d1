"""Which candidate is the summary: of those that tell the document's facts the one with the highest score."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from summae.inference.candidates import Candidate
from summae.inference.options import check_names
from summae.inference.scoring import NAMES, Floats, Pool, Terms
from summae.text.facts import unsupported_facts

_LARGEST = 1e9
"""No weight is as large."""
_SUREST = 50.0
"""Log-odds beyond which a probability is 0 or 1."""
WIDEST = 3.0
"""Margin from which on a wider one says no more."""


@dataclass(frozen=True, kw_only=True)
class Confidence:
    """A logistic regression on four things that are known of the chosen line, fitted to lines that were read."""

    bias: float = 0.0
    characters: float = 0.0
    """Of the line."""
    beginning: float = 0.0
    """See `Terms`."""
    position: float = 0.0
    """See `Terms`."""
    margin: float = 0.0
    """Its score less that of the next candidate that tells the document's facts, at most `WIDEST`."""

    def probability(self, *, text: str, seen: Floats, margin: float) -> float:
        """That a reader would print the line.

        Args:
            text: The line.
            seen: Its terms, in the order of `NAMES`.
            margin: See above.
        """
        logit = (
            self.bias
            + self.characters * len(text)
            + self.beginning * seen[NAMES.index("beginning")]
            + self.position * seen[NAMES.index("position")]
            + self.margin * margin
        )
        return float(1 / (1 + math.exp(min(_SUREST, max(-_SUREST, -float(logit))))))


@dataclass(frozen=True, kw_only=True)
class Scorer:
    """What each term counts; fitted by `scripts/fit_scorer.py`, and written to a model's `summae.json`.

    The defaults are for a folder that says nothing and has no judges: what `scripts/fit_scorer.py` finds
    for the model in this package without them.
    """

    weights: Terms = field(
        default_factory=lambda: Terms(
            log_prob=1.3,
            consensus=21.2,
            coverage=1.12,
            unattributed=-3.44,
            position=-7.34,
            fusions=-6.76,
            characters=-0.791,
            truncated=-8.0,
            length_error=-1.0,
        )
    )
    confidence: Confidence = field(
        default_factory=lambda: Confidence(
            bias=-1.9, characters=0.0755, position=-1.02, margin=0.0751
        )
    )
    spans: bool = True
    """Whether spans of the document are candidates beside what the generator wrote."""
    checks_facts: bool = True
    """Whether a number, Latin word or name that the document does not tell so disqualifies."""

    def __post_init__(self) -> None:
        for name in ("spans", "checks_facts"):
            if not isinstance(getattr(self, name), bool):
                raise ValueError(f"{name} is true or false, got {getattr(self, name)!r}")

    @classmethod
    def from_mapping(cls, values: object) -> Scorer:
        """Read the `scorer` part of `summae.json`.

        Raises:
            ValueError: A name is unknown, or a weight is no finite number.
        """
        if not isinstance(values, Mapping):
            raise ValueError(f"scorer holds its parts by name, got {values!r}")
        check_names(values, cls, "parts of the scorer")
        read: dict[str, Any] = {
            name: kind(**_weights(values[name], kind, name))
            for name, kind in (("weights", Terms), ("confidence", Confidence))
            if name in values
        }
        switches = {name: values[name] for name in ("spans", "checks_facts") if name in values}
        return cls(**read, **switches)


OWN_WORDS = Scorer(weights=Terms(), spans=False, checks_facts=False)
"""Takes what the search finds best, whatever it says: to see how a generator writes."""


@dataclass(frozen=True)
class Choice:
    """The summary of a document."""

    candidate: Candidate
    score: float
    """The weighted sum of its terms."""
    confidence: float
    terms: Floats


def vector(terms: Terms) -> Floats:
    """The terms in the order of `NAMES`."""
    return np.array([getattr(terms, name) for name in NAMES])


def choose(pool: Pool, seen: Floats, scorer: Scorer) -> Choice | None:
    """The best candidate without a false fact; None where there is none.

    Args:
        pool: The document's.
        seen: The terms of its candidates, (candidates, terms).
        scorer: The weights.
    """
    scores = seen @ vector(scorer.weights)
    order = np.argsort(-scores, kind="stable").tolist()
    true = (n for n in order if not scorer.checks_facts or _is_true(pool, n))
    best, second = next(true, None), next(true, None)
    if best is None:
        return None
    margin = WIDEST if second is None else min(WIDEST, float(scores[best] - scores[second]))
    candidate = pool.candidates[best]
    confidence = scorer.confidence.probability(text=candidate.text, seen=seen[best], margin=margin)
    return Choice(candidate, float(scores[best]), confidence, seen[best])


def _is_true(pool: Pool, place: int) -> bool:
    return not unsupported_facts(pool.candidates[place].text, pool.document)


def _weights(given: object, kind: type, of: str) -> dict[str, float]:
    if not isinstance(given, Mapping):
        raise ValueError(f"{of} holds numbers by name, got {given!r}")
    check_names(given, kind, of)
    for name, value in given.items():
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or not abs(value) < _LARGEST:
            raise ValueError(f"{name} of {of} is a finite number, got {value!r}")
    return {name: float(value) for name, value in given.items()}
