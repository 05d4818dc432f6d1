"""How long models take for a document, side by side: run in turn, so that a noisy moment hits all alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Hashable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

REPEATS = 5


def median_seconds(
    contestants: Mapping[Key, Callable[[], object]], *, repeats: int = REPEATS
) -> dict[Key, float]:
    """Median seconds of each over alternating runs, after one that warms up.

    Args:
        contestants: What is timed.
        repeats: Rounds.
    """
    times: dict[Key, list[float]] = {key: [] for key in contestants}
    for run in contestants.values():
        run()
    for _ in range(repeats):
        for key, run in contestants.items():
            start = time.perf_counter()
            run()
            times[key].append(time.perf_counter() - start)
    return {key: statistics.median(values) for key, values in times.items()}
