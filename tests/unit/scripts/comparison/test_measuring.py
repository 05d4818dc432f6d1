"""Rows are compared with the first on the same documents."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")

from comparison.measuring import Found, Measured
from summae.evaluation.results import KINDS
from summae.evaluation.statistics import measure

NOTHING = measure(["雨"], ["雨"])


def measured(*f1: float) -> Measured:
    values = {kind: np.array(f1) for kind in KINDS}
    return Measured(values, {}, NOTHING, {}, NOTHING, {}, [], "", {})


def test_rows_are_compared_document_by_document_on_the_mean_over_seeds() -> None:
    # Means over seeds are (0.3, 0.5); the other row is 0.1 better on each of the two documents,
    # so no draw of documents gives another difference.
    rows = {"a": [measured(0.2, 0.6), measured(0.4, 0.4)], "b": [measured(0.4, 0.6)]}
    (difference,) = Found(rows, NOTHING, {}, {}, "").differences("a").values()
    assert difference.mean == pytest.approx(0.1)
    assert (difference.low, difference.high) == (pytest.approx(0.1), pytest.approx(0.1))


def test_without_the_first_row_there_is_nothing_to_compare_with() -> None:
    assert Found({"b": [measured(0.4)]}, NOTHING, {}, {}, "").differences("a") == {}
