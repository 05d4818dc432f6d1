"""The figures of a comparison as tables: a row for each way to train, means over its seeds."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence

from comparison.measuring import Found
from comparison.plan import Plan
from figures import ranged, signed
from repository import read_lines
from summae.evaluation.report import Table
from summae.evaluation.results import KINDS
from summae.evaluation.significance import holm, p_value_text
from summae.evaluation.statistics import Statistics

_STATISTICS: tuple[tuple[str, str], ...] = (
    ("lead copied", "lead_copy_rate"),
    ("repeated bigrams", "repetition"),
    ("novel bigrams", "novel_bigrams"),
    ("numbers in document", "supported_numbers"),
    ("Latin words in document", "supported_names"),
    ("people and places in document", "supported_proper_names"),
)

Opinions = Mapping[str, float]
"""Means by judge."""


def scores(found: Found, first: str) -> Table:
    """ROUGE, beside a lead as long and the row called `first`."""
    header = ["row", "seeds", "R-1", "R-2", "R-L", "length", "lead R-1", "lead R-L"]
    header += ["R-1 minus the first row's", "p"]
    differences = found.differences(first)
    p_values = dict(zip(differences, holm([d.p_value for d in differences.values()]), strict=True))
    rows = []
    for name, measured in found.rows.items():
        ours = [ranged([100 * m.f1[kind].mean() for m in measured]) for kind in KINDS]
        leads = [_mean(100 * m.lead[kind] for m in measured) for kind in ("rouge_1", "rouge_l")]
        length = _mean(m.statistics.mean_length for m in measured)
        cells = [name, str(len(measured)), *ours, f"{length:.1f}", *(f"{x:.2f}" for x in leads)]
        against = ["", ""]
        if name in differences:
            d = differences[name]
            against = [
                signed(d),
                p_value_text(p_values[name]),
            ]
        rows.append([*cells, *against])
    short = [f"{100 * found.short_lead[kind]:.2f}" for kind in KINDS]
    rows.append(["lead-20", "", *short, "20.0", *[""] * 4])
    return Table("ROUGE F1 × 100", header, rows)


def beyond_rouge(found: Found) -> Table:
    """Length, faithfulness and what judges say, of people as well."""
    rows = {
        name: ([m.statistics for m in measured], [m.judged for m in measured])
        for name, measured in found.rows.items()
    }
    rows["human"] = [found.human], [found.human_judged]
    return _facts_and_opinions("Beyond ROUGE", rows)


def written_plainly(found: Found, names: Sequence[str]) -> Table:
    """The same of what these rows write word by likeliest word."""
    rows = {
        name: ([m.plain for m in found.rows[name]], [m.plain_judged for m in found.rows[name]])
        for name in names
    }
    return _facts_and_opinions("All documents measured", rows)


def cost(plan: Plan, found: Found) -> Table:
    """What training took."""
    rows = []
    for name, runs in plan.rows.items():
        outcomes = [m.outcome for m in found.rows.get(name, ())]
        if not outcomes:
            continue
        settings, pairs = runs[0].settings, runs[0].row.pairs
        rows.append(
            [
                name,
                settings.recipe,
                f"{_mean(o['steps'] for o in outcomes):,.0f}",
                f"{_mean(o['documents'] for o in outcomes):,.0f}",
                f"{pairs:,}" if pairs else ("all" if "supervised" in settings.recipe else "0"),
                f"{_mean(o['minutes'] for o in outcomes):.0f}",
                ", ".join(sorted({outcome["ended"] for outcome in outcomes})),
            ]
        )
    header = ["row", "recipe", "steps", "documents read", "true pairs", "minutes", "ended by"]
    return Table("What each run took, mean over seeds; every turn of a player reads", header, rows)


_COURSE: tuple[tuple[str, str, str], ...] = (
    ("discriminator right", "discriminator/accuracy", ".1%"),
    ("recovered", "generator/recovered", ".2f"),
    ("characters", "validation/characters", ".1f"),
    ("repeated bigrams", "validation/repetition", ".1%"),
    ("lead copied", "validation/lead_copy_rate", ".1%"),
    ("R-1", "validation/rouge_1", ".3f"),
)
"""Of the log: how a column is called, its measure, and how it is written."""


def course(plan: Plan, names: Sequence[str]) -> Table:
    """How the first finished run of each row went, by third."""
    rows = []
    for name in names:
        run = next(run for run in plan.rows[name] if run.outcome)
        log = read_lines(run.folder / "log" / "metrics.jsonl")
        steps = run.settings.training.steps
        for third in range(3):
            first, last = third * steps // 3, (third + 1) * steps // 3
            within = [line for line in log if first < line["step"] <= last]
            cells = []
            for _, key, form in _COURSE:
                values = [line[key] for line in within if key in line]
                cells.append(format(_mean(values), form).replace("%", " %") if values else "–")
            rows.append([name, f"{first + 1} to {last}", *cells])
    header = ["row", "steps", *(title for title, _, _ in _COURSE)]
    return Table("On the way, means of each third", header, rows)


def _facts_and_opinions(
    title: str, rows: Mapping[str, tuple[Sequence[Statistics], Sequence[Opinions]]]
) -> Table:
    judges = next(iter(rows.values()))[1][0]
    return Table(
        title,
        ["row", "length", *(title for title, _ in _STATISTICS), *judges],
        [
            [
                name,
                *_facts(facts),
                *(f"{_mean(o[judge] for o in opinions):.3f}" for judge in judges),
            ]
            for name, (facts, opinions) in rows.items()
        ],
    )


def _facts(each: Sequence[Statistics]) -> Iterator[str]:
    yield f"{_mean(s.mean_length for s in each):.1f}"
    for _, name in _STATISTICS:
        values = [v for s in each if (v := getattr(s, name)) is not None]
        yield f"{100 * _mean(values):.1f} %" if values else "–"


def _mean(values: Iterable[float]) -> float:
    return statistics.fmean(values)
