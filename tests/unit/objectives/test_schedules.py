"""Schedules by hand."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from summae.config import from_mapping
from summae.errors import ConfigError
from summae.objectives.schedules import Schedule


@pytest.mark.parametrize(
    ("shape", "values"),
    [
        # From 1 to 16 in 4 steps after 2: equal steps of 15/4; equal factors of 2; half a wave,
        # (1 - cos 45°) / 2 = 0.1464 of the way after a quarter of the time.
        ("linear", [1, 1, 1, 4.75, 8.5, 12.25, 16, 16]),
        ("exponential", [1, 1, 1, 2, 4, 8, 16, 16]),
        ("cosine", [1, 1, 1, 3.1967, 8.5, 13.8033, 16, 16]),
    ],
)
def test_value_moves_from_start_to_end_and_stays(shape: Any, values: list[float]) -> None:
    schedule = Schedule(shape=shape, start=1.0, end=16.0, steps=4, delay=2)
    assert [schedule(step) for step in range(8)] == pytest.approx(values, abs=1e-4)


@pytest.mark.parametrize("shape", ["linear", "exponential", "cosine"])
def test_both_ends_are_met_exactly_and_the_way_down_mirrors_the_way_up(shape: Any) -> None:
    up = Schedule(shape=shape, start=0.1, end=0.7, steps=3)
    down = Schedule(shape=shape, start=0.7, end=0.1, steps=3)
    assert up(0) == 0.1
    assert up(3) == up(10**9) == pytest.approx(0.7)
    assert [up(step) for step in range(4)] == pytest.approx([down(3 - step) for step in range(4)])


def test_a_constant_is_one_number() -> None:
    assert {Schedule(start=0.3)(step) for step in (0, 7, 10**6)} == {0.3}
    assert Schedule()(5) == 1


def test_a_schedule_stands_in_settings_and_travels_to_other_processes() -> None:
    schedule = from_mapping(Schedule, {"shape": "linear", "start": 0, "end": "1e-1", "steps": 10})
    assert pickle.loads(pickle.dumps(schedule))(5) == pytest.approx(0.05)
    with pytest.raises(ConfigError, match="did you mean 'steps'"):
        from_mapping(Schedule, {"shape": "linear", "end": 1, "step": 10})


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"shape": "square"}, "shape is one of constant, linear"),
        ({"end": 2.0}, "a constant has no end"),
        ({"shape": "linear", "end": 2.0}, "at least 1 step"),
        ({"shape": "cosine", "steps": 5}, "needs an end"),
        ({"shape": "exponential", "end": 0.0, "steps": 5}, "never reaches 0"),
        ({"shape": "linear", "end": 0.0, "steps": 5, "delay": -1}, "delay counts steps"),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Schedule(**wrong)
