"""Power laws through a few points, and how sure they are: y = a * x ** -b + c.

Fitted by least squares of relative errors: for each exponent b the best a and c are linear, so only
b is searched. The floor c is kept where the points can tell it from 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

SAMPLES = 1000
"""Sets of documents drawn for an interval."""
FEWEST = 3
"""Points of a law; one more for its floor."""
EXPONENTS = (0.005, 3.0)
"""Between which b is searched; at the lower one, nothing falls."""
_ZOOMS, _GRID = 8, 33
_NEGLIGIBLE = 1e-3
"""A floor below this share of the smallest value is none."""


@dataclass(frozen=True)
class PowerLaw:
    """y = a * x ** -b + c."""

    a: float
    b: float
    c: float = 0.0

    def at(self, x: float) -> float:
        """The value at x."""
        return float(self.a * x**-self.b + self.c)


@dataclass(frozen=True)
class Fit:
    """A law and the laws of as many draws of the data."""

    law: PowerLaw
    draws: Values
    """(a, b, c) of each draw, of the law's own form, (draws, 3)."""
    free: Values
    """The same with a floor in each draw that wants one: whether there is a floor decides more of the
    exponent than the draws do."""

    @property
    def has_floor(self) -> bool:
        """Whether the points tell c from 0."""
        return self.law.c > 0

    def exponent(self) -> tuple[float, float]:
        """95 % interval of b, whether or not there is a floor; beyond the ends of `EXPONENTS` nothing is tried."""
        return _interval(np.concatenate([self.draws[:, 1], self.free[:, 1]]))

    def floor(self) -> tuple[float, float]:
        """95 % interval of c."""
        return _interval(self.draws[:, 2])

    def at(self, x: float) -> tuple[float, float]:
        """95 % interval of the value at x."""
        return _interval(self._drawn(x))

    def change(self, x: float, further: float) -> tuple[float, float]:
        """95 % interval of the value at `further` less that at x."""
        return _interval(self._drawn(further) - self._drawn(x))

    def _drawn(self, x: float) -> Values:
        a, b, c = self.draws.T
        values: Values = a * x**-b + c
        return values


def fit(x: Values, y: Values, *, floor: bool) -> PowerLaw:
    """The law through points, with c or with c = 0.

    Args:
        x: Where, above 0, (points,).
        y: What was found there, above 0, (points,).
        floor: Whether c may be more than 0.
    """
    a, b, c = _fit_all(x, y[None], floor=floor)[0]
    return PowerLaw(float(a), float(b), float(c))


def fit_with_doubt(x: Values, y: Values, drawn: Values, *, seed: int = 0) -> Fit:
    """The law through points, and those of other documents and of other trainings.

    Each draw takes one drawn set of documents and moves its points by what the law leaves
    unexplained, exchanged among the points (a residual bootstrap).

    Args:
        x: Where, (points,).
        y: What was found there, (points,).
        drawn: The same on drawn documents, (draws, points).
        seed: Equal seeds give equal intervals.

    Raises:
        ValueError: Fewer than three points.
    """
    if len(x) < FEWEST:
        raise ValueError(f"a power law takes at least {FEWEST} points, got {len(x)}")
    may_have_floor = len(x) > FEWEST
    draws = _draws(x, y, drawn, floor=may_have_floor, seed=seed)
    found = fit(x, y, floor=may_have_floor)
    least = _NEGLIGIBLE * float(y.min())
    if may_have_floor and min(found.c, _interval(draws[:, 2])[0]) > least:
        return Fit(found, draws, draws)
    return Fit(fit(x, y, floor=False), _draws(x, y, drawn, floor=False, seed=seed), draws)


def document_draws(
    numerators: Values, weights: Values, *, samples: int = SAMPLES, seed: int = 0
) -> Values:
    """Means on drawn sets of documents, the same ones for all points, (samples, points).

    Args:
        numerators: What each document adds, (points, documents).
        weights: What it counts, such as 1 or its characters, (documents,).
        samples: Sets drawn.
        seed: Equal seeds draw equal sets.
    """
    rng, count = np.random.default_rng(seed), len(weights)
    rows = []
    for _ in range(samples):
        chosen = np.bincount(rng.integers(count, size=count), minlength=count)
        rows.append(numerators @ chosen / (weights @ chosen))
    return np.array(rows)


def _draws(x: Values, y: Values, drawn: Values, *, floor: bool, seed: int) -> Values:
    law = fit(x, y, floor=floor)
    freedom = len(x) - (3 if floor else 2)
    residuals = y / (law.a * x**-law.b + law.c) - 1
    residuals = residuals * np.sqrt(len(x) / freedom)
    rng = np.random.default_rng(seed)
    moved = drawn * (1 + rng.choice(residuals, size=drawn.shape))
    return _fit_all(x, np.maximum(moved, 1e-9), floor=floor)


def _fit_all(x: Values, y: Values, *, floor: bool) -> Values:
    """(a, b, c) of each row of y, (rows, 3); exponents on a grid that closes in on the best."""
    middle = float(np.exp(np.log(x).mean()))
    logs = np.log(x / middle)
    rows = len(y)
    low, high = (np.full(rows, np.log(end)) for end in EXPONENTS)
    best: Any = None
    for _ in range(_ZOOMS):
        grid = np.exp(np.linspace(low, high, _GRID, axis=1))  # (rows, grid)
        a, c, error = _linear(logs, y, grid, floor=floor)
        place = error.argmin(axis=1)
        every = np.arange(rows)
        best = a[every, place], grid[every, place], c[every, place]
        step = (high - low) / (_GRID - 1)
        centre = np.log(best[1])
        low = np.maximum(centre - 2 * step, np.log(EXPONENTS[0]))
        high = np.minimum(centre + 2 * step, np.log(EXPONENTS[1]))
    a, b, c = best
    return np.stack([a * middle**b, b, c], axis=1)


def _linear(
    logs: Values, y: Values, exponents: Values, *, floor: bool
) -> tuple[Values, Values, Values]:
    """Best a and c for each exponent and their squared relative errors, all (rows, grid)."""
    u = np.exp(-exponents[..., None] * logs) / y[:, None]  # (rows, grid, points)
    v = np.broadcast_to(1 / y[:, None], u.shape)
    uu, uv, vv = (u * u).sum(-1), (u * v).sum(-1), (v * v).sum(-1)
    u1, v1 = u.sum(-1), v.sum(-1)
    a, c = u1 / uu, np.zeros_like(uu)
    if floor:
        determinant = uu * vv - uv**2
        with np.errstate(divide="ignore", invalid="ignore"):
            both_a = (u1 * vv - v1 * uv) / determinant
            both_c = (v1 * uu - u1 * uv) / determinant
        is_allowed = (determinant > 1e-12 * uu * vv) & (both_a > 0) & (both_c > 0)
        a, c = np.where(is_allowed, both_a, a), np.where(is_allowed, both_c, c)
    error = ((a[..., None] * u + c[..., None] * v - 1) ** 2).sum(-1)
    return a, c, error


def _interval(values: Values) -> tuple[float, float]:
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)
