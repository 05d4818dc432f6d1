"""Means weigh what they count, and rates are those of training."""

from __future__ import annotations

import math
import time

import pytest

torch = pytest.importorskip("torch")
accelerate = pytest.importorskip("accelerate")

from summae.training.meter import Meter

pytestmark = pytest.mark.usefixtures("fresh_accelerator")


@pytest.fixture
def meter() -> Meter:
    return Meter(accelerate.Accelerator(cpu=True))


def test_means_are_weighted(meter: Meter) -> None:
    # (2 * 1 + 4 * 3) / 4; without weights (1 + 2) / 2.
    meter.add("writer", {"loss": torch.tensor(2.0)}, torch.tensor(1))
    meter.add("writer", {"loss": torch.tensor(4.0)}, 3.0)
    meter.add("critic", {"loss": 1.0})
    meter.add("critic", {"loss": 2.0})
    means = meter.flush()
    assert (means["writer/loss"], means["critic/loss"]) == (3.5, 1.5)
    assert "writer/loss" not in meter.flush()


def test_what_counts_nothing_may_be_anything(meter: Meter) -> None:
    meter.add("writer", {"loss": math.nan, "only": math.nan}, 0.0)
    meter.add("writer", {"loss": 2.0}, 5.0)
    means = meter.flush()
    assert means["writer/loss"] == 2.0
    assert math.isnan(means["writer/only"])


def test_pauses_do_not_slow_the_rates_down(meter: Meter, monkeypatch: pytest.MonkeyPatch) -> None:
    # 4 turns with 8 documents each in 10 seconds, of which 8 were a validation.
    now = time.monotonic()
    monkeypatch.setattr("summae.training.meter.time.monotonic", lambda: now)
    meter.flush()
    for _ in range(4):
        meter.turn(8)
    now += 2
    with meter.paused():
        now += 8
    means = meter.flush()
    assert means["turns_per_second"] == pytest.approx(4 / 2)
    assert means["documents_per_second"] == pytest.approx(32 / 2)
