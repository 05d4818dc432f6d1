"""The report checks what it claims."""

from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("torch")
pytest.importorskip("accelerate")

from benchmarking.measuring import Report
from benchmarking.report import markdown
from benchmarking.stopwatch import PARTS


def test_claims_are_checked_and_broken_ones_stand_out(
    reports: dict[str, Report],
) -> None:
    good = replace(
        reports["reinforced"],
        shares=dict.fromkeys(PARTS, 0.1) | {"sampling": 0.4},
    )
    text = markdown([good], "command")
    assert "Sampling takes 40% of a step of reinforced: less than half." in text
    bad = replace(good, shares=good.shares | {"sampling": 0.6})
    text = markdown([good, bad], "command")
    assert "Sampling takes 60% of a step of reinforced: **not less than half**." in text


def test_utilisation_is_work_over_the_peak(reports: dict[str, Report]) -> None:
    # 98.9 of 989 TFLOP/s; without a known peak there is no figure.
    report = replace(reports["mined"], flops_per_second=98.9e12, ceiling=197.8e12, peak=989e12)
    assert "| 98,900.0 | 50% | 10.0% |" in markdown([report], "command")
    assert "| 50% | – |" in markdown([replace(report, peak=None)], "command")


def test_memory_is_that_after_the_last_step(reports: dict[str, Report]) -> None:
    report = replace(reports["mined"], late_bytes=1_234_000_000, late_device_bytes=0)
    assert "| mined | 1234 | – |" in markdown([report], "command")
    assert "| mined | 1234 | 56 |" in markdown(
        [replace(report, late_device_bytes=56_000_000)], "command"
    )
