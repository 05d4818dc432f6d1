"""Fits find the laws that made the points, and know when they do not."""

from __future__ import annotations

import numpy as np
import pytest

from search.power_law import PowerLaw, Values, document_draws, fit, fit_with_doubt

X = np.array([1e3, 3e3, 1e4, 3e4, 1e5])


@pytest.mark.parametrize(
    "law", [PowerLaw(8.0, 0.3, 1.5), PowerLaw(400.0, 0.8, 2.0), PowerLaw(5.0, 0.15, 0.7)]
)
def test_a_law_with_a_floor_is_found_in_its_points(law: PowerLaw) -> None:
    found = fit(X, law.a * X**-law.b + law.c, floor=True)
    assert found.b == pytest.approx(law.b, rel=1e-3)
    assert found.c == pytest.approx(law.c, rel=1e-3)
    assert found.at(1e6) == pytest.approx(law.at(1e6), rel=1e-4)


def test_a_law_without_a_floor_gets_none() -> None:
    found = fit(X, 6.0 * X**-0.2, floor=False)
    assert found.a == pytest.approx(6.0, rel=1e-5)
    assert found.b == pytest.approx(0.2)
    assert found.c == 0.0
    assert fit(X, 6.0 * X**-0.2, floor=True).c == pytest.approx(0.0, abs=1e-3)


def documents_of(law: PowerLaw, *, trainings: float = 0.0) -> Values:
    """Values of 400 documents at each x, some hard at all x, the means off the law by `trainings`."""
    rng = np.random.default_rng(5)
    hard = rng.lognormal(0, 0.5, size=400)
    each = hard / hard.mean() * rng.lognormal(0, 0.1, size=(len(X), 400))
    means = np.array([law.at(x) for x in X]) * (1 + trainings * rng.standard_normal(len(X)))
    values: Values = each / each.mean(axis=1, keepdims=True) * means[:, None]
    return values


def test_a_floor_far_above_nothing_is_told_and_the_interval_holds_what_comes() -> None:
    law = PowerLaw(60.0, 0.5, 2.0)
    values = documents_of(law)
    found = fit_with_doubt(X, values.mean(axis=1), document_draws(values, np.ones(400)))
    assert found.has_floor
    low, high = found.at(1e6)
    assert low < law.at(1e6) < high < law.at(1e5)
    assert found.exponent()[0] < 0.5 < found.exponent()[1]


def test_where_points_scatter_no_floor_is_claimed() -> None:
    law = PowerLaw(8.0, 0.2)
    values = documents_of(law, trainings=0.01)
    found = fit_with_doubt(X, values.mean(axis=1), document_draws(values, np.ones(400)))
    assert not found.has_floor
    low, high = found.at(1e6)
    assert low < law.at(1e6) < high
    # Ten times the data leave 10 ** -0.2 = 0.63 of it.
    least, most = found.change(1e5, 1e6)
    assert least < law.at(1e6) - law.at(1e5) < most < 0


def test_an_exponent_is_not_surer_than_whether_there_is_a_floor() -> None:
    # Seeds scatter the points, so that a small floor cannot be told; the law without it is too flat.
    law = PowerLaw(8.0, 0.3, 0.05)
    values = documents_of(law, trainings=0.02)
    found = fit_with_doubt(X, values.mean(axis=1), document_draws(values, np.ones(400)))
    assert not found.has_floor
    assert np.percentile(found.draws[:, 1], 97.5) < law.b
    low, high = found.exponent()
    assert low < law.b < high


def test_three_points_have_no_floor_and_two_no_law() -> None:
    y = 5.0 * X**-0.3 + 1.0
    assert not fit_with_doubt(X[:3], y[:3], np.tile(y[:3], (10, 1))).has_floor
    with pytest.raises(ValueError, match="at least 3 points, got 2"):
        fit_with_doubt(X[:2], y[:2], np.tile(y[:2], (10, 1)))


def test_drawn_documents_are_the_same_for_all_points() -> None:
    # Each document of the second point is 3 more a character: so is every mean over characters.
    nats, characters = np.array([4.0, 9.0, 1.0]), np.array([2.0, 3.0, 5.0])
    drawn = document_draws(np.stack([nats, nats + 3 * characters]), characters, samples=20)
    np.testing.assert_allclose(drawn[:, 1] - drawn[:, 0], 3.0)
    assert drawn[:, 0].std() > 0
    assert ((drawn[:, 0] >= 1 / 5) & (drawn[:, 0] <= 9 / 3)).all()
