"""Watching a training leaves nothing behind."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")

from benchmarking.stopwatch import Stopwatch
from benchmarking.watching import told_apart
from summae.models import sampling
from summae.recipes import writing
from summae.training import trainer


def test_everything_is_unwrapped_again_even_after_a_failure() -> None:
    functions = (sampling.draw, writing.draw, trainer.clip, torch.optim.AdamW.step)

    def fail() -> None:
        with told_apart(Stopwatch(torch.device("cpu")), object()):
            assert writing.draw is not functions[1]
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        fail()
    assert functions == (sampling.draw, writing.draw, trainer.clip, torch.optim.AdamW.step)
