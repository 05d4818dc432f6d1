"""The table of estimators: unbiased ones are, relaxed ones are not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("torch")

import estimator_table


def test_the_table_tells_bias_from_noise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimator_table, "OUTPUT", tmp_path / "estimators.md")
    monkeypatch.setattr("sys.argv", ["estimator_table.py", "--games", "1", "--summaries", "6400"])
    estimator_table.main()
    text = (tmp_path / "estimators.md").read_text("utf-8")
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| ")]
    bias = {
        row[0].strip("| "): [float(number) for number in re.findall(r"\d+\.\d+", row[1])]
        for row in rows
        if len(row) > 3 and re.search(r"\d", row[1])
    }
    unbiased = {name: row for name, row in bias.items() if name.startswith("REINFORCE")}
    normalised = unbiased.pop("REINFORCE, moving average, normalised in batches of 64")
    assert len(unbiased) >= 5
    for name, (found, expected) in unbiased.items():
        assert found < 2 * expected, name
    # Normalising changes the length; soft words point elsewhere; and heat is bias.
    assert normalised[0] > 1
    assert bias["Soft words"][0] > 0.5
    assert bias["Gumbel-softmax, temperature 2"][0] > bias["Gumbel-softmax, temperature 0.1"][0]
