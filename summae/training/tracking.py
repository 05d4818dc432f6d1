"""What a run tells: lines of JSON for programs, curves for TensorBoard, a display for people."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from summae.training.display import open_display

logger = logging.getLogger(__name__)

_PAGE = """<!doctype html>
<html lang="zh">
<head><meta charset="utf-8"><title>{title}</title></head>
<body>
<h1>{title}</h1>
{content}
</body>
</html>
"""


class Tracker:
    """Log of one run; does nothing where `active` is false, as in all processes but the first.

    Args:
        directory: Receives `metrics.jsonl`, TensorBoard's events and `previews/`.
        total_steps: For the progress display.
        first_step: Steps finished before this session.
        active: Whether this process logs.
    """

    def __init__(
        self, directory: Path, total_steps: int, *, first_step: int = 0, active: bool = True
    ) -> None:
        self.active = active
        if not active:
            return
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._lines = (directory / "metrics.jsonl").open("a", encoding="utf-8")
        self._board = _tensorboard(directory)
        self._display = open_display(total_steps, first_step)

    def step(self, step: int) -> None:
        """A step is done."""
        if self.active and self._display is not None:
            self._display.step(step)

    def losses(self, step: int, values: Mapping[str, float]) -> None:
        """Record means and rates since the last call."""
        if not self.active:
            return
        self._record(step, values)
        if self._display is None:
            logger.info("step %d  %s", step, _shown(values))
        else:
            self._display.losses(values)

    def validation(self, step: int, measures: Mapping[str, float]) -> None:
        """Record the measures of a validation."""
        if self.active:
            self._record(step, {f"validation/{name}": value for name, value in measures.items()})
            self.message(f"validation after step {step}  {_shown(measures)}")

    def best(self, measure: str, value: float, step: int) -> None:
        """Show the best model so far."""
        if self.active and self._display is not None:
            self._display.best(measure, value, step)

    def alarm(self, step: int, name: str, text: str) -> None:
        """Record that an alarm rang, or what was done about it."""
        if not self.active:
            return
        self._line(step, {"alarm": name, "message": text})
        if self._board is not None:
            self._board.add_text("alarm", text, step)
        if self._display is None:
            logger.warning("step %d  %s", step, text)
        else:
            self._display.say(f"step {step}  {text}")

    def preview(self, step: int, content: str) -> None:
        """Write a page of examples.

        Args:
            step: After which the examples were made.
            content: HTML fragment.
        """
        if not self.active:
            return
        folder = self._directory / "previews"
        folder.mkdir(exist_ok=True)
        page = _PAGE.format(title=escape(f"After step {step}"), content=content)
        (folder / f"step-{step:06d}.html").write_text(page, encoding="utf-8")

    def message(self, text: str) -> None:
        """Tell people something."""
        if not self.active:
            return
        if self._display is None:
            logger.info("%s", text)
        else:
            self._display.say(text)

    def close(self) -> None:
        """Finish the display and the files."""
        if not self.active:
            return
        if self._display is not None:
            self._display.close()
        if self._board is not None:
            self._board.close()
        self._lines.close()

    def _record(self, step: int, values: Mapping[str, float]) -> None:
        self._line(step, {name: float(value) for name, value in values.items()})
        if self._board is not None:
            for name, value in values.items():
                self._board.add_scalar(name, value, step)

    def _line(self, step: int, values: Mapping[str, object]) -> None:
        row = {"step": step, "time": round(time.time(), 1), **values}
        self._lines.write(json.dumps(row, ensure_ascii=False) + "\n")
        self._lines.flush()


def _shown(values: Mapping[str, float]) -> str:
    return "  ".join(f"{name} {value:.4g}" for name, value in values.items())


def _tensorboard(directory: Path) -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        return None
    return SummaryWriter(str(directory / "tensorboard"))
