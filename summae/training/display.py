"""What a person sees who watches a training: a bar, rates, the best so far, and the time left."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console


def open_display(total_steps: int, first_step: int) -> Display | None:
    """A display on stderr when a person is looking and rich is installed."""
    if not sys.stderr.isatty():
        return None
    try:
        from rich.console import Console
    except ImportError:
        return None
    return Display(total_steps, first_step, Console(stderr=True))


class Display:
    """One line at the bottom of the terminal, and notes above it.

    Args:
        total_steps: Steps of the run.
        first_step: Steps finished before this session.
        console: Where it is shown.
    """

    def __init__(self, total_steps: int, first_step: int, console: Console) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        self._total = total_steps
        self._done_here = 0
        self._started = time.monotonic()
        fields = ("left", "rates", "best", "losses")
        self._bar = Progress(
            TextColumn("training"),
            BarColumn(),
            MofNCompleteColumn(),
            *(TextColumn(f"{{task.fields[{name}]}}") for name in fields),
            console=console,
        )
        # Begun where the run stands: what earlier sessions did says nothing about this one's pace.
        empty: dict[str, Any] = dict.fromkeys(fields, "")
        self._task = self._bar.add_task(
            "training", total=total_steps, completed=first_step, **empty
        )
        self._bar.start()

    def step(self, step: int) -> None:
        """A step is done."""
        self._done_here += 1
        # Over all of this session: validations take their time also in what is to come.
        pace = (time.monotonic() - self._started) / self._done_here
        left = timedelta(seconds=round(pace * (self._total - step)))
        self._bar.update(self._task, completed=step, left=f"{left} left")

    def losses(self, values: Mapping[str, float]) -> None:
        """Means and rates since the last call."""
        losses = "  ".join(f"{k} {v:.4g}" for k, v in values.items() if k.endswith("/loss"))
        rates = (
            f"{values['turns_per_second']:.3g} turns/s  "
            f"{values['documents_per_second']:.3g} documents/s"
        )
        self._bar.update(self._task, losses=losses, rates=rates)

    def best(self, measure: str, value: float, step: int) -> None:
        """The best model so far."""
        self._bar.update(self._task, best=f"best {measure} {value:.4g} at step {step}")

    def say(self, text: str) -> None:
        """A note that stays."""
        self._bar.console.print(text, markup=False, highlight=False)

    def close(self) -> None:
        """Leave the line as it is."""
        self._bar.stop()
