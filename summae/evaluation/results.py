"""What an evaluation found out: results of systems, on all rows and by class of rows."""

from __future__ import annotations

from dataclasses import dataclass, field

from summae.evaluation.rouge import RougeScores
from summae.evaluation.rows import System, TokenScores
from summae.evaluation.significance import Difference, Interval
from summae.evaluation.statistics import Statistics

KINDS = ("rouge_1", "rouge_2", "rouge_l")

LEAD = "lead, equal length"
"""The baseline that stands beside every system, and the first in every report."""


@dataclass(frozen=True)
class Result:
    """How one system did."""

    name: str
    scores: RougeScores
    statistics: Statistics
    intervals: dict[str, Interval]
    """95 % interval of mean F1, by kind of ROUGE."""
    behind: dict[str, Difference] | None
    """The judged system's F1 minus this one's, by kind; None for the judged system itself."""
    signature: str = ""
    """What it takes to get the same numbers again."""
    judged: dict[str, Interval] = field(default_factory=dict)
    """Mean of what each judge said, by its name."""


@dataclass(frozen=True)
class Part:
    """All systems and a lead of the judged one's mean length, on some of the rows."""

    name: str
    system: Result
    lead: Result
    rivals: list[Result] = field(default_factory=list)


@dataclass(frozen=True)
class Comparison:
    """Two systems on the same rows: the first one's F1 minus the second one's, by kind of ROUGE."""

    first: str
    second: str
    differences: dict[str, Difference]


@dataclass(frozen=True)
class Texts:
    """What was judged, normalised as it was scored: lists with one entry for each row."""

    predictions: list[str]
    references: list[str]
    documents: list[str]
    """Cleaned; empty if none came."""
    sets: list[str]
    """Empty if none came."""
    rivals: list[System] = field(default_factory=list)
    token_scores: list[TokenScores] | None = None
    """What a discriminator said of each token of each prediction."""


@dataclass(frozen=True)
class Report:
    """Everything one evaluation found out."""

    system: Result
    baselines: list[Result]
    """A lead of equal length first; none without documents."""
    human: Statistics
    """The same measures of the human summaries."""
    parts: list[Part]
    """One for each part of the test set; empty if it has only one."""
    signature: str
    texts: Texts
    rivals: list[Result] = field(default_factory=list)
    """Other systems, in the order they came."""
    comparisons: list[Comparison] = field(default_factory=list)
    """Every two of the systems."""
    brackets: list[Part] = field(default_factory=list)
    """By length of the judged system's summaries, short ones first."""
    document_lengths: list[Part] = field(default_factory=list)
    """By length of the documents, a fifth of the rows each, short ones first."""
    human_judged: dict[str, Interval] = field(default_factory=dict)
    """What each judge said of the human summaries."""
