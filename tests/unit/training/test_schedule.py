"""Learning rates by hand."""

from __future__ import annotations

import pytest

from summae.training.schedule import rate_share
from summae.training.settings import TrainerSettings


@pytest.mark.parametrize(
    ("schedule", "shares"),
    [
        # A rise of two steps; then, with 0.2 left at the end, 0.2 + 0.8 times what is left:
        ("cosine", [0.5, 1.0, 1.0, 0.2 + 0.8 * (2 + 2**0.5) / 4, 0.6]),  # (1 + cos(45°)) / 2
        ("linear", [0.5, 1.0, 1.0, 0.2 + 0.8 * 3 / 4, 0.6]),
        ("constant", [0.5, 1.0, 1.0, 1.0, 1.0]),
    ],
)
def test_rates_rise_and_fall_as_named(schedule: str, shares: list[float]) -> None:
    settings = TrainerSettings(steps=6, warmup_steps=2, schedule=schedule, final_rate_share=0.2)
    assert [rate_share(settings, step) for step in range(5)] == pytest.approx(shares)
