"""Choose the weights by which a line of the model's own is doubted, on lines that a reader has judged.

    python scripts/fit_doubt.py MODEL [--write]

evaluation/doubt.json holds what could be seen of each line and whether its reader would have printed it;
the texts are not ours to publish. Logistic regression; what it tells is measured on tenths of
the lines with the weights of the other nine. Written to evaluation/doubt.md, with --write also to
MODEL/summae.json.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from repository import TABLES, as_typed, read_json, write_json
from summae.inference.doubt import Doubt, Signs
from summae.inference.model_folder import open_model_folder

READINGS = TABLES / "doubt.json"
OUTPUT = TABLES / "doubt.md"
NAMES = [field.name for field in fields(Signs)]
FOLDS = 10
PENALTY = 1.0
"""Inverse strength of the L2 penalty, on standardised signs."""
ABOVE = 0.55
"""Probability above which a clause stands for a line. By reading, clauses are better even further up;
further down ROUGE falls, and the lead over a lead of equal length (clauses.md)."""
SHARES = (0.2, 0.3, 0.4, 0.5, 0.6)

Values = NDArray[np.float64]


def main() -> None:
    """Fit, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    readings = read_json(READINGS)
    weights = fit(readings["lines"])
    OUTPUT.write_text(page(readings, weights, arguments.model), encoding="utf-8")
    print(OUTPUT.read_text(encoding="utf-8"))
    if arguments.write:
        file = Path(open_model_folder(arguments.model).path) / "summae.json"
        about = read_json(file)
        about["decoding"] |= {"doubtful_above": ABOVE, "doubt": asdict(weights)}
        write_json(file, about)


def fit(lines: list[dict[str, Any]]) -> Doubt:
    """The weights of all lines, for signs in their own units."""
    model = _model().fit(*_data(lines))
    scaler, logistic = model[0], model[-1]
    weights = logistic.coef_[0] / scaler.scale_
    bias = float(logistic.intercept_[0] - weights @ scaler.mean_)
    rounded = {n: float(f"{w:.3g}") for n, w in zip(NAMES, weights, strict=True)}
    return Doubt(bias=float(f"{bias:.3g}"), **rounded)


def held_out(seen: Values, poor: Values) -> Values:
    """Probability of each line by the weights of lines in other tenths, (lines,)."""
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    found: Values = cross_val_predict(_model(), seen, poor, cv=folds, method="predict_proba")[:, 1]
    return found


def page(readings: dict[str, Any], weights: Doubt, model: str) -> str:
    """The tables for people."""
    seen, poor = _data(readings["lines"])
    by = {"likelihood alone": held_out(seen[:, :1], poor), "all signs": held_out(seen, poor)}
    return "\n".join(
        [
            "# Doubtful lines",
            "",
            f"`{as_typed('fit_doubt.py', model)}`: how well it can be told which lines of the model's own "
            "are poor: garbled, false, cut short or beside the point, nothing that one would print. "
            f"{readings['what']}: {len(poor)} lines, {poor.mean():.0%} of them poor. Each tenth of the lines with the weights of the others.",
            "",
            "| told by | area under the ROC curve | "
            + " | ".join(f"poor if {share:.0%} are replaced" for share in SHARES)
            + " |",
            "|---|---:|" + "---:|" * len(SHARES),
            *(
                f"| {name} | {roc_auc_score(poor, doubt):.3f} | "
                + " | ".join(f"{_left(doubt, poor, share):.0%}" for share in SHARES)
                + " |"
                for name, doubt in by.items()
            ),
            "",
            *_beside_clauses(readings),
            "| sign | lines that have it | poor ones of these |",
            "|---|---:|---:|",
            *(_with_sign(name, seen[:, n], poor) for n, name in enumerate(NAMES) if n > 0),
            "",
            "Weights of the logistic regression, fitted to all:",
            "",
            "| " + " | ".join(asdict(weights)) + " |",
            "|" + "---:|" * len(asdict(weights)),
            "| " + " | ".join(f"{weight:g}" for weight in asdict(weights).values()) + " |",
            "",
        ]
    )


def _beside_clauses(readings: dict[str, Any]) -> list[str]:
    found = readings.get("beside_clauses")
    if found is None:
        return []
    counts = ", ".join(
        f"{found[name]} {name}" for name in ("clause better", "line better", "alike")
    )
    return [f"{found['what']}: {counts}.", ""]


def _with_sign(name: str, values: Values, poor: Values) -> str:
    has = values > 0
    return (
        f"| {name} | {has.sum()} | {poor[has].mean():.0%} |" if has.any() else f"| {name} | 0 | |"
    )


def _model() -> Any:
    return make_pipeline(StandardScaler(), LogisticRegression(C=PENALTY))


def _data(lines: list[dict[str, Any]]) -> tuple[Values, Values]:
    seen = np.array([[one[name] for name in NAMES] for one in lines], np.float64)
    return seen, np.array([one["poor"] for one in lines], np.float64)


def _left(doubt: Values, poor: Values, share: float) -> float:
    """Share of poor ones among the lines that are kept."""
    return float(poor[doubt <= np.quantile(doubt, 1 - share)].mean())


if __name__ == "__main__":
    main()
