"""Weights from data: what readers say of lines, and which candidates agree with people's headlines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from scorer.pools import Pools
from summae.inference.reranking import WIDEST
from summae.inference.scoring import Floats

GOOD, CUT, WRONG = 15.0, -20.0, -75.0
"""Points of ROUGE-1 that it is worth for a line to be good to a reader, to be cut short, to be garbled or
false: a false line undoes what five good ones do."""
_FOLDS = 10
_RIDGE = 1e-4
_FALSE = 1e3
"""What keeps an untrue candidate from being chosen."""


@dataclass(frozen=True)
class Readings:
    """Candidates that somebody has read."""

    places: NDArray[np.intp]
    """Among all candidates."""
    letters: NDArray[np.str_]
    """g good, w weak, c cut, x garbled, f false."""


@dataclass(frozen=True)
class Regression:
    """A logistic regression and how well it does on lines that it was not fitted to."""

    probability: Floats
    """For every row that it was asked about."""
    area: float
    """Under the ROC curve, each tenth of the documents with the weights of the others."""
    brier: float
    base: float
    """Brier score of telling the mean alone."""
    held_out: Floats
    """Probability of the lines that were read, each by the weights of the others."""
    answers: NDArray[np.bool_]
    coefficients: Floats
    intercept: float


def regression(
    features: Floats, answers: NDArray[np.bool_], groups: Floats, asked: Floats
) -> Regression:
    """Fit by all, judge by cross-validation over documents, tell of others.

    Args:
        features: (lines, features).
        answers: (lines,).
        groups: The document of each line, (lines,).
        asked: Features of what is to be told, (rows, features).
    """

    def model() -> Pipeline:
        return make_pipeline(StandardScaler(), LogisticRegression(C=0.3, max_iter=5000))

    folds = GroupKFold(_FOLDS)
    held_out = cross_val_predict(
        model(), features, answers, groups=groups, cv=folds, method="predict_proba"
    )[:, 1]
    fitted = model().fit(features, answers)
    scaler, logistic = fitted[0], fitted[1]
    coefficients = logistic.coef_[0] / scaler.scale_
    return Regression(
        probability=fitted.predict_proba(asked)[:, 1],
        area=float(roc_auc_score(answers, held_out)),
        brier=float(brier_score_loss(answers, held_out)),
        base=float(answers.mean() * (1 - answers.mean())),
        held_out=held_out,
        answers=answers,
        coefficients=coefficients,
        intercept=float(logistic.intercept_[0] - coefficients @ scaler.mean_),
    )


def worth(pools: Pools, readings: Readings) -> tuple[Floats, dict[str, Regression]]:
    """What each candidate is worth, in points of ROUGE-1.

    Its agreement with the human headline (mean of ROUGE-1, 2 and L) less what a lead of its length has, and
    what a reader is likely to say of it.
    """
    seen = pools.terms[readings.places]
    groups = pools.document[readings.places]
    said = {
        name: regression(seen, np.isin(readings.letters, letters), groups, pools.terms)
        for name, letters in (("good", ["g"]), ("cut", ["c"]), ("garbled or false", ["x", "f"]))
    }
    agreement = pools.rouge.mean(axis=1) - pools.lead
    points = {"good": GOOD, "cut": CUT, "garbled or false": WRONG}
    total = agreement + sum(points[name] * one.probability for name, one in said.items())
    return total, said


def fit(
    pools: Pools, values: Floats, documents: Sequence[int] | NDArray[np.intp], terms: Sequence[int]
) -> Floats:
    """Weights by which the expected worth of a choice is highest, a softmax over each pool choosing.

    Args:
        pools: The candidates.
        values: What each is worth.
        documents: Those to learn from.
        terms: Places of the terms that may count; the others weigh 0.
    """
    scale = pools.terms[:, terms].std(axis=0) + 1e-9
    padded = np.vstack([pools.terms[:, terms] / scale, np.zeros(len(terms))])
    penalty = np.append(np.where(pools.is_true, 0.0, -_FALSE), -1e9)
    places = pools.places[documents]
    seen, barred = padded[places], penalty[places]
    worths = np.append(values, 0.0)[places] / 10
    share = pools.weight[documents] / pools.weight[documents].sum()

    def loss(weights: Floats) -> tuple[float, Floats]:
        logits = seen @ weights + barred
        logits -= logits.max(axis=1, keepdims=True)
        chances = np.exp(logits)
        chances /= chances.sum(axis=1, keepdims=True)
        expected = (chances * worths).sum(axis=1)
        slope = ((chances * (worths - expected[:, None]))[:, :, None] * seen).sum(axis=1)
        value = -(share * expected).sum() + _RIDGE * (weights**2).sum()
        return float(value), -(share[:, None] * slope).sum(axis=0) + 2 * _RIDGE * weights

    found = minimize(loss, np.zeros(len(terms)), jac=True, method="L-BFGS-B").x / scale
    weights = np.zeros(pools.terms.shape[1])
    weights[list(terms)] = found
    return weights


def chosen(
    pools: Pools, scores: Floats, allowed: NDArray[np.bool_] | None = None
) -> NDArray[np.intp]:
    """Of each document the place of its best candidate, a true one where there is any."""
    barred = ~pools.is_true if allowed is None else ~pools.is_true | ~allowed
    padded = np.append(scores - _FALSE * barred, -1e12)
    return pools.places[np.arange(len(pools.pools)), padded[pools.places].argmax(axis=1)]


def cross_fitted(pools: Pools, values: Floats, terms: Sequence[int]) -> NDArray[np.intp]:
    """What is chosen in each half of the documents with the weights fitted to the other half."""
    halves = np.arange(len(pools.pools)) % 2 == 0
    by_other = [fit(pools, values, np.flatnonzero(half), terms) for half in (~halves, halves)]
    even, odd = (chosen(pools, pools.terms @ weights) for weights in by_other)
    return np.where(halves, even, odd)


def margins(pools: Pools, scores: Floats) -> Floats:
    """Of each candidate, how far it is above the best other true one of its pool, at most `WIDEST`."""
    padded = np.append(np.where(pools.is_true, scores, -np.inf), -np.inf)[pools.places]
    order = np.sort(padded, axis=1)
    best, second = order[:, -1], order[:, -2] if order.shape[1] > 1 else order[:, -1] - np.inf
    is_best = scores >= best[pools.document]
    other = np.where(is_best, second[pools.document], best[pools.document])
    return np.clip(np.where(np.isfinite(other), scores - other, WIDEST), -WIDEST, WIDEST)
