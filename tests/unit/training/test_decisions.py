"""Which validation makes a best model, an end, or a way back."""

from __future__ import annotations

import pytest

pytest.importorskip("accelerate")

from summae.training.alarms import Above, Alarm, Ringing
from summae.training.checkpoints import TrainState
from summae.training.decisions import goes_back, take_in, why_over
from summae.training.settings import TrainerSettings

RULE = Above(measures=("lead_copy_rate",), bound=0.5)
SERIOUS, LIGHT = (
    Ringing(Alarm(name=name, rule=RULE, advice="turn it", roll_back=roll_back), "it is high")
    for name, roll_back in (("serious", True), ("light", False))
)


def settings(on_alarm: str, **options: int) -> TrainerSettings:
    return TrainerSettings(steps=10, on_alarm=on_alarm, max_roll_backs=2, **options)


def test_the_highest_is_the_best_and_the_others_are_counted() -> None:
    state = TrainState()
    for step, value in enumerate([0.2, 0.3, 0.3, 0.1]):
        state.step = step
        take_in(settings("tell"), state, {"rouge_l": value}, [])
    assert (state.best, state.best_step, state.without_gain) == (0.3, 1, 2)


@pytest.mark.parametrize(
    ("on_alarm", "rung", "is_best"),
    [
        ("tell", SERIOUS, True),
        ("stop", SERIOUS, False),
        ("roll_back", SERIOUS, False),
        ("roll_back", LIGHT, True),
    ],
)
def test_a_spoilt_model_is_never_the_best_where_alarms_are_acted_on(
    on_alarm: str, rung: Ringing, is_best: bool
) -> None:
    state = TrainState()
    assert take_in(settings(on_alarm), state, {"rouge_l": 0.9}, [rung]) == is_best
    assert state.without_gain == (not is_best)


@pytest.mark.parametrize(
    ("on_alarm", "rung", "quiet_step", "roll_backs", "expected"),
    [
        ("roll_back", SERIOUS, 4, 1, (True, "")),
        ("roll_back", SERIOUS, 0, 0, (True, "")),
        ("roll_back", SERIOUS, None, 0, (False, "")),  # nothing to go back to yet
        ("roll_back", SERIOUS, 4, 2, (False, "alarm")),  # often enough
        ("roll_back", LIGHT, 4, 2, (False, "")),
        ("stop", LIGHT, None, 0, (False, "alarm")),
        ("tell", SERIOUS, 4, 0, (False, "")),
    ],
)
def test_what_an_alarm_leads_to(
    on_alarm: str,
    rung: Ringing,
    quiet_step: int | None,
    roll_backs: int,
    expected: tuple[bool, str],
) -> None:
    state = TrainState(step=5, quiet_step=quiet_step, roll_backs=roll_backs)
    chosen = settings(on_alarm)
    assert (goes_back(chosen, state, [rung]), why_over(chosen, state, [rung])) == expected


def test_a_run_is_over_after_its_steps_or_its_patience() -> None:
    assert why_over(settings("tell"), TrainState(step=10)) == "steps"
    tired = TrainState(step=5, without_gain=3)
    assert why_over(settings("tell", patience=3), tired) == "patience"
    assert why_over(settings("tell", patience=4), tired) == ""
    assert why_over(settings("tell"), tired) == ""


def test_what_an_alarm_ended_stays_over_until_alarms_are_only_told() -> None:
    ended = TrainState(step=5, ended="alarm")
    assert why_over(settings("stop"), ended) == "alarm"
    assert why_over(settings("tell"), ended) == ""
