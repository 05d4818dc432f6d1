"""Add to evaluation/results.md and results.json what other tables found: shares of the upper bound, the ablation.

    python scripts/complete_results.py

Each system is set beside the same generator with true pairs, since scores on other data say nothing: those
of the paper that this package follows, the first version of the model (supervised.json), recipes in one comparison
(recipes.json) and, where it was run, each part of unpaired training (ablation.json).
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from figures import ranged, signed
from repository import TABLES, read_json, write_json
from summae.evaluation.report import Table
from summae.evaluation.results import KINDS
from summae.evaluation.significance import Difference

TITLES = ("R-1", "R-2", "R-L")
PAPER = {
    "Chinese Gigaword": {
        "supervised": (49.62, 34.10, 46.42),
        "lead-15": (30.08, 18.24, 27.74),
        "pretrained generator": (28.36, 16.73, 26.48),
        "WGAN": (38.15, 24.60, 35.27),
        "adversarial REINFORCE": (41.25, 26.54, 37.76),
    },
    "English Gigaword": {
        "supervised": (33.19, 14.21, 30.50),
        "lead-8": (21.86, 7.66, 20.45),
        "pretrained generator": (21.26, 5.60, 18.89),
        "WGAN": (28.09, 9.88, 25.06),
        "adversarial REINFORCE": (28.11, 9.97, 25.41),
    },
}
"""ROUGE-1/2/L F1 × 100 as Wang and Lee print them (2018, arXiv 1810.02851); Chinese ones on characters."""
BOUND = "supervised"
"""The row that learned from true pairs, here and in recipes.json."""
ALL_PAIRS = "true pairs: all"
"""The same in ablation.json, its factor before it."""

_MARKS = "<!-- more: written by scripts/complete_results.py -->", "<!-- /more -->"
_BLOCK = re.compile(rf"\n*{_MARKS[0]}.*{_MARKS[1]}\n*", re.DOTALL)


@dataclass(frozen=True)
class Share:
    """What share of its upper bound's ROUGE-1/2/L a system reaches."""

    data: str
    system: str
    shares: tuple[float, ...]


def main() -> None:
    """Rewrite what stands between the marks, and two keys."""
    complete(TABLES)


def complete(tables: Path) -> None:
    """Add what there is to the results in this folder; a second time changes nothing."""
    markdown, values = tables / "results.md", tables / "results.json"
    shares, factors = shares_of(tables), ablation_of(tables)
    blocks = [share_table(shares).markdown(), short_bounds(tables), *ablation_blocks(factors)]
    text = _BLOCK.sub("", markdown.read_text(encoding="utf-8")).rstrip("\n")
    block = "\n\n".join([_MARKS[0], *blocks, _MARKS[1]])
    markdown.write_text(f"{text}\n\n{block}\n", encoding="utf-8")
    more = {"shares": [asdict(share) for share in shares], "ablation": factors}
    write_json(values, read_json(values) | more)


def shares_of(tables: Path) -> list[Share]:
    """The paper's, the first version's beside its bound, and those of recipes compared."""
    found = []
    for data, systems in PAPER.items():
        found += shares_within(f"Wang and Lee, {data}", systems)
    found += _shipped(read_json(tables / "supervised.json"))
    recipes = read_json(tables / "recipes.json")
    scores = {row["name"]: _means(run["f1"] for run in row["measured"]) for row in recipes["rows"]}
    found += shares_within("recipes compared (recipes.md)", scores)
    parts = {
        BOUND if name == ALL_PAIRS else name: _means(row["f1"])
        for name, row in _ablation_rows(ablation_of(tables))
    }
    return [*found, *shares_within("parts of training (ablation.md)", parts)]


def shares_within(data: str, scores: Mapping[str, Sequence[float]]) -> list[Share]:
    """Shares of the row named `supervised`; none without it.

    >>> shares_within("a corpus", {"lead": (20.0,), "supervised": (40.0,)})
    [Share(data='a corpus', system='lead', shares=(0.5,))]
    """
    if BOUND not in scores:
        return []
    return [
        Share(data, name, tuple(a / b for a, b in zip(values, scores[BOUND], strict=True)))
        for name, values in scores.items()
        if name != BOUND
    ]


def share_table(shares: Sequence[Share]) -> Table:
    """For people."""
    rows = [
        [f"{share.data}: {share.system}", *(f"{value:.1%}" for value in share.shares)]
        for share in shares
    ]
    title = "Share of what the same generator scores with true pairs"
    return Table(title, ["system", *TITLES], rows)


def short_bounds(tables: Path) -> str:
    """What to think of shares of a bound that saw few true pairs."""
    recipes = {row["name"]: row for row in read_json(tables / "recipes.json")["rows"]}
    read = {}
    if BOUND in recipes:
        outcomes = (run["outcome"] for run in recipes[BOUND]["measured"])
        read["recipes.md's, on from where all rows began"] = _documents(outcomes)
    for name, row in _ablation_rows(ablation_of(tables)):
        if name == ALL_PAIRS:
            read["ablation.md's, from fresh weights"] = row["documents"]
    bounds = "; ".join(f"{name}, {documents:,} documents" for name, documents in read.items())
    return (
        "A share tells as much as its bound. That of the first version learned until it got no better "
        f"(configs/supervised.yaml). Others read true pairs for a short time, and so their shares are higher: {bounds}."
    )


def ablation_of(tables: Path) -> list[dict[str, Any]]:
    """Each factor with its rows; none before `configs/ablation.yaml` was run."""
    file = tables / "ablation.json"
    if not file.is_file():
        return []
    return [
        {
            "factor": factor["name"],
            "reference": factor["reference"],
            "rows": [_ablated(row) for row in factor["rows"] if not row.get("missing")],
        }
        for factor in read_json(file)["factors"]
    ]


def ablation_blocks(factors: Sequence[Mapping[str, Any]]) -> list[str]:
    """A table and what it means; nothing without rows."""
    rows = [[name, *_ablation_cells(row)] for name, row in _ablation_rows(factors)]
    if not rows:
        return []
    header = ["part of training", "seeds", *TITLES, "length", "R-1 minus"]
    told = (
        "Parts changed one at a time, everything at the same small cost from fresh weights, 500 rows of the "
        "validation set; several seeds as their mean with the range. Minus: what the part is worth beside the "
        "first row, with its 95 % interval over documents ([ablation.md](ablation.md))."
    )
    return [Table("Ablation", header, rows).markdown(), told]


def _ablation_rows(
    factors: Sequence[Mapping[str, Any]],
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every row once: what all are compared with, then what is otherwise in each."""
    is_first = True
    for factor in factors:
        for row in factor["rows"]:
            if row["name"] != factor["reference"]:
                yield f"{factor['factor']}: {row['name']}", row
            elif is_first:
                yield "nothing changed", row
                is_first = False


def _shipped(report: Mapping[str, Any]) -> list[Share]:
    systems = [report["system"], *report["baselines"]]
    shown = {report["system"]["name"], "lead, equal length", "lead-20"}
    scores = {
        BOUND: _f1(report["rivals"][0]),
        **{system["name"]: _f1(system) for system in systems if system["name"] in shown},
    }
    return shares_within("the first version of the model (supervised.md)", scores)


def _f1(system: Mapping[str, Any]) -> tuple[float, ...]:
    return tuple(system[kind]["f1"] for kind in KINDS)


def _documents(outcomes: Iterable[Mapping[str, Any]]) -> int:
    return round(statistics.fmean(outcome["documents"] for outcome in outcomes))


def _means(scores: Iterable[Mapping[str, float]]) -> tuple[float, ...]:
    seeds = list(scores)
    return tuple(statistics.fmean(seed[kind] for seed in seeds) for kind in KINDS)


def _ablated(row: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("name", "seeds", "f1", "length", "minus_reference", "note")
    return {key: row[key] for key in kept} | {"documents": _documents(row["outcomes"])}


def _ablation_cells(row: Mapping[str, Any]) -> list[str]:
    scores = [[100 * seed[kind] for seed in row["f1"]] for kind in KINDS]
    difference = row["minus_reference"]
    minus = "" if difference is None else signed(Difference(**difference))
    figures = [ranged(values) for values in scores]
    return [str(len(row["seeds"])), *figures, f"{statistics.fmean(row['length']):.1f}", minus]


if __name__ == "__main__":
    main()
