"""What is missing is told in one breath."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

from comparison.experiment import Row
from comparison.runs import Run
from summae.recipes.settings import PipelineSettings
from unfinished import missing


def run(name: str, seed: int) -> Run:
    return Run(Row(name=name), seed, PipelineSettings())


def test_rows_that_lack_the_same_seeds_are_named_together() -> None:
    left = [run("c", 2), *(run(name, 3) for name in ("a", "b, c", "c")), run("a", 4)]
    assert missing(left, [(run("b, c", 1), "ModelError")]) == [
        "seeds 2, 3 of: “c” (not trained to the end)",
        "seeds 3, 4 of: “a” (not trained to the end)",
        "seed 3 of: “b, c” (not trained to the end)",
        "b, c, seed 1 (failed: ModelError, see the log)",
    ]
    both = [run(name, seed) for seed in (2, 3) for name in ("a", "b")]
    assert missing(both, []) == ["seeds 2, 3 of: “a”, “b” (not trained to the end)"]
    assert missing([], []) == []
