"""What an encoder is worth is told beside what it would replace, with intervals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn")
pytest.importorskip("datasets")
arrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

import encoder_uses

pytestmark = pytest.mark.usefixtures("own_dataset_cache")


@pytest.fixture
def corpora(tmp_path: Path, news: tuple[str, ...]) -> Path:
    rows = [{"document": text * 9, "summary": text[:12], "set": "made up"} for text in news if text]
    for name in ("documents-train", "pairs-valid"):
        parquet.write_table(arrow.Table.from_pylist(rows), tmp_path / f"{name}.parquet")
    return tmp_path


def test_every_question_has_its_table(corpora: Path, tiny_encoder: Path) -> None:
    output = corpora / "uses.md"
    words = [str(corpora), "--encoder", str(tiny_encoder), "--rows", "8", "--output", str(output)]
    assert encoder_uses.main(words) == 0
    text = output.read_text("utf-8")
    assert "**Pieces of the document**" in text
    assert "| similarity, to the document | " in text
    assert "Candidates" not in text  # nobody named a model
    assert "| chosen by | 50 | 100 | 200 | 400 |" in text
    assert str(corpora.parent) not in text


def test_a_reward_that_knows_the_headline_has_rank_correlation_one() -> None:
    document, headline = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未" + "天地玄黄" * 20, "甲乙丙丁戊己"
    documents, headlines = [document] * 3, [headline] * 3

    def knows(texts: list[str], pieces: list[str]) -> list[float]:
        return [float(len(set(piece) & set(headline))) for piece in pieces]

    table, _ = encoder_uses.pieces_table({"knows": knows}, documents, headlines)  # type: ignore[dict-item]
    assert table.rows == [["knows", "1.000 [1.000, 1.000]", "3"]]


def test_what_is_read_holds_the_headline_or_not() -> None:
    # Six long sentences of nothing, and then the news; the other document is too short to choose.
    document = ("甲" * 80 + "。") * 6 + "今天青岚市举行了长跑比赛。"
    saliences = {
        "the last": lambda texts: np.arange(len(texts), dtype=float),
        "the first": lambda texts: -np.arange(len(texts), dtype=float),
    }
    table, told = encoder_uses.reading_table(
        saliences, [document, "今天青岚市举行了长跑比赛。"], ["青岚市长跑比赛"] * 2
    )
    assert "read of 1 documents" in told
    by_last, by_first = (row[1] for row in table.rows)
    assert by_last.startswith("0.833 ")  # of six bigrams 市长 alone is not in the news
    assert by_first.startswith("0.000 ")
