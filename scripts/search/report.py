"""What a search found, for people: a table for each factor."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import yaml

from figures import ranged, signed
from search.findings import Findings, Measured, key_of
from search.plan import DEFAULT, Plan, Row, Section
from search.runs import portable
from summae.evaluation.report import Table
from summae.evaluation.results import KINDS
from summae.evaluation.significance import Difference, p_value_text

Cell = Callable[[Row, Measured], str]


def markdown(
    plan: Plan, found: Findings, command: str, missing: Sequence[str], blocks: Iterable[str] = ()
) -> str:
    """The tables.

    Args:
        plan: What was searched.
        found: What came out.
        command: To type for the same.
        missing: Runs that are not there, with why.
        blocks: What comes last.
    """
    experiment = plan.experiment
    first = next(run for run in plan.runs if run.name == DEFAULT)
    texts = [
        f"# {experiment.title}",
        f"`{command}`. {_budget(plan)} The {experiment.checkpoint} model of each run is measured, "
        f"on {len(found.characters):,} documents.",
        *([experiment.note] if experiment.note else []),
        *([f"**Missing**: {'; '.join(missing)}."] if missing else []),
        *(_table(plan, section, found) for section in plan.sections),
        _explained(plan, found),
        *blocks,
        *_notes(plan),
        f"The default is {experiment.config or 'that of the code'} with",
        f"```yaml\n{yaml.safe_dump(portable(first.settings), sort_keys=True)}```",
    ]
    return "\n\n".join(texts) + "\n"


def cost_cells(row: Row, measured: Measured) -> list[str]:
    """Parameters, operations and documents of a row's training."""
    run = measured.runs[0]
    return [
        f"{run.cost.parameters / 1e6:.1f}",
        f"{run.cost.flops_per_document / 1e9:.2f}",
        f"{run.documents / 1e3:.0f}",
        f"{run.flops / 1e15:.3f}",
    ]


def _budget(plan: Plan) -> str:
    experiment = plan.experiment
    if experiment.training_flops:
        return (
            f"Each run was trained for {experiment.times * experiment.training_flops:.2e} "
            "floating-point operations, "
            "by formula, but where its row says more: who costs more for a document read fewer."
        )
    return (
        f"Each run read {experiment.times * experiment.training_documents:,.0f} documents, those "
        "that came again included, but where its row says otherwise."
    )


def _table(plan: Plan, section: Section, found: Findings) -> str:
    is_search_only = all(row.draft == DEFAULT for row in section.rows)
    cells: dict[str, Cell] = {
        **{
            title: lambda row, m, kind=kind: ranged([100 * w.f1[kind].mean() for w in m.written])  # type: ignore[misc]
            for title, kind in zip(("R-1", "R-2", "R-L"), KINDS, strict=True)
        },
        "R-1 minus": lambda row, m: _minus(found.difference(section, row)),
        "p": lambda row, m: _p_value(found.difference(section, row)),
        "length": lambda row, m: f"{_mean(w.mean_length for w in m.written):.1f}",
    }
    if not is_search_only:
        cells |= {
            "greedy R-1/2/L": lambda row, m: _greedy(m),
            "nats/character": lambda row, m: f"{m.loss().sum() / found.characters.sum():.3f}",
        }
    cells["time"] = lambda row, m: _time(plan, row, found)
    if not is_search_only:
        cells |= {
            "int8 MB": lambda row, m: "–" if m.bytes is None else f"{m.bytes / 1e6:.1f}",
            "M parameters": lambda row, m: cost_cells(row, m)[0],
            "GFLOP/document": lambda row, m: cost_cells(row, m)[1],
            "K documents": lambda row, m: cost_cells(row, m)[2],
            "PFLOP": lambda row, m: cost_cells(row, m)[3],
            "documents/s": lambda row, m: f"{_outcome(m, 'documents_per_second'):.0f}",
            "minutes": lambda row, m: f"{_outcome(m, 'minutes'):.0f}",
        }
    lines = []
    for row in section.rows:
        measured = found.of(row)
        label = f"**{row.label}** (default)" if key_of(row) == key_of(plan.default()) else row.label
        if row is section.reference and section.factor.reference:
            label = f"**{row.label}**"
        if measured is None:
            lines.append([label, *["–"] * len(cells)])
        else:
            lines.append([label, *(cell(row, measured) for cell in cells.values())])
    return Table(section.factor.name, [section.factor.name, *cells], lines).markdown()


def _minus(difference: Difference | None) -> str:
    return "" if difference is None else signed(difference)


def _p_value(difference: Difference | None) -> str:
    return "" if difference is None else p_value_text(difference.p_value)


def _greedy(measured: Measured) -> str:
    means = [_mean(w.f1[kind].mean() for w in measured.greedy) for kind in KINDS]
    return " / ".join(f"{100 * mean:.1f}" for mean in means)


def _time(plan: Plan, row: Row, found: Findings) -> str:
    ours, usual = found.paces.get(key_of(row)), found.paces.get(key_of(plan.default()))
    return "–" if ours is None or usual is None else f"{ours / usual:.2f}"


def _explained(plan: Plan, found: Findings) -> str:
    usual = found.paces.get(key_of(plan.default()))
    beside = "" if usual is None else f" ({usual:.2f} times that of the model in the package)"
    decoding = plan.default().decoding
    return (
        f"ROUGE F1 × 100 on characters, {_searched(decoding)}; with several seeds their mean, range "
        "in brackets. Minus: R-1 less that of the row in bold, on the same documents and means over "
        f"seeds, with its 95 % interval by paired bootstrap over documents ({found.samples:,} draws); p by "
        "Holm's method over all rows. The interval says how sure it is on other documents, the range of the default how "
        "much another seed may change: less than that is nothing. Nats/character: loss of the human "
        "headline, which compares between vocabularies. Time: of a document in the int8 runtime, one "
        f"thread, in turn with the model in the package, median, the default's being 1{beside}; on a busy machine the same "
        "shape has differed by half, and differences below that say nothing. Operations: "
        "products of matrices over real tokens, forward and backward, and those of what a row starts "
        "from; documents/s: of training, on the machine at hand."
    )


def _searched(decoding: Any) -> str:
    return (
        f"beams {decoding.beam_size}, length penalty "
        f"{decoding.length_penalty:g}, repetition penalty {decoding.repetition_penalty:g}"
    )


def _notes(plan: Plan) -> list[str]:
    notes = [
        f"- {section.factor.name}, {row.label}: {row.note}"
        for section in plan.sections
        for row in section.rows
        if row.note
    ]
    return ["\n".join(notes)] if notes else []


def _outcome(measured: Measured, name: str) -> float:
    return _mean(run.outcome[name] for run in measured.runs)


def _mean(values: Iterable[Any]) -> float:
    return statistics.fmean(map(float, values))
