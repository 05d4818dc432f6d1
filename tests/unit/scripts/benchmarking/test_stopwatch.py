"""The stopwatch gives each second to one part."""

from __future__ import annotations

from itertools import count

import pytest

torch = pytest.importorskip("torch")

from benchmarking import stopwatch as clock


def test_what_begins_within_another_part_belongs_to_that_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Each look at the clock takes a second: the step lasts from look 1 to look 9, one second for
    # each change of part, which are seven.
    ticks = count()
    monkeypatch.setattr(clock.time, "perf_counter", lambda: float(next(ticks)))
    stopwatch = clock.Stopwatch(torch.device("cpu"))
    stopwatch.next_step()
    stopwatch.turn("scoring", 4, 40)  # other: 1
    with stopwatch.inside("sampling"), stopwatch.inside("reconstructor"):  # scoring: 1
        pass  # sampling: 1
    with stopwatch.inside(None):
        pass
    with stopwatch.inside("optimizer"):  # scoring: 1
        pass  # optimizer: 1
    stopwatch.end_step()  # other: 1
    (step,) = stopwatch.steps
    assert {part: seconds for part, seconds in step.parts.items() if seconds} == {
        **{"sampling": 1.0, "scoring": 2.0, "optimizer": 1.0, "other": 2.0}
    }
    assert (step.documents, step.tokens) == (4, 40)
