"""Learning rates over time."""

from __future__ import annotations

import math

from summae.training.settings import TrainerSettings


def rate_share(settings: TrainerSettings, step: int) -> float:
    """Learning rate of a step, counted from 0, as a share of the highest: a linear rise, then down.

    The fall ends with `steps`, one after the last: of 100 steps on a line to 0.05 and without a
    rise, the last, number 99, has 0.05 + 0.95 / 100.
    """
    if step < settings.warmup_steps:
        return (step + 1) / settings.warmup_steps
    done = (step - settings.warmup_steps) / max(1, settings.steps - settings.warmup_steps)
    left = {
        "cosine": 0.5 * (1 + math.cos(math.pi * min(1.0, done))),
        "linear": 1 - min(1.0, done),
        "constant": 1.0,
    }[settings.schedule]
    low = settings.final_rate_share
    return low + (1 - low) * left
