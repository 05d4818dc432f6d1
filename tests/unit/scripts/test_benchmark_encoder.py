"""The encoder's speed stands beside that of counted characters, and a promise is kept or not."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("sklearn")

import benchmark_encoder


def test_the_encoder_of_the_package_is_timed(tmp_path: Path) -> None:
    output = tmp_path / "speed.md"
    assert benchmark_encoder.main(["--repeats", "1", "--output", str(output)]) == 0
    text = output.read_text("utf-8")
    assert "| zh-sentences | " in text
    assert text.count("| 1.00 |") >= 1


def test_a_promise_that_is_not_kept_is_said() -> None:
    sentences = ["今晚有雨", "明天晴"]
    slow = {"ours": [4000.0, 4500.0, 4999.0], "counted": [9000.0]}
    text = benchmark_encoder.markdown(slow, sentences, "command")
    assert "| ours | 4,500 (4,000–4,999) | 0.50 |" in text
    assert "of 4 characters" in text
    assert text.endswith("5,000 short sentences a second: **not kept**.\n")
    fast = {"ours": [6000.0], "counted": [9000.0]}
    assert benchmark_encoder.markdown(fast, sentences, "command").endswith(": kept.\n")
