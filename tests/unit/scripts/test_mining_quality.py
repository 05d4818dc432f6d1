"""The table of mining on made-up events, each reported twice."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn")
pytest.importorskip("ctranslate2")
arrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

import mining_quality
from summae.data.mining import MinedPairs

EVENTS = 60


@pytest.fixture
def pairs(tmp_path: Path, news: tuple[str, ...]) -> Path:
    """Of each event two documents, one after the other, with nearly the same words and headlines."""
    draw = random.Random(0)
    characters = sorted({one for text in news for one in text if one.isalpha()})
    rows = []
    for number in range(EVENTS):
        words = ["".join(draw.choices(characters, k=3)) for _ in range(12)]
        for first, last in ((0, 4), (1, 5)):
            rows.append(
                {
                    "document": "".join(words) + "。",
                    "summary": "".join(words[first:last]),
                    "date": f"2024-{1 + number // 28:02d}-{1 + number % 28:02d}",
                }
            )
    parquet.write_table(arrow.Table.from_pylist(rows), tmp_path / "pairs.parquet")
    return tmp_path / "pairs.parquet"


def test_variants_stand_in_one_table(
    pairs: Path, tiny_runtime: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(mining_quality, "OUTPUT", tmp_path / "mining.md")
    words = [str(pairs), "--encoder", "zh-sentences", "--model", str(tiny_runtime)]
    monkeypatch.setattr("sys.argv", ["mining_quality.py", *words])
    mining_quality.main()
    text = (tmp_path / "mining.md").read_text("utf-8")
    assert f"{EVENTS} documents look for one headline each among {EVENTS} of other texts" in text
    cells = {
        line.split(" | ")[0].strip("| "): line.split(" | ")[1:]
        for line in text.splitlines()
        if line.startswith("| ") and not line.startswith("| variant")
    }
    assert list(cells) == [
        "by words and encoder",
        *mining_quality.VARIANTS,
        "… and margins",
        "… and the model's summaries",
        "summaries searched for documents",
        "lead-20 of the documents by words",
    ]
    # Three words of four, each of three characters, are those of the other report.
    assert float(cells["by words"][-1].split(" / ")[0]) == pytest.approx(75, abs=5)
    assert "arXiv 1811.01136" in text
    assert text.endswith("with the summary as what is searched.\n")


def test_first_of_each_is_the_best_by_the_new_scores() -> None:
    mined = MinedPairs(
        np.array([0, 1, 0, 1], np.int32),
        np.array([5, 6, 7, 8], np.int32),
        np.array([4, 3, 2, 1], np.float32),
    )
    first = mining_quality._first_of_each(mined, np.array([1.0, 2.0, 3.0, 4.0]))
    assert first.document.tolist() == [1, 0]
    assert first.headline.tolist() == [8, 7]
