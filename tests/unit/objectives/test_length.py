from __future__ import annotations

import pytest

from summae.objectives.length import LengthReward


def test_nothing_inside_the_range_and_the_relative_miss_outside() -> None:
    # 10 to 20 characters: 5 are 5/10 too few, 25 are 5/20 too many.
    reward = LengthReward(least=10, most=20)
    lengths = (0, 5, 9, 10, 15, 20, 21, 25, 40)
    assert reward([""] * 9, ["雪" * length for length in lengths]) == pytest.approx(
        [-1, -0.5, -0.1, 0, 0, 0, -0.05, -0.25, -1]
    )


def test_one_target_is_a_range_of_one() -> None:
    assert LengthReward(least=4, most=4)(["", "", ""], ["雪" * 3, "雪" * 4, "雪" * 6]) == [
        -0.25,
        0,
        -0.5,
    ]


def test_characters_are_counted_after_normalisation() -> None:
    # The ligature ﬁ is two letters, six dots are one ellipsis of two, spaces at the ends nothing, and
    # a character beyond the basic plane is one.
    reward = LengthReward(least=4, most=4)
    assert reward([""] * 2, ["  ﬁ......  ", "\U00020000大雪天\n"]) == [0, 0]


@pytest.mark.parametrize(("least", "most"), [(0, 5), (6, 5), (-3, -1)])
def test_a_range_that_is_none_is_refused(least: int, most: int) -> None:
    with pytest.raises(ValueError, match=f"got {least} and {most}"):
        LengthReward(least=least, most=most)
