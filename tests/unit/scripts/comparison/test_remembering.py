"""A judge is asked once about the same texts, and anew about others or by another judge."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("accelerate")

from comparison.measuring import _Remembering


class Lengths:
    """A judge who counts how often it is asked."""

    name = "length"

    def __init__(self) -> None:
        self.asked = 0

    def __call__(
        self, summaries: Sequence[str], references: object, documents: object
    ) -> np.ndarray:
        self.asked += 1
        return np.array([float(len(summary)) for summary in summaries])


def test_what_was_said_is_remembered(tmp_path: Path) -> None:
    judge = Lengths()
    remembering = _Remembering(judge, tmp_path, revision="one")
    first = remembering(["雨", "雨雪"], ["晴", "阴"], ["今晚有雨", "今晚有雪"])
    again = remembering(["雨", "雨雪"], ["晴", "阴"], ["今晚有雨", "今晚有雪"])
    assert first.tolist() == again.tolist() == [1.0, 2.0]
    assert judge.asked == 1
    remembering(["雨", "雪"], ["晴", "阴"], ["今晚有雨", "今晚有雪"])
    remembering(["雨", "雨雪"], ["晴", "阴"], None)
    _Remembering(judge, tmp_path, revision="two")(
        ["雨", "雨雪"], ["晴", "阴"], ["今晚有雨", "今晚有雪"]
    )
    assert judge.asked == 4
