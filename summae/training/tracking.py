"""What a run tells: lines of JSON for programs, curves for TensorBoard, a progress bar for people."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)


class Tracker:
    """Log of one run; does nothing where `active` is false, as in all processes but the first.

    Args:
        directory: Receives `metrics.jsonl` and TensorBoard's events.
        total_steps: For the progress display.
        active: Whether this process logs.
    """

    def __init__(self, directory: Path, total_steps: int, *, active: bool = True) -> None:
        self.active = active
        if not active:
            return
        directory.mkdir(parents=True, exist_ok=True)
        self._lines = (directory / "metrics.jsonl").open("a", encoding="utf-8")
        self._board = _tensorboard(directory)
        self._bar = _progress_bar(total_steps)

    def log(self, step: int, values: Mapping[str, float]) -> None:
        """Record measures of a step."""
        if not self.active:
            return
        row = {
            "step": step,
            "time": round(time.time(), 1),
            **{k: float(v) for k, v in values.items()},
        }
        self._lines.write(json.dumps(row) + "\n")
        self._lines.flush()
        if self._board is not None:
            for name, value in values.items():
                self._board.add_scalar(name, value, step)
        shown = "  ".join(f"{name} {value:.4g}" for name, value in values.items())
        if self._bar is None:
            logger.info("step %d  %s", step, shown)
        else:
            self._bar.update(self._bar.task_ids[0], completed=step, shown=shown)

    def message(self, text: str) -> None:
        """Tell people something that is no number."""
        if self.active:
            logger.info("%s", text)

    def close(self) -> None:
        """Finish the display and the files."""
        if not self.active:
            return
        if self._bar is not None:
            self._bar.stop()
        if self._board is not None:
            self._board.close()
        self._lines.close()


def _progress_bar(total_steps: int) -> Any:
    """A bar on stderr when a person is looking and rich is installed."""
    if not sys.stderr.isatty():
        return None
    try:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )
    except ImportError:
        return None
    bar = Progress(
        TextColumn("training"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[shown]}"),
        console=Console(stderr=True),
    )
    bar.add_task("training", total=total_steps, shown="")
    bar.start()
    return bar


def _tensorboard(directory: Path) -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        return None
    return SummaryWriter(str(directory / "tensorboard"))
