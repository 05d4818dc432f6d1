"""Fit what chooses among candidates: weights of the terms, and the confidence. Written to evaluation/scorer.md.

    python scripts/fit_scorer.py CORPORA [--model MODEL] [--write]

Pools of documents of all genres come from the validation pairs in CORPORA, what readers said of lines from
evaluation/scorer-readings.json, which names lines without their words. --write puts the weights into the
model's summae.json. Where a figure is told of the fitted scorer, each half of the documents was chosen for
with the weights of the other half.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from repository import TABLES, as_typed, read_json, write_json
from scorer.fitting import (
    CUT,
    GOOD,
    WRONG,
    Readings,
    Regression,
    chosen,
    cross_fitted,
    fit,
    margins,
    regression,
    worth,
)
from scorer.pools import GENRES, Pools, build, name_of, sample
from scorer.recovery import gain
from summae import Summarizer
from summae.evaluation.report import Table
from summae.evaluation.significance import Interval, interval
from summae.inference.scoring import NAMES, Floats

PAGE, PLOT, VALUES = (TABLES / f"scorer.{ending}" for ending in ("md", "svg", "json"))
READINGS = TABLES / "scorer-readings.json"
SURE = ("characters", "beginning", "position", "margin")
"""What the confidence goes by."""
ASKED = {"length_error": -1.0, "truncated": -8.0}
"""Weights of what only counts where a length is asked for, set by reading lines of 10 to 30 characters: a
line that ends where it should is better than one that comes near the length and breaks off."""
FITTED = [place for place, name in enumerate(NAMES) if name not in ASKED]
_BINS = 8


def main() -> None:
    """Build, fit, tell, and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--model", default="zh-news")
    parser.add_argument(
        "--reconstructor", action="store_true", help="ask it about every fourth row"
    )
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    summarizer = Summarizer.from_pretrained(arguments.model, jobs=1)
    rows = sample(arguments.corpora)
    pools = build(summarizer, rows)
    readings = read(pools)
    values, said = worth(pools, readings)
    weights = fit(pools, values, np.arange(len(pools.pools)), FITTED)
    for name, weight in ASKED.items():
        weights[NAMES.index(name)] = weight
    sure = confidence(pools, readings, pools.terms @ weights)
    given = [
        arguments.corpora,
        *(["--model", arguments.model] if arguments.model != "zh-news" else []),
    ]
    if arguments.reconstructor:
        given.append("--reconstructor")
    page, measured = report(pools, readings, values, said, weights, sure, given)
    if arguments.reconstructor:
        some = build(summarizer, rows[::4])
        page += f"\n{_recovered(*gain(some, read(some), FITTED, summarizer))}\n"
    PAGE.write_text(page, encoding="utf-8")
    write_json(VALUES, measured)
    plot(sure)
    print(page)
    if arguments.write:
        file = summarizer.folder.path / "summae.json"
        fitted = {
            "weights": _named(NAMES, weights),
            "confidence": {"bias": _rounded(sure.intercept)} | _named(SURE, sure.coefficients),
        }
        write_json(file, read_json(file) | {"scorer": fitted})


def read(pools: Pools) -> Readings:
    """The candidates that readers have seen."""
    told = {(s, row, line): letter for s, row, line, letter in read_json(READINGS)["lines"]}
    names = [
        name_of(row, candidate.text)
        for row, pool in zip(pools.rows, pools.pools, strict=True)
        for candidate in pool.candidates
    ]
    places = [place for place, name in enumerate(names) if name in told]
    return Readings(np.array(places), np.array([told[names[place]] for place in places]))


def confidence(pools: Pools, readings: Readings, scores: Floats) -> Regression:
    """How likely a reader finds a line good, by four things that are known of it."""
    features = np.column_stack(
        [
            pools.characters,
            pools.terms[:, NAMES.index("beginning")],
            pools.terms[:, NAMES.index("position")],
            margins(pools, scores),
        ]
    )
    groups = pools.document[readings.places]
    return regression(features[readings.places], readings.letters == "g", groups, features)


def report(
    pools: Pools,
    readings: Readings,
    values: Floats,
    said: dict[str, Regression],
    weights: Floats,
    sure: Regression,
    given: Sequence[object],
) -> tuple[str, dict[str, object]]:
    """The page, and its figures."""
    ours = cross_fitted(pools, values, FITTED)
    log_prob = pools.terms[:, NAMES.index("log_prob")]
    mean_log_prob = log_prob / np.maximum(1, pools.characters)
    written = pools.is_written
    agreement = pools.rouge.mean(axis=1)
    systems = {
        "the likeliest hypothesis": chosen(pools, mean_log_prob, written),
        "hypotheses alone, by the scorer": chosen(pools, pools.terms @ weights, written),
        "spans alone, by the scorer": chosen(pools, pools.terms @ weights, ~written),
        "**the pool, by the scorer**": ours,
        "the best, if one knew": chosen(pools, agreement),
    }
    rows = [_row(name, place, pools, said) for name, place in systems.items()]
    head = ["chosen", "R-1", "R-2", "R-L", "length", "margin", "own words", *said]
    genres = [[genre, *_genre(pools, ours, pools.rows_of(genre))] for genre in GENRES]
    spread = pools.terms.std(axis=0)
    terms = [
        [
            name,
            f"{weight:.3g}",
            f"{weight * spread[n]:+.2f}",
            *_without(pools, values, ours, n, said),
        ]
        for n, (name, weight) in enumerate(zip(NAMES, weights, strict=True))
        if n in FITTED
    ]
    counts = ", ".join(f"{(readings.letters == one).sum()} {one}" for one in "gwcxf")
    page = [
        "# The scorer",
        f"Of {len(pools.texts) / len(pools.pools):.0f} candidates a document the scorer takes one by {len(FITTED)} terms. "
        "Lines of the generator's own agree as much with people's headlines as what it takes, and are garbled or "
        "false far more often: readers decide, and mostly for spans of the document.",
        f"`{as_typed('fit_scorer.py', *given)}`: {len(pools.pools):,} validation documents, each genre counting alike; "
        f"{len(readings.places):,} of their candidates have been read ({counts}; see scorer-readings.json). ROUGE F1 × 100 "
        "on characters, margin over a lead of equal length; good, cut, garbled or false: what a logistic "
        "regression on the terms expects of readers. Figures of the pool by the scorer are cross-fitted.",
        Table("What is chosen", head, rows).markdown(),
        Table("By genre", ["genre", "R-1", "R-2", "R-L", "length", "margin"], genres).markdown(),
        "A candidate is worth its agreement with the human headline (mean of ROUGE-1, 2 and L) less what a lead of its length has, "
        f"{GOOD:+.0f} points if a reader finds it good, {CUT:+.0f} if it is cut, {WRONG:+.0f} if it is garbled or "
        "false, by the probability of each. The weights make the expected worth of a choice as high as they can, a softmax over "
        "each pool choosing. A number, Latin word or quoted name that the document does not tell so disqualifies.",
        Table(
            "Terms",
            [
                "term",
                "weight",
                "× spread",
                "worth when left out, 95 %",
                "good",
                "cut",
                "garbled or false",
            ],
            terms,
        ).markdown(),
        "Where a length is asked for, "
        + " and ".join(f"{name} counts {weight:g}" for name, weight in ASKED.items())
        + ", set by reading.",
        "How well readings are told by the terms, each tenth of the documents with the weights of the others: "
        + "; ".join(f"{name}: area {one.area:.3f}" for name, one in said.items())
        + ".",
        "## Confidence",
        f"The probability that a reader finds the line good, by {', '.join(SURE[:-1])} and {SURE[-1]} over the next "
        f"candidate: area under the ROC curve {sure.area:.3f}, Brier score {sure.brier:.3f} (telling the mean alone {sure.base:.3f}).",
        "![reliability](scorer.svg)",
        Table("Reliability", ["told", "found good", "lines"], _reliability(sure)).markdown(),
    ]
    measured: dict[str, object] = {
        "weights": _named(NAMES, weights),
        "genres": {
            row[0]: dict(
                zip(
                    ("rouge_1", "rouge_2", "rouge_l", "length", "margin"),
                    map(float, row[1:]),
                    strict=True,
                )
            )
            for row in genres
        },
        "brier": sure.brier,
        "own_words": float(_share(written, ours, pools)),
    }
    return "\n\n".join(page) + "\n", measured


def _recovered(change: Interval, weight: float, spent: float) -> str:
    return (
        "## Left out: the reconstructor\n\nThe log-probability of the document's beginning given the line, by the "
        f"reconstructor in the model's folder, as one more term (weight {weight:.2g}), on every fourth document: worth "
        f"{change.mean:+.2f} [{change.low:+.2f}, {change.high:+.2f}], for {spent:.0f} ms a candidate, half of what a whole "
        "document takes. It does not pay, and only `--explain` asks it."
    )


def plot(sure: Regression) -> None:
    """The reliability of the confidence as a picture."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "summae"
    import matplotlib.pyplot as plt

    told, found, _ = _bins(sure)
    figure, axes = plt.subplots(figsize=(4, 4))
    axes.plot([0, 1], [0, 1], color="0.8")
    axes.plot(told, found, "o-")
    axes.set(xlabel="confidence", ylabel="share that readers find good", xlim=(0, 1), ylim=(0, 1))
    figure.tight_layout()
    figure.savefig(PLOT, metadata={"Date": None})


def _row(
    name: str, places: NDArray[np.intp], pools: Pools, said: dict[str, Regression]
) -> list[str]:
    return [
        name,
        *(f"{_mean(pools.rouge[places, kind], pools):.1f}" for kind in range(3)),
        f"{_mean(pools.characters[places], pools):.1f}",
        f"{_mean(pools.rouge[places, 0] - _lead_of_mean(pools, places), pools):+.1f}",
        f"{_share(pools.is_written, places, pools):.0%}",
        *(f"{_mean(one.probability[places], pools):.1%}" for one in said.values()),
    ]


def _genre(pools: Pools, places: NDArray[np.intp], rows: NDArray[np.intp]) -> list[str]:
    here = places[rows]
    margin = pools.rouge[here, 0] - _lead_of_mean(pools, places)[rows]
    return [
        *(f"{pools.rouge[here, kind].mean():.1f}" for kind in range(3)),
        f"{pools.characters[here].mean():.1f}",
        f"{margin.mean():+.1f}",
    ]


def _lead_of_mean(pools: Pools, places: NDArray[np.intp]) -> Floats:
    """Of each document, ROUGE-1 of leads as long as what is chosen in its genre is on average."""
    found = np.zeros(len(places))
    for genre in GENRES:
        rows = pools.rows_of(genre)
        mean = pools.characters[places[rows]].mean()
        inside = np.isin(pools.document, rows)
        nearest = np.abs(pools.characters - mean) + 1e9 * ~inside
        found[rows] = pools.lead[int(nearest.argmin())]
    return found


def _without(
    pools: Pools, values: Floats, ours: NDArray[np.intp], left_out: int, said: dict[str, Regression]
) -> list[str]:
    others = [n for n in FITTED if n != left_out]
    places = cross_fitted(pools, values, others)
    change = interval((values[places] - values[ours]) * pools.weight * len(pools.pools))
    return [
        f"{change.mean:+.2f} [{change.low:+.2f}, {change.high:+.2f}]",
        *(
            f"{100 * (_mean(one.probability[places], pools) - _mean(one.probability[ours], pools)):+.1f}"
            for one in said.values()
        ),
    ]


def _bins(sure: Regression) -> tuple[list[float], list[float], list[int]]:
    order = np.array_split(np.argsort(sure.held_out), _BINS)
    told = [float(sure.held_out[rows].mean()) for rows in order]
    found = [float(sure.answers[rows].mean()) for rows in order]
    return told, found, [len(rows) for rows in order]


def _reliability(sure: Regression) -> list[list[str]]:
    return [
        [f"{told:.0%}", f"{found:.0%}", str(count)]
        for told, found, count in zip(*_bins(sure), strict=True)
    ]


def _mean(of_documents: Floats | NDArray[np.int64], pools: Pools) -> float:
    return float((of_documents * pools.weight).sum())


def _share(kind: NDArray[np.bool_], places: NDArray[np.intp], pools: Pools) -> float:
    return _mean(kind[places].astype(float), pools)


def _named(names: Sequence[str], values: Floats) -> dict[str, float]:
    return {name: _rounded(value) for name, value in zip(names, values, strict=True)}


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


if __name__ == "__main__":
    main()
