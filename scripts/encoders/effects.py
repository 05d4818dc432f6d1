"""What each method says of itself on documents that it never learned from, row beside row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from comparison.runs import Run
from encoders.plan import Plan
from repository import read_lines
from summae.evaluation.report import Table

_PREFIX = "validation/"
_EVERYWHERE = ("next_sentence", "uniformity", "alignment", "rank")
"""Measures of all methods."""
_LEFT_OUT = (
    "held_out_loss",
    "held_out_rank",
    "held_out_score",
    "held_out_joint",
    "held_out_product",
)


def last_measures(run: Run) -> dict[str, float]:
    """Of the last validation of a finished run, by name."""
    rows = read_lines(run.folder / "log" / "metrics.jsonl")
    validated = [row for row in rows if any(key.startswith(_PREFIX) for key in row)]
    last = validated[-1] if validated else {}
    return {
        key.removeprefix(_PREFIX): float(value)
        for key, value in last.items()
        if key.startswith(_PREFIX)
    }


def tables(plan: Plan) -> list[Table]:
    """One table for all methods, then one for each with what it alone measures."""
    found = {
        name: [run.outcome["measures"] for run in runs if run.outcome]
        for name, runs in plan.rows.items()
    }
    found = {name: measures for name, measures in found.items() if measures}
    if not found:
        return []
    recipes: dict[str, list[str]] = {}
    for name in found:
        recipes.setdefault(plan.rows[name][0].settings.recipe, []).append(name)
    cost = {
        name: _range([run.outcome["minutes"] for run in plan.rows[name] if run.outcome], digits=0)
        for name in found
    }
    rows = [[name, *(_cell(found[name], key) for key in _EVERYWHERE), cost[name]] for name in found]
    every = Table("All methods", ["row", *_EVERYWHERE, "minutes"], rows)
    return [every, *(_own(recipe, names, found) for recipe, names in recipes.items())]


def _own(recipe: str, names: Sequence[str], found: Mapping[str, list[dict[str, float]]]) -> Table:
    # What an auto-encoder writes is not what skip-thought writes.
    every = dict.fromkeys(key for name in names for key in found[name][0])
    keys = [key for key in every if key not in (*_EVERYWHERE, *_LEFT_OUT)]
    header = ["row", *(key.removeprefix("held_out_") for key in keys)]
    rows = [[name, *(_cell(found[name], key) for key in keys)] for name in names]
    return Table(f"{recipe}, held-out documents", header, rows)


def _cell(measures: Sequence[Mapping[str, float]], key: str) -> str:
    values = [each[key] for each in measures if key in each]
    return _range(values, digits=1 if key == "rank" else 3) if values else ""


def _range(values: Sequence[float], digits: int) -> str:
    mean = f"{sum(values) / len(values):.{digits}f}"
    if len(values) == 1:
        return mean
    return f"{mean} [{min(values):.{digits}f}, {max(values):.{digits}f}]"
