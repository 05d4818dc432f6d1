"""One system judged: its scores beside baselines of the same length, by part of the test set, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from summae.evaluation.baselines import CentralSentences, Ranking, cut_to_mean, lead
from summae.evaluation.rouge import RougeScores, Unit, score
from summae.evaluation.significance import Difference, Interval, compare, interval
from summae.evaluation.statistics import Statistics, measure
from summae.text.normalize import clean_document, normalize

KINDS = ("rouge_1", "rouge_2", "rouge_l")

Progress = Callable[[Iterable[str], str], Iterable[str]]


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


@dataclass(frozen=True)
class Part:
    """The judged system and a lead of equal mean length on one part of the test set."""

    name: str
    system: Result
    lead: Result


@dataclass(frozen=True)
class Report:
    """Everything one evaluation found out."""

    system: Result
    baselines: list[Result]
    human: Statistics
    """The same measures of the human summaries."""
    parts: list[Part]
    """One for each part of the test set; empty if it has only one."""
    signature: str


def evaluate(
    predictions: Sequence[str],
    references: Sequence[str],
    documents: Sequence[str],
    *,
    sets: Sequence[str] | None = None,
    name: str = "system",
    signature: str = "",
    unit: Unit = "character",
    rankings: Sequence[Ranking] = ("textrank", "lexrank"),
    progress: Progress = lambda items, _: items,
) -> Report:
    """Judge summaries against human ones, and against what the same length buys for nothing.

    Baselines read cleaned documents, without dateline and byline: what cleaning alone gains is not
    the system's merit.

    Args:
        predictions: The system's summaries.
        references: The human summaries, as many.
        documents: The documents, as many.
        sets: The part of the test set that each row belongs to.
        name: What tables call the system.
        signature: What it takes to get the same numbers again; see `Signature`.
        unit: What ROUGE counts.
        rankings: Extractive baselines by sumy; empty to do without.
        progress: Wraps an iterable of documents to show how far it is.

    Raises:
        ValueError: If the numbers of texts differ, or there are none.
        MissingExtraError: If a ranking is wanted and sumy or jieba is not installed.
    """
    if not len(predictions) == len(references) == len(documents) == len(sets or documents):
        raise ValueError(
            f"every document needs one prediction and one reference, got {len(documents)} documents, "
            f"{len(predictions)} predictions, {len(references)} references"
            + (f" and {len(sets)} set names." if sets else ".")
        )
    if not documents:
        raise ValueError("there is nothing to evaluate: no documents came.")
    court = _Court(
        [normalize(text) for text in references], [clean_document(text) for text in documents], unit
    )
    written = [normalize(text) for text in predictions]
    system = court.judge(name, written)
    length = system.statistics.mean_length
    candidates = {
        "lead, equal length": cut_to_mean(court.documents, length),
        "lead-20": lead(court.documents, 20),
    }
    for ranking in rankings:
        central = CentralSentences(ranking)
        ranked = [central(document) for document in progress(court.documents, central.name)]
        candidates[central.name] = cut_to_mean(ranked, length)
    return Report(
        system=system,
        baselines=[court.judge(title, texts, system) for title, texts in candidates.items()],
        human=measure(court.references, court.documents),
        parts=_parts(written, court, sets or []),
        signature=signature,
    )


@dataclass(frozen=True)
class _Court:
    """Normalised references and cleaned documents, before which systems appear one after another."""

    references: list[str]
    documents: list[str]
    unit: Unit

    def judge(self, name: str, summaries: Sequence[str], rival: Result | None = None) -> Result:
        scores = score(summaries, self.references, unit=self.unit)
        f1 = {kind: getattr(scores, kind).f1 for kind in KINDS}
        behind = None
        if rival is not None:
            behind = {kind: compare(getattr(rival.scores, kind).f1, f1[kind]) for kind in KINDS}
        return Result(
            name=name,
            scores=scores,
            statistics=measure(summaries, self.documents),
            intervals={kind: interval(values) for kind, values in f1.items()},
            behind=behind,
        )

    def take(self, places: Sequence[int]) -> _Court:
        return _Court(
            [self.references[place] for place in places],
            [self.documents[place] for place in places],
            self.unit,
        )


def _parts(written: Sequence[str], court: _Court, sets: Sequence[str]) -> list[Part]:
    names = list(dict.fromkeys(sets))
    if len(names) < 2:
        return []
    parts = []
    for name in names:
        places = [place for place, other in enumerate(sets) if other == name]
        chamber = court.take(places)
        system = chamber.judge(name, [written[place] for place in places])
        leads = cut_to_mean(chamber.documents, system.statistics.mean_length)
        parts.append(Part(name, system, chamber.judge("lead, equal length", leads, system)))
    return parts
