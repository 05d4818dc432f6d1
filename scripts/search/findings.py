"""All rows of a search, measured on the same documents and timed in one go."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from search.kept import Values, Written, search_key
from search.measuring import Bench
from search.plan import Plan, Row, Section
from search.runs import Run
from search.timing import median_seconds
from summae import Summarizer
from summae.evaluation.rows import evenly
from summae.evaluation.significance import SAMPLES, Difference, compare, holm
from summae.inference.options import DecodingOptions
from summae.inference.reranking import OWN_WORDS

TIMED = 40
"""Documents that are timed, evenly spread."""

Key = tuple[str, DecodingOptions]


@dataclass(frozen=True)
class Measured:
    """What is known of a row; lists have an item for each finished seed."""

    runs: Sequence[Run]
    written: Sequence[Written]
    greedy: Sequence[Written]
    """The same models, word by likeliest word."""
    losses: Sequence[Values]
    """Nats of each human headline."""
    revisions: Sequence[str]
    """Hashes of the weights."""
    bytes: int | None
    """Size of the int8 folder."""

    def f1(self, kind: str) -> Values:
        """Of each document, mean over seeds, (documents,)."""
        mean: Values = np.mean([written.f1[kind] for written in self.written], axis=0)
        return mean

    def loss(self) -> Values:
        """Nats of each headline, mean over seeds, (documents,)."""
        mean: Values = np.mean(self.losses, axis=0)
        return mean


@dataclass(frozen=True)
class Findings:
    """What came out."""

    rows: Mapping[Key, Measured]
    """Those of which a run is finished."""
    paces: Mapping[Key, float]
    """Time of a document in the int8 runtime, in one thread, beside that of the model in the package."""
    differences: Mapping[tuple[str, Key], Difference]
    """R-1 of a row minus that of its factor's reference, by factor and row; the p-value by Holm's
    method over all of them."""
    characters: Values
    """Of the human headlines, (documents,)."""

    @property
    def samples(self) -> int:
        """Test sets drawn for each difference: so many that a p-value can stay below 0.05 when Holm's
        method is through with it.
        """
        return _samples(len(self.differences))

    def of(self, row: Row) -> Measured | None:
        """What is known of a row; None if no run of it is finished."""
        return self.rows.get(key_of(row))

    def difference(self, section: Section, row: Row) -> Difference | None:
        """To the section's reference; None for that itself, or if one of them is not finished."""
        return self.differences.get((section.factor.name, key_of(row)))


def key_of(row: Row) -> Key:
    """What tells rows apart that are measured once, wherever they are shown."""
    return row.draft, row.decoding


def measure_run(plan: Plan, bench: Bench, run: Run) -> None:
    """Summaries, scores and losses of one run in all its rows, kept at once; times need all side by side."""
    rows = [row for row in _rows(plan).values() if row.draft == run.name]
    decodings = dict.fromkeys(d for row in rows for d in (row.decoding, _greedy(row.decoding)))
    bench.record(run, list(decodings))
    bench.forget(run)


def measure_all(plan: Plan, bench: Bench) -> Findings:
    """Summaries, scores, losses and times of all rows that have a finished run."""
    found = {}
    for key, row in _rows(plan).items():
        measured = _measured(bench, [run for run in plan.of(row) if run.outcome], row.decoding)
        if measured is not None:
            found[key] = measured
    return Findings(found, _paces(plan, bench, found), _compared(plan, found), bench.characters)


def _rows(plan: Plan) -> dict[Key, Row]:
    rows = {key_of(row): row for section in plan.sections for row in section.rows}
    return rows | {key_of(plan.default()): plan.default()}


def _measured(bench: Bench, runs: Sequence[Run], decoding: DecodingOptions) -> Measured | None:
    plain = _greedy(decoding)
    known = [(run, bench.record(run, [decoding, plain])) for run in runs]
    here = [(run, record) for run, record in known if record is not None]
    if not here:
        return None
    records = [record for _, record in here]
    return Measured(
        runs=[run for run, _ in here],
        written=[record.written[search_key(decoding)] for record in records],
        greedy=[record.written[search_key(plain)] for record in records],
        losses=[record.losses for record in records],
        revisions=[record.revision for record in records],
        bytes=records[0].bytes,
    )


def _greedy(decoding: DecodingOptions) -> DecodingOptions:
    return replace(decoding, beam_size=1)


def _paces(plan: Plan, bench: Bench, found: Mapping[Key, Measured]) -> dict[Key, float]:
    """Those that are kept, and the new ones, which are timed in turn with the model in the package."""
    documents = bench.rows.documents
    texts = [documents[place] for place in evenly(len(documents), TIMED)]

    def summarising(run: Run, decoding: DecodingOptions) -> Callable[[], object]:
        return lambda: bench.searching(run, decoding).summarize(texts)

    paces: dict[Key, float] = {}
    contestants: dict[Key | None, Callable[[], object]] = {}
    for key, measured in found.items():
        kept = [bench.record(run, []) for run in measured.runs]
        known = [r.pace[search_key(key[1])] for r in kept if r and search_key(key[1]) in r.pace]
        here = [run for run in measured.runs if bench.is_here(run)]
        if known:
            paces[key] = known[0]
        elif measured.bytes is not None and here:
            contestants[key] = summarising(here[0], key[1])
    if not contestants:
        return paces
    usual = Summarizer.from_pretrained(threads=1)
    usual.folder = replace(usual.folder, decoding=plan.default().decoding, scorer=OWN_WORDS)
    contestants[None] = lambda: usual.summarize(texts)
    seconds = median_seconds(contestants)
    for key, measured in found.items():
        if key in contestants:
            run = next(run for run in measured.runs if bench.is_here(run))
            paces[key] = seconds[key] / seconds[None]
            bench.keep_pace(run, key[1], paces[key])
    return paces


def _compared(plan: Plan, found: Mapping[Key, Measured]) -> dict[tuple[str, Key], Difference]:
    pairs: dict[tuple[str, Key], tuple[Values, Values]] = {}
    for section in plan.sections:
        reference = found.get(key_of(section.reference))
        for row in section.rows:
            measured = found.get(key_of(row))
            if measured is None or reference is None or measured is reference:
                continue
            f1 = measured.f1("rouge_1"), reference.f1("rouge_1")
            pairs[section.factor.name, key_of(row)] = f1
    samples = _samples(len(pairs))
    differences = {key: compare(*f1, samples=samples) for key, f1 in pairs.items()}
    raised = holm([difference.p_value for difference in differences.values()])
    return {
        key: replace(difference, p_value=p_value)
        for (key, difference), p_value in zip(differences.items(), raised, strict=True)
    }


def _samples(comparisons: int) -> int:
    # The smallest p-value is 2 / (samples + 1), and it is multiplied by the number of comparisons.
    return max(SAMPLES, 80 * comparisons)
