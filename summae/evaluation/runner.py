"""One system judged: its scores beside baselines of the same length and other systems, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from summae.evaluation.baselines import (
    RANKINGS,
    CentralSentences,
    Ranking,
    cut_to_mean,
    lead,
    random_span,
)
from summae.evaluation.divisions import Division, by_document_length, by_summary_length, divided
from summae.evaluation.judges import Judge
from summae.evaluation.oracle import greedy_oracle
from summae.evaluation.results import KINDS, LEAD, Comparison, Part, Report, Result, Texts
from summae.evaluation.rouge import Unit, score, tokenizer
from summae.evaluation.rows import System, TokenScores, checked_texts
from summae.evaluation.signature import Signature, content_hash
from summae.evaluation.significance import Interval, compare, interval
from summae.evaluation.statistics import measure
from summae.text.normalize import clean_document, normalize

Progress = Callable[[Iterable[str], str], Iterable[str]]


def evaluate(
    predictions: Sequence[str],
    references: Sequence[str],
    documents: Sequence[str] | None = None,
    *,
    sets: Sequence[str] | None = None,
    rivals: Sequence[System] = (),
    name: str = "system",
    signature: Signature | None = None,
    unit: Unit = "character",
    rankings: Sequence[Ranking] = RANKINGS,
    wanted_length: int | None = None,
    judges: Sequence[Judge] = (),
    token_scores: Sequence[TokenScores] | None = None,
    progress: Progress = lambda items, _: items,
) -> Report:
    """Judge summaries against human ones, and against what the same length buys for nothing.

    Baselines read cleaned documents, without dateline and byline: what cleaning alone gains is not
    the system's merit. Without documents there are scores and intervals, but no baselines.

    >>> report = evaluate(["今晚有雨"], ["今晚有雨"])
    >>> report.system.scores.mean_f1()
    {'rouge_1': 1.0, 'rouge_2': 1.0, 'rouge_l': 1.0}

    Args:
        predictions: The system's summaries; an empty one scores 0 and is counted.
        references: The human summaries, as many.
        documents: The documents, as many.
        sets: The part of the test set that each row belongs to.
        rivals: Other systems' summaries of the same documents, to compare with.
        name: What tables call the system.
        signature: What it takes to get the same numbers again; by default made from the texts.
        unit: What ROUGE counts.
        rankings: Extractive baselines by sumy; empty to do without.
        wanted_length: Characters that each summary was asked to have, to count exact hits.
        judges: What else to ask of systems, lead and human summaries; see `judges`.
        token_scores: For each prediction its pieces with a discriminator's scores, to show them.
        progress: Wraps an iterable of documents to show how far it is.

    Raises:
        TypeError: If something is not a sequence of texts.
        ValueError: If the numbers of texts differ, there are none, or two systems share a name.
        MissingExtraError: If a ranking is wanted and sumy or jieba is not installed.
    """
    written = checked_texts("predictions", predictions)
    wanted = checked_texts("references", references)
    sources = None if documents is None else checked_texts("documents", documents)
    columns = {"predictions": written, "documents": sources, "sets": sets, "scores": token_scores}
    others = {rival.name: checked_texts(rival.name, rival.summaries) for rival in rivals}
    _check_numbers(len(wanted), {**columns, **others})
    if len({name, *others}) <= len(rivals):
        raise ValueError(f"systems need different names, got {[name, *(r.name for r in rivals)]}.")
    if not wanted:
        raise ValueError("there is nothing to evaluate: no references came.")
    if signature is None:
        digest = content_hash([*(sources or ()), *wanted])
        signature = Signature(system=name, data=f"texts@{digest}", items=len(wanted), unit=unit)
    court = _Court(
        [normalize(text) for text in wanted],
        None if sources is None else [clean_document(text) for text in sources],
        unit,
        wanted_length,
        signature,
        tuple(judges),
    )
    texts = Texts(
        [normalize(text) for text in written],
        court.references,
        court.documents or [],
        list(sets or []),
        [replace(rival, summaries=list(map(normalize, rival.summaries))) for rival in rivals],
        None if token_scores is None else list(token_scores),
    )
    system = replace(court.judge(name, texts.predictions, in_depth=True), signature=str(signature))
    found = [
        replace(
            court.judge(rival.name, rival.summaries, system, in_depth=True),
            signature=str(
                replace(signature, system=rival.revision or rival.name, decoding=rival.decoding)
            ),
        )
        for rival in texts.rivals
    ]
    return Report(
        system=system,
        baselines=_baselines(court, system, rankings, progress),
        human=measure(court.references, court.documents, wanted_length=wanted_length),
        parts=_parts(court, texts, divided(texts.sets)),
        signature=str(signature),
        texts=texts,
        rivals=found,
        comparisons=_comparisons([system, *found]),
        brackets=_parts(court, texts, by_summary_length(texts.predictions)),
        document_lengths=_parts(court, texts, by_document_length(texts.documents)),
        human_judged=court.ask(court.references),
    )


def _check_numbers(expected: int, columns: Mapping[str, Sequence[object] | None]) -> None:
    for name, column in columns.items():
        if column is not None and len(column) != expected:
            raise ValueError(
                f"every row needs one text of each kind, got {len(column)} {name} "
                f"and {expected} references."
            )


@dataclass(frozen=True)
class _Court:
    """Normalised references and cleaned documents, before which systems appear one after another."""

    references: list[str]
    documents: list[str] | None
    unit: Unit
    wanted_length: int | None
    signature: Signature
    judges: tuple[Judge, ...]

    def judge(
        self,
        name: str,
        summaries: Sequence[str],
        judged: Result | None = None,
        *,
        in_depth: bool = False,
    ) -> Result:
        """Judge a system, beside the one that the report is about unless it is that one itself."""
        scores = score(summaries, self.references, unit=self.unit)
        f1 = {kind: getattr(scores, kind).f1 for kind in KINDS}
        behind = None
        if judged is not None:
            behind = {kind: compare(getattr(judged.scores, kind).f1, f1[kind]) for kind in KINDS}
        return Result(
            name=name,
            scores=scores,
            statistics=measure(
                summaries, self.documents, wanted_length=self.wanted_length, names=in_depth
            ),
            intervals={kind: interval(values) for kind, values in f1.items()},
            behind=behind,
            signature=str(replace(self.signature, system=name, decoding="none")),
            judged=self.ask(summaries) if in_depth else {},
        )

    def ask(self, summaries: Sequence[str]) -> dict[str, Interval]:
        return {
            judge.name: interval(judge(summaries, self.references, self.documents))
            for judge in self.judges
        }

    def take(self, places: Sequence[int]) -> _Court:
        return replace(
            self,
            references=[self.references[place] for place in places],
            documents=self.documents and [self.documents[place] for place in places],
        )


def _baselines(
    court: _Court, system: Result, rankings: Sequence[Ranking], progress: Progress
) -> list[Result]:
    if court.documents is None:
        return []
    length = system.statistics.mean_length
    candidates = {
        LEAD: cut_to_mean(court.documents, length),
        "lead-20": lead(court.documents, 20),
        "random span": random_span(court.documents, length),
    }
    for ranking in rankings:
        central = CentralSentences(ranking)
        ranked = [central.ranked(document) for document in progress(court.documents, central.name)]
        candidates[central.name] = cut_to_mean(["".join(sentences) for sentences in ranked], length)
        candidates[f"{central.name}, 1 sentence"] = [
            sentences[0].strip() if sentences else "" for sentences in ranked
        ]
    tokenize = tokenizer(court.unit)
    extracts = [
        greedy_oracle(document, reference, tokenize)
        for document, reference in zip(court.documents, court.references, strict=True)
    ]
    candidates["oracle"] = cut_to_mean([extract.by_gain for extract in extracts], length)
    candidates["oracle, uncut"] = [extract.in_order for extract in extracts]
    return [
        court.judge(title, texts, system, in_depth=title == LEAD)
        for title, texts in candidates.items()
    ]


def _comparisons(results: Sequence[Result]) -> list[Comparison]:
    return [
        Comparison(
            first.name,
            second.name,
            {
                kind: compare(getattr(first.scores, kind).f1, getattr(second.scores, kind).f1)
                for kind in KINDS
            },
        )
        for first, second in combinations(results, 2)
    ]


def _parts(court: _Court, texts: Texts, division: Division) -> list[Part]:
    """Results on each class of rows; none if there is only one class."""
    if len(division) < 2 or court.documents is None:
        return []
    parts = []
    for title, places in division.items():
        chamber = court.take(places)
        system = chamber.judge(title, [texts.predictions[place] for place in places])
        leads = cut_to_mean(chamber.documents or [], system.statistics.mean_length)
        rivals = [
            chamber.judge(rival.name, [rival.summaries[place] for place in places], system)
            for rival in texts.rivals
        ]
        parts.append(Part(title, system, chamber.judge(LEAD, leads, system), rivals))
    return parts
