"""Each alarm rings for what it is meant for, and for nothing else."""

from __future__ import annotations

import pytest

from summae.training.alarms import (
    STANDARD_ALARMS,
    Above,
    Drift,
    FallingBehind,
    Parting,
    alarms_for,
    length_alarm,
    ringing,
)

WELL = {
    "rouge_l": 0.31,
    "lead_copy_rate": 0.09,
    "repetition": 0.006,
    "characters": 18.0,
    "real_accuracy": 0.8,
    "fake_accuracy": 0.7,
    "reward": 1.0,
    "reconstruction": 0.5,
    "independent_reconstruction": 0.4,
}
"""A healthy validation."""


def names(*validations: dict[str, float]) -> list[str]:
    return [one.alarm.name for one in ringing(STANDARD_ALARMS, validations)]


def test_a_healthy_run_is_quiet() -> None:
    assert names(*[WELL] * 6) == []


@pytest.mark.parametrize(
    ("later", "name"),
    [
        ([{"lead_copy_rate": 0.6}], "lead copying"),
        ([{"repetition": 0.2}], "repetition"),
        ([{"characters": 10.0}], "length drift"),
        ([{"characters": 26.0}], "length drift"),
        ([{"real_accuracy": 0.99, "fake_accuracy": 1.0}] * 3, "discriminator saturation"),
        ([{"reward": 1.0 + n, "rouge_l": 0.31 - n / 100} for n in range(4)], "reward hacking"),
        ([{"reconstruction": 0.8}], "private code"),  # half of it, and at first 0.8
    ],
)
def test_each_standard_alarm_rings(later: list[dict[str, float]], name: str) -> None:
    assert names(WELL, *(WELL | row for row in later)) == [name]


@pytest.mark.parametrize(
    "later",
    [
        [{"real_accuracy": 0.99, "fake_accuracy": 0.5}] * 3,  # it calls everything real
        [{"real_accuracy": 0.99, "fake_accuracy": 1.0}] * 2,  # not for long enough
        [{"reward": 1.0, "rouge_l": 0.31 - n / 100} for n in range(4)],  # both are getting worse
        [{"reward": 1.0 + n} for n in range(4)],
        [{"reconstruction": 0.45, "independent_reconstruction": 0.36}],  # the text got harder
    ],
)
def test_what_looks_alike_is_let_pass(later: list[dict[str, float]]) -> None:
    assert names(WELL, *(WELL | row for row in later)) == []


@pytest.mark.parametrize("missing", WELL)
def test_a_measure_that_is_not_reported_leaves_its_alarms_silent(missing: str) -> None:
    bad = {name: 100.0 for name in WELL if name != missing}
    good = {name: value for name, value in WELL.items() if name != missing}
    seen = [one.seen for one in ringing(STANDARD_ALARMS, [good, *[bad] * 5])]
    assert all(missing not in text.replace(f"independent_{missing}", "") for text in seen)
    assert ringing(STANDARD_ALARMS, [{}] * 5) == []


def test_a_measure_that_stops_coming_leaves_its_alarm_silent() -> None:
    for rule in (
        Above(measures=("a",), bound=0.0),
        Drift(measure="a", share=0.1),
        Parting(rising="a", falling="b", share=0.1, validations=2),
        FallingBehind(measure="b", leader="a", share=0.1),
    ):
        assert rule([{"a": 1.0, "b": 2.0}, {"a": 3.0, "b": 1.0}]) is not None
        assert rule([{"a": 1.0, "b": 2.0}, {"a": 3.0, "b": 1.0}, {}]) is None


def test_length_may_be_held_to_a_target() -> None:
    wanted = [length_alarm(target=12.0)]
    assert ringing(wanted, [{"characters": 16.0}]) == []
    (one,) = ringing(wanted, [{"characters": 16.0}, {"characters": 18.0}])
    assert one.seen == "characters is 18, wanted 12"


@pytest.mark.parametrize("course", [[0, 8, 18], [40, 40, 18], [40, 40, 40], [13.3, 18.7]])
def test_a_model_that_learns_to_keep_to_a_length_does_not_drift(course: list[float]) -> None:
    alarms = alarms_for(19.0)
    for end in range(1, len(course) + 1):
        assert ringing(alarms, [{"characters": value} for value in course[:end]]) == []
    (one,) = ringing(alarms, [{"characters": value} for value in [*course, 19, 40]])
    assert one.alarm.name == "length drift"


def gains(*pairs: tuple[float, float]) -> list[dict[str, float]]:
    """Gains of the reconstructor itself and of an independent one."""
    return [{"reconstruction": a, "independent_reconstruction": b} for a, b in pairs]


@pytest.mark.parametrize(
    "course",
    [
        gains((0.3, -0.1)),  # the independent one cannot read anything yet
        gains((0.02, 0.4), (0.3, 0.42), (0.45, 0.45)),  # a fresh reconstructor catches up
        gains((0.5, 0.4), (0.04, -0.01)),  # nothing is said at all, which is no code
    ],
)
def test_a_reconstructor_that_only_now_learns_has_no_private_code(
    course: list[dict[str, float]],
) -> None:
    for end in range(1, len(course) + 1):
        assert ringing(STANDARD_ALARMS, course[:end]) == []


def test_a_code_that_comes_late_is_private_all_the_same() -> None:
    (one,) = ringing(STANDARD_ALARMS, gains((0.02, 0.4), (0.4, 0.4), (0.8, 0.4)))
    assert one.alarm.name == "private code"
    assert ringing(STANDARD_ALARMS, gains((0.3, 0.3), (0.5, -0.1)))[0].alarm.name == "private code"


def test_the_message_says_what_was_seen_and_what_to_turn() -> None:
    (one,) = ringing(STANDARD_ALARMS, [WELL | {"lead_copy_rate": 0.612}])
    assert str(one).startswith("lead copying: lead_copy_rate is 0.612, above 0.5; the beginning")
    assert "raise the weight of the discriminator" in str(one)
