"""A report for machines (JSON) and for people (tables, in the terminal or as Markdown)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from summae.evaluation.results import KINDS, Comparison, Part, Report, Result
from summae.evaluation.significance import Interval, holm, p_value_text
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
    """Main scores, systems against each other, scores by class of rows, and what ROUGE does not see."""
    found = [_main(report), _precision_and_recall(report)]
    found += _shares(report)
    if report.comparisons:
        found.append(_comparisons(report))
    if report.parts:
        found.append(_by_part("By set", report.parts))
    if report.brackets:
        found.append(_by_part("By characters of the summary", report.brackets))
    return [*found, _statistics(report)]


def markdown(report: Report) -> str:
    """All tables and the signatures, for `evaluation/`."""
    blocks = [table.markdown() for table in tables(report)]
    signatures = [f"`{rival.signature}`" for rival in report.rivals]
    return "\n\n".join([*blocks, *signatures, f"`{report.signature}`"]) + "\n"


def as_dict(report: Report) -> dict[str, Any]:
    """The report as JSON types; scores and shares in [0, 1], lengths in characters."""
    return {
        "signature": report.signature,
        "system": _result_dict(report.system),
        "rivals": [_result_dict(result) for result in report.rivals],
        "baselines": [_result_dict(result) for result in report.baselines],
        "human": asdict(report.human),
        "human_judged": _judged_dict(report.human_judged),
        "comparisons": _comparisons_dict(report.comparisons),
        "parts": _parts_dict(report.parts),
        "brackets": _parts_dict(report.brackets),
        "document_lengths": _parts_dict(report.document_lengths),
    }


def _comparisons_dict(comparisons: Sequence[Comparison]) -> list[dict[str, Any]]:
    found = [asdict(comparison) for comparison in comparisons]
    for kind in KINDS:
        differences = [comparison["differences"][kind] for comparison in found]
        raised = holm([difference["p_value"] for difference in differences])
        for difference, p_value in zip(differences, raised, strict=True):
            difference["p_holm"] = p_value
    return found


def _parts_dict(parts: Sequence[Part]) -> list[dict[str, Any]]:
    return [
        {
            "name": part.name,
            "system": _result_dict(part.system),
            "lead": _result_dict(part.lead),
            "rivals": [_result_dict(rival) for rival in part.rivals],
        }
        for part in parts
    ]


def _judged_dict(judged: Mapping[str, Interval]) -> dict[str, Any]:
    return {name: asdict(value) for name, value in judged.items()}


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
        "judged": _judged_dict(result.judged),
        "signature": result.signature,
    }


UPPER_BOUND = " (upper bound)"
"""Behind the name of a system that has learnt from true pairs."""
VERSUS = "Systems against each other, paired"
BEYOND = "Beyond ROUGE"

FEWEST = 10
"""Rows that an interval needs: of one row alone, the bootstrap would be quite sure."""

_HEADER = ["system", "R-1", "R-2", "R-L", "length", "R-1, 95 %", "R-1, ours minus it", "p"]


_KIND_NAMES = dict(zip(KINDS, ("R-1", "R-2", "R-L"), strict=True))


def _results(report: Report) -> list[Result]:
    return [report.system, *report.rivals, *report.baselines]


def _main(report: Report) -> Table:
    rows = [_row(result.name, result) for result in _results(report)]
    return Table("ROUGE F1 × 100", _HEADER, rows)


def _precision_and_recall(report: Report) -> Table:
    header = ["system", *(f"{kind} {side}" for kind in _KIND_NAMES.values() for side in "PR")]
    rows = []
    for result in _results(report):
        means = [getattr(result.scores, kind).mean for kind in KINDS]
        figures = [value for mean in means for value in (mean.precision, mean.recall)]
        rows.append([result.name, *(f"{100 * figure:.2f}" for figure in figures)])
    return Table("Precision and recall × 100", header, rows)


def _shares(report: Report) -> list[Table]:
    """What share of the upper bound's scores is reached, if there is one, in all and by set."""
    parts = [("all", report.system, report.rivals)]
    parts += [(part.name, part.system, part.rivals) for part in report.parts]
    rows = []
    for name, ours, rivals in parts:
        bounds = [rival for rival in rivals if rival.name.endswith(UPPER_BOUND)]
        if bounds:
            pairs = [
                (getattr(ours.scores, kind).mean.f1, getattr(bounds[0].scores, kind).mean.f1)
                for kind in KINDS
            ]
            rows.append([name, *(f"{a / b:.1%}" if b else "–" for a, b in pairs)])
    return [Table("Share of the upper bound", ["", *_KIND_NAMES.values()], rows)] if rows else []


def _comparisons(report: Report) -> Table:
    rows = []
    for kind, title in _KIND_NAMES.items():
        differences = [comparison.differences[kind] for comparison in report.comparisons]
        adjusted = holm([difference.p_value for difference in differences])
        for comparison, difference, p_value in zip(
            report.comparisons, differences, adjusted, strict=True
        ):
            rows.append(
                [
                    f"{comparison.first} minus {comparison.second}",
                    title,
                    f"{100 * difference.mean:+.2f}",
                    _range(difference),
                    p_value_text(difference.p_value),
                    p_value_text(p_value),
                ]
            )
    header = ["systems", "ROUGE", "difference", "95 %", "p", "p, Holm"]
    return Table(VERSUS, header, rows)


def _by_part(title: str, parts: Sequence[Part]) -> Table:
    rows = []
    for part in parts:
        count = len(part.system.scores)
        rows.append(_row(f"{part.name or '(no set)'}, {count} row{'s' * (count > 1)}", part.system))
        rows += [_row(result.name, result) for result in (*part.rivals, part.lead)]
    return Table(title, _HEADER, rows)


def _statistics(report: Report) -> Table:
    results = [report.system, *report.rivals, *report.baselines[:1]]
    columns: Sequence[Statistics] = [*(result.statistics for result in results), report.human]
    rows = [
        ["summaries", *(str(one.summaries) for one in columns)],
        ["empty", *(str(one.empty) for one in columns)],
        ["mean length, characters", *(f"{one.mean_length:.1f}" for one in columns)],
        ["length / document", *(_percent(one.compression) for one in columns)],
        ["lead copied", *(_percent(one.lead_copy_rate) for one in columns)],
        ["copied prefix, tokens", *(_number(one.copied_prefix) for one in columns)],
        ["longest copy / summary", *(_percent(one.longest_copy) for one in columns)],
        ["novel unigrams", *(_percent(one.novel_unigrams) for one in columns)],
        ["novel bigrams", *(_percent(one.novel_bigrams) for one in columns)],
        ["novel trigrams", *(_percent(one.novel_trigrams) for one in columns)],
        ["repeated bigrams", *(_percent(one.repetition) for one in columns)],
        ["with a repeated bigram", *(_percent(one.repeating) for one in columns)],
        ["numbers in document", *(_percent(one.supported_numbers) for one in columns)],
        ["Latin words in document", *(_percent(one.supported_names) for one in columns)],
        ["names in document", *(_percent(one.supported_proper_names) for one in columns)],
        ["with characters it lacks", *(_percent(one.foreign) for one in columns)],
        ["stops inside a clause", *(_percent(one.stumps) for one in columns)],
    ]
    if report.human.exact_length is not None:
        rows.append(["exactly as long as asked", *(_percent(one.exact_length) for one in columns)])
        rows.append(["within two characters", *(_percent(one.near_length) for one in columns)])
    judged = [*(result.judged for result in results), report.human_judged]
    for judge in report.human_judged:
        rows.append([judge, *(f"{one[judge].mean:.3f}" for one in judged)])
    header = ["", *(result.name for result in results), "human"]
    return Table(BEYOND, header, rows)


def _row(name: str, result: Result) -> list[str]:
    means = [f"{100 * getattr(result.scores, kind).mean.f1:.2f}" for kind in KINDS]
    cells = [name, *means, f"{result.statistics.mean_length:.1f}"]
    is_certain = len(result.scores) >= FEWEST
    cells.append(_range(result.intervals["rouge_1"]) if is_certain else "–")
    if result.behind is None:
        return [*cells, "", ""]
    behind = result.behind["rouge_1"]
    if not is_certain:
        return [*cells, f"{100 * behind.mean:+.2f}", "–"]
    return [*cells, f"{100 * behind.mean:+.2f} {_range(behind)}", p_value_text(behind.p_value)]


def _range(interval: Interval) -> str:
    return f"[{100 * interval.low:.2f}, {100 * interval.high:.2f}]"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"
