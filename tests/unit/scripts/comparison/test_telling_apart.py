"""A classifier tells apart what differs, and guesses where nothing does."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("sklearn")

from comparison.telling_apart import ToldApart

DRAW = np.random.default_rng(0)
WORDS = [f"{one}{other}" for one in "天地人山水风云" for other in "上下来去高低"]


def headlines(count: int) -> list[str]:
    return ["".join(DRAW.choice(WORDS, size=6)) for _ in range(count)]


def test_those_who_write_alike_are_told_apart_by_guessing_only() -> None:
    people, machine = headlines(200), headlines(200)
    assert ToldApart()(machine, people, []).mean() == pytest.approx(0.5, abs=0.06)
    # Of two copies of one text exactly one is taken for what it is.
    assert ToldApart()(people, people, []).tolist() == [0.5] * 200


def test_a_habit_gives_away_those_who_have_it() -> None:
    people, machine = headlines(200), headlines(200)
    stammering = [text[:1] * 3 + text if n % 2 else text for n, text in enumerate(machine)]
    shares = ToldApart()(stammering, people, [])
    assert shares.mean() > 0.6
    assert shares[1::2].mean() > shares[0::2].mean() + 0.1


def test_length_alone_gives_nobody_away() -> None:
    people, machine = headlines(200), headlines(400)
    longer = [one + other for one, other in zip(machine[:200], machine[200:], strict=True)]
    assert ToldApart()(longer, people, []).mean() == pytest.approx(0.5, abs=0.06)
