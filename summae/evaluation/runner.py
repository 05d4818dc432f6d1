"""One system judged: its scores beside baselines of the same length and other systems, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

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
from summae.evaluation.signature import Signature, content_hash, versions
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
        MissingExtraError: If a ranking is wanted and sumy or jieba is not installed, or words and
            jieba is not.
    """
    written = checked_texts("predictions", predictions)
    wanted = checked_texts("references", references)
    sources = None if documents is None else checked_texts("documents", documents)
    labels = [] if sets is None else checked_texts("sets", sets)
    columns = {
        "predictions": written,
        "documents": sources,
        "sets": None if sets is None else labels,
        "scores": token_scores,
    }
    others = {rival.name: checked_texts(rival.name, rival.summaries) for rival in rivals}
    _check_numbers(len(wanted), {**columns, **others})
    if len({name, *others}) <= len(rivals):
        raise ValueError(f"systems need different names, got {[name, *(r.name for r in rivals)]}.")
    if not wanted:
        raise ValueError("there is nothing to evaluate: no references came.")
    if unknown := set(rankings) - set(RANKINGS):
        raise ValueError(f"rankings are of {RANKINGS}, got {sorted(map(str, unknown))}.")
    packages = versions(unit, rankings=documents is not None and bool(rankings))
    if signature is None:
        digest = content_hash([*(sources or ()), *wanted])
        signature = Signature(
            system=name, data=f"texts@{digest}", items=len(wanted), unit=unit, extras=packages
        )
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
        labels,
        [replace(rival, summaries=list(map(normalize, rival.summaries))) for rival in rivals],
        None if token_scores is None else list(token_scores),
    )
    system = court.judge_system(name, texts.predictions, in_depth=True)
    found = [court.judge_rival(rival, system, in_depth=True) for rival in texts.rivals]
    return Report(
        system=system,
        baselines=_baselines(court, system, found, rankings, progress),
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
    """Of the system that the report is about."""
    judges: tuple[Judge, ...]

    def judge_system(
        self, name: str, summaries: Sequence[str], *, in_depth: bool = False
    ) -> Result:
        """Judge the system that the report is about."""
        return self._judge(name, summaries, None, self.signature, in_depth)

    def judge_rival(self, rival: System, judged: Result, *, in_depth: bool = False) -> Result:
        """Judge another system beside it."""
        signature = replace(
            self.signature, system=rival.revision or rival.name, decoding=rival.decoding
        )
        return self._judge(rival.name, rival.summaries, judged, signature, in_depth)

    def judge_baseline(
        self, name: str, summaries: Sequence[str], judged: Result, *, in_depth: bool = False
    ) -> Result:
        """Judge what costs nothing beside it."""
        signature = replace(self.signature, system=name, decoding="none")
        return self._judge(name, summaries, judged, signature, in_depth)

    def _judge(
        self,
        name: str,
        summaries: Sequence[str],
        judged: Result | None,
        signature: Signature,
        in_depth: bool,
    ) -> Result:
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
            signature=str(signature),
            judged=self.ask(summaries) if in_depth else {},
        )

    def ask(self, summaries: Sequence[str]) -> dict[str, Interval]:
        found = {}
        for judge in self.judges:
            values = np.asarray(judge(summaries, self.references, self.documents), dtype=np.float64)
            if values.shape != (len(summaries),) or not np.isfinite(values).all():
                raise ValueError(
                    f"the judge {judge.name!r} gave {values.size} values, {np.isfinite(values).sum()} "
                    f"of them finite; expected a finite number for each of {len(summaries)} summaries."
                )
            found[judge.name] = interval(values)
        return found

    def take(self, name: str, places: Sequence[int]) -> _Court:
        """The rows at these places, which go by that name."""
        extras = {**self.signature.extras, "rows": name or "(no set)"}
        return replace(
            self,
            signature=replace(self.signature, items=len(places), extras=extras),
            references=[self.references[place] for place in places],
            documents=self.documents and [self.documents[place] for place in places],
        )


def _baselines(
    court: _Court,
    system: Result,
    rivals: Sequence[Result],
    rankings: Sequence[Ranking],
    progress: Progress,
) -> list[Result]:
    if court.documents is None:
        return []
    length = system.statistics.mean_length
    candidates = {LEAD: cut_to_mean(court.documents, length)}
    for rival in rivals:
        # What a longer rival has from its length alone.
        if rival.statistics.mean_length != length:
            candidates[f"lead, as long as {rival.name}"] = cut_to_mean(
                court.documents, rival.statistics.mean_length
            )
    candidates["lead-20"] = lead(court.documents, 20)
    candidates["random span"] = random_span(court.documents, length)
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
        court.judge_baseline(title, texts, system, in_depth=title == LEAD)
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
        chamber = court.take(title, places)
        system = chamber.judge_system(title, [texts.predictions[place] for place in places])
        leads = cut_to_mean(chamber.documents or [], system.statistics.mean_length)
        rivals = [
            chamber.judge_rival(
                replace(rival, summaries=[rival.summaries[place] for place in places]), system
            )
            for rival in texts.rivals
        ]
        parts.append(Part(title, system, chamber.judge_baseline(LEAD, leads, system), rivals))
    return parts
