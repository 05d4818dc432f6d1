"""A report for machines (JSON) and for people (tables, in the terminal or as Markdown)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from summae.evaluation.runner import KINDS, Report, Result
from summae.evaluation.significance import Interval
from summae.evaluation.statistics import Statistics


@dataclass(frozen=True)
class Table:
    """Cells as text; the first column is flush left, the others are figures."""

    title: str
    header: list[str]
    rows: list[list[str]]

    def markdown(self) -> str:
        """The table in GitHub's Markdown, its title as a line above it."""
        rule = ["---", *["---:"] * (len(self.header) - 1)]
        lines = [" | ".join(cells) for cells in [self.header, rule, *self.rows]]
        return "\n".join([f"**{self.title}**", "", *(f"| {line} |" for line in lines)])


def tables(report: Report) -> list[Table]:
    """Main scores, scores by part of the test set if it has parts, and what ROUGE does not see."""
    return [_main(report), *([_by_part(report)] if report.parts else []), _statistics(report)]


def markdown(report: Report) -> str:
    """All tables and the signature, for `evaluation/`."""
    blocks = [table.markdown() for table in tables(report)]
    return "\n\n".join([*blocks, f"`{report.signature}`"]) + "\n"


def as_dict(report: Report) -> dict[str, Any]:
    """The report as JSON types; scores and shares in [0, 1], lengths in characters."""
    return {
        "signature": report.signature,
        "system": _result_dict(report.system),
        "baselines": [_result_dict(result) for result in report.baselines],
        "human": asdict(report.human),
        "parts": [
            {
                "name": part.name,
                "system": _result_dict(part.system),
                "lead": _result_dict(part.lead),
            }
            for part in report.parts
        ],
    }


def _result_dict(result: Result) -> dict[str, Any]:
    return {
        "name": result.name,
        **{
            kind: {
                **asdict(getattr(result.scores, kind).mean),
                "f1_interval": [result.intervals[kind].low, result.intervals[kind].high],
            }
            for kind in KINDS
        },
        "statistics": asdict(result.statistics),
        "behind": result.behind and {kind: asdict(d) for kind, d in result.behind.items()},
    }


_HEADER = ["system", "R-1", "R-2", "R-L", "length", "R-1, 95 %", "R-1, ours minus it", "p"]


def _main(report: Report) -> Table:
    rows = [_row(result.name, result) for result in [report.system, *report.baselines]]
    return Table("ROUGE F1 × 100", _HEADER, rows)


def _by_part(report: Report) -> Table:
    rows = []
    for part in report.parts:
        rows.append(_row(f"{part.name or '(no set)'}, {len(part.system.scores)} rows", part.system))
        rows.append(_row(part.lead.name, part.lead))
    return Table("By set", _HEADER, rows)


def _statistics(report: Report) -> Table:
    columns: Sequence[Statistics] = [
        report.system.statistics,
        report.baselines[0].statistics,
        report.human,
    ]
    rows = [
        ["summaries", *(str(one.summaries) for one in columns)],
        ["empty", *(str(one.empty) for one in columns)],
        ["mean length, characters", *(f"{one.mean_length:.1f}" for one in columns)],
        ["length / document", *(_percent(one.compression) for one in columns)],
        ["lead copied", *(_percent(one.lead_copy_rate) for one in columns)],
        ["novel bigrams", *(_percent(one.novel_bigrams) for one in columns)],
        ["repeated bigrams", *(_percent(one.repetition) for one in columns)],
        ["numbers in document", *(_percent(one.supported_numbers) for one in columns)],
        ["Latin words in document", *(_percent(one.supported_names) for one in columns)],
    ]
    header = ["", report.system.name, report.baselines[0].name, "human"]
    return Table("Beyond ROUGE", header, rows)


def _row(name: str, result: Result) -> list[str]:
    means = [f"{100 * getattr(result.scores, kind).mean.f1:.2f}" for kind in KINDS]
    cells = [name, *means, f"{result.statistics.mean_length:.1f}"]
    cells.append(_range(result.intervals["rouge_1"]))
    if result.behind is None:
        return [*cells, "", ""]
    behind = result.behind["rouge_1"]
    return [*cells, f"{100 * behind.mean:+.2f} {_range(behind)}", f"{behind.p_value:.3f}"]


def _range(interval: Interval) -> str:
    return f"[{100 * interval.low:.2f}, {100 * interval.high:.2f}]"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"
