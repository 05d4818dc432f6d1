"""Over what a law is fitted."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("torch")

from search.scale import _size


@pytest.mark.parametrize(("pairs", "counted"), [(1000, 1000), (3000, 3000), (97_029, 3000)])
def test_pairs_that_a_run_never_gets_to_do_not_count(pairs: int, counted: int) -> None:
    run = SimpleNamespace(pairs=pairs, documents=3000, cost=SimpleNamespace(parameters=7e6))
    measured: Any = SimpleNamespace(runs=[run])
    assert _size(measured, "pairs") == counted
    assert _size(measured, "parameters") == 7e6
