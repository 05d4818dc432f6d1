"""What size and data buy: power laws over the rows of a factor, and where they lead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from search.findings import Findings, Measured
from search.plan import Plan, Section
from search.power_law import EXPONENTS, FEWEST, Fit, Values, document_draws, fit_with_doubt
from summae.evaluation.report import Table

FACTOR = 10
"""How much further the laws are followed."""
_UNITS = {"parameters": "parameters", "pairs": "true pairs read"}


@dataclass(frozen=True)
class Scaling:
    """One measure over one factor."""

    factor: str
    over: str
    """Parameters or pairs."""
    measure: str
    x: Values
    y: Values
    fit: Fit

    @property
    def further(self) -> float:
        """Ten times the largest x."""
        return float(FACTOR * self.x.max())


def scalings(plan: Plan, found: Findings) -> list[Scaling]:
    """All laws that there are points for."""
    return [law for section in plan.sections for law in _of_section(section, found)]


def blocks(laws: Sequence[Scaling]) -> Iterator[str]:
    """The laws for people."""
    if not laws:
        return
    header = ["measure", "over", "law", "exponent, 95 %", "floor, 95 %", "at the largest"]
    header += [f"at {FACTOR} times it, 95 %", "buys, 95 %"]
    yield Table("Power laws", header, [_row(law) for law in laws]).markdown()
    yield (
        f"y = a·x^-b + c, by least squares of relative errors through {_points(laws)} points; the "
        "floor c is kept where its interval is above 0. For ROUGE, y is what is missing to 100. "
        "Intervals draw documents anew and exchange among the points what the law leaves "
        "unexplained, as other seeds might; they do not know whether the law goes on. That of the exponent "
        "also allows a floor where none was told from 0; what comes of ten times as much goes by the law as it "
        f"stands. A law only falls: where the rows turn, believe the rows. Pairs count that a run got to. Exponents are searched from {EXPONENTS[0]} to {EXPONENTS[1]:g}: at the lower end nothing falls."
    )


def as_dicts(laws: Sequence[Scaling]) -> list[dict[str, Any]]:
    """The laws as JSON types."""
    return [
        {
            "factor": law.factor,
            "over": law.over,
            "measure": law.measure,
            "x": law.x.tolist(),
            "y": law.y.tolist(),
            "law": asdict(law.fit.law),
            "exponent": law.fit.exponent(),
            "floor": law.fit.floor(),
            "further": {"x": law.further, "y": law.fit.law.at(law.further)},
            "further_interval": law.fit.at(law.further),
        }
        for law in laws
    ]


def _of_section(section: Section, found: Findings) -> Iterator[Scaling]:
    over = section.factor.scale
    rows = [measured for row in section.rows if (measured := found.of(row)) is not None]
    if not over or len(rows) < FEWEST:
        return
    rows.sort(key=lambda measured: _size(measured, over))
    x = np.array([_size(measured, over) for measured in rows], np.float64)
    characters = found.characters
    for measure, values, weights in (
        ("nats/character", [m.loss() for m in rows], characters),
        ("100 − R-1", [100 * (1 - m.f1("rouge_1")) for m in rows], np.ones_like(characters)),
        ("100 − R-L", [100 * (1 - m.f1("rouge_l")) for m in rows], np.ones_like(characters)),
    ):
        each = np.array(values)  # (points, documents)
        y = each.sum(axis=1) / weights.sum()
        fitted = fit_with_doubt(x, y, document_draws(each, weights))
        yield Scaling(section.factor.name, over, measure, x, y, fitted)


def _size(measured: Measured, over: str) -> float:
    run = measured.runs[0]
    # A run that may see more pairs than it reads documents never gets to the rest.
    return float(run.cost.parameters if over == "parameters" else min(run.pairs, run.documents))


def _row(law: Scaling) -> list[str]:
    fit, largest = law.fit, float(law.x.max())
    floor = f" + {fit.law.c:.3g}" if fit.has_floor else ""
    low, high = fit.at(law.further)
    least, most = fit.change(largest, law.further)
    change = fit.law.at(law.further) - fit.law.at(largest)
    return [
        law.measure,
        _UNITS[law.over],
        f"{fit.law.a:.3g}·x^-{fit.law.b:.3f}{floor}",
        "[{:.3f}, {:.3f}]".format(*fit.exponent()),
        "[{:.3g}, {:.3g}]".format(*fit.floor()) if fit.has_floor else "none told from 0",
        f"{fit.law.at(largest):.3f}",
        f"{fit.law.at(law.further):.3f} [{low:.3f}, {high:.3f}]",
        f"{change:+.3f} [{least:+.3f}, {most:+.3f}]",
    ]


def _points(laws: Sequence[Scaling]) -> str:
    return " or ".join(str(count) for count in sorted({len(law.x) for law in laws}))
