"""What is written, and what is shown to whom."""

from __future__ import annotations

import io
import json
import logging
from pathlib import Path

import pytest

from summae.training.display import Display, open_display
from summae.training.tracking import Tracker

RATES = {"turns_per_second": 2.0, "documents_per_second": 64.0}


def rows(folder: Path) -> list[dict[str, object]]:
    lines = (folder / "metrics.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_each_event_is_a_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "summae")
    tracker = Tracker(tmp_path, 10)
    tracker.losses(2, {"writer/loss": 1.5, **RATES})
    tracker.validation(2, {"rouge_l": 0.25})
    tracker.alarm(2, "lead copying", "lead copying: 摘要照抄开头")
    tracker.close()
    first, second, third = rows(tmp_path)
    assert first.items() >= {"step": 2, "writer/loss": 1.5, "documents_per_second": 64.0}.items()
    assert second["validation/rouge_l"] == 0.25
    assert (third["alarm"], third["message"]) == ("lead copying", "lead copying: 摘要照抄开头")
    assert [record.levelname for record in caplog.records] == ["INFO", "INFO", "WARNING"]


def test_examples_become_a_page(tmp_path: Path) -> None:
    tracker = Tracker(tmp_path, 10)
    tracker.preview(500, "<p>今晚有雨</p>")
    tracker.close()
    page = (tmp_path / "previews" / "step-000500.html").read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert "<p>今晚有雨</p>" in page
    assert "<title>After step 500</title>" in page
    assert 'charset="utf-8"' in page


def test_other_processes_write_nothing(tmp_path: Path) -> None:
    tracker = Tracker(tmp_path / "log", 10, active=False)
    tracker.step(1)
    tracker.losses(1, RATES)
    tracker.validation(1, {})
    tracker.alarm(1, "a", "b")
    tracker.preview(1, "")
    tracker.best("rouge_l", 0.1, 1)
    tracker.message("c")
    tracker.close()
    assert not (tmp_path / "log").exists()


def test_nothing_is_displayed_where_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", io.StringIO())
    assert open_display(10, 0) is None


def test_the_display_tells_rates_best_and_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    # Begun after step 40: ten steps in 20 seconds, so the other 50 will take 100.
    console = pytest.importorskip("rich.console")
    now = 1000.0
    monkeypatch.setattr("summae.training.display.time.monotonic", lambda: now)
    out = io.StringIO()
    display = Display(100, 40, console.Console(file=out, force_terminal=True, width=200))
    for step in range(41, 51):
        now += 2
        display.step(step)
    display.losses({"writer/loss": 1.23456, "writer/gradient": 9.0, **RATES})
    display.best("rouge_l", 0.334, 45)
    display.say("alarm [1]")
    display.close()
    shown = out.getvalue()
    line = shown[shown.rindex("50/100") :]
    for text in (
        "0:01:40 left",
        "2 turns/s",
        "64 documents/s",
        "best rouge_l 0.334 at step 45",
        "writer/loss 1.235",
    ):
        assert text in line
    assert "gradient" not in line
    assert "alarm [1]" in shown
