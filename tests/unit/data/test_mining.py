"""Mining finds the headline of the same event, and none that says what the document does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from summae.data.mining import mine
from summae.data.settings import MiningSettings

EASY = MiningSettings(minimum_coverage=0.5)


def found(documents: list[str], headlines: list[str], **options: object) -> dict[int, list[int]]:
    """Headlines of each document, best first."""
    pairs = mine(documents, headlines, **{"settings": EASY, **options})  # type: ignore[arg-type]
    matches: dict[int, list[int]] = {}
    for document, headline in zip(pairs.document.tolist(), pairs.headline.tolist(), strict=True):
        matches.setdefault(document, []).append(headline)
    return matches


# Ten filler texts, so that a bigram of one document is not one of more than a tenth of them.
FILLER = [
    f"第{n}号展厅{word}从明天起向公众免费开放"
    for n, word in zip("甲乙丙丁戊己庚辛壬癸", "陶瓷书画钱币玉石邮票", strict=True)
]


def test_each_document_meets_the_headline_of_its_event(news: tuple[str, ...]) -> None:
    headlines = [
        "主场球队3比1获胜",
        "冷空气来袭北方降温",
        "市图书馆新馆本周六开放",
        "今晚可看流星雨",
    ]
    assert found(list(news[:8]), headlines) == {1: [2], 4: [0], 5: [1], 7: [3]}


def test_best_score_comes_first() -> None:
    texts = ["青岚市今天迎来今年第一场大雪，多条公路封闭。", *FILLER]
    pairs = mine(texts, ["青岚市大雪公路封闭", "青岚市今天大雪", "公路封闭"], settings=EASY)
    assert len(pairs) >= 2
    assert (np.diff(pairs.score) <= 0).all()
    assert (pairs.document.dtype, pairs.score.dtype) == (np.int32, np.float32)


@pytest.mark.parametrize("headline", ["青岚市大雪气温降8度", "青岚市大雪Boeing航班取消"])
def test_number_or_name_that_the_document_lacks_is_no_match(headline: str) -> None:
    document = "青岚市今天大雪，气温降18度，部分航班取消。"
    assert found([document, *FILLER], [headline]) == {}


def test_headline_without_enough_support_is_no_match() -> None:
    document, headline = "青岚市今天大雪，公路封闭。", "青岚市大雪居民自发清扫街道"
    # 青岚市大雪 is five of thirteen characters.
    assert found([document, *FILLER], [headline], settings=replace(EASY, minimum_coverage=0.3)) == {
        0: [0]
    }
    assert (
        found([document, *FILLER], [headline], settings=replace(EASY, minimum_coverage=0.4)) == {}
    )


def test_only_the_beginning_of_a_document_is_searched() -> None:
    document = "青岚市今天大雪。" + "路" * 200 + "渡轮停航两天"
    assert found([document, *FILLER], ["渡轮停航两天", "青岚市今天大雪"]) == {0: [1]}


def test_report_of_the_same_days_is_preferred() -> None:
    # Two headlines of equal words; the days decide.
    document = "望川队昨晚在主场战胜青岚队，夺得冠军。"
    headlines = ["望川队主场夺得冠军", "望川队夺得冠军主场"]
    for near in (0, 1):
        days = np.array([5000, 5000])
        days[near] = 100
        matches = found(
            [document, *FILLER],
            headlines,
            document_days=np.array([101] + [-1] * len(FILLER)),
            headline_days=days,
        )
        assert matches[0][0] == near


def test_days_that_are_unknown_prefer_nothing() -> None:
    document, headlines = "望川队昨晚在主场战胜青岚队，夺得冠军。", ["望川队主场夺得冠军"]
    unknown = np.full(1 + len(FILLER), -1)
    with_days = mine(
        [document, *FILLER],
        headlines,
        document_days=unknown,
        headline_days=np.array([-1]),
        settings=EASY,
    )
    without = mine([document, *FILLER], headlines, settings=EASY)
    assert with_days.score.tolist() == without.score.tolist()


def test_both_limits_hold() -> None:
    documents = [f"青岚市今天大雪，公路封闭，{mark}" for mark in "甲乙丙"] + FILLER * 3
    headlines = ["青岚市大雪", "青岚市公路封闭", "今天大雪公路封闭"]
    settings = replace(EASY, per_document=2, per_headline=1)
    pairs = mine(documents, headlines, settings=settings)
    assert np.bincount(pairs.headline).max() == 1
    assert np.bincount(pairs.document).max() <= 2
    assert len(mine(documents, headlines, settings=replace(EASY, per_document=1))) == 3


def test_nothing_in_common_is_no_error() -> None:
    assert found(FILLER, ["渡轮停航两天"]) == {}


def test_progress_ends_at_the_number_of_documents() -> None:
    told: list[tuple[int, int]] = []
    mine(FILLER, ["免费开放"], settings=EASY, progress=lambda *now: told.append(now))
    assert told[-1] == (10, 10)


def test_nothing_is_mined_where_none_is_wanted(news: tuple[str, ...]) -> None:
    none = replace(EASY, per_document=0)
    assert len(mine(list(news), list(news), settings=none)) == 0
    assert len(mine(list(news), list(news), settings=EASY)) > 0


def test_of_two_headlines_with_equal_words_the_one_of_the_same_matter_comes_first() -> None:
    document = "青岚市今天迎来今年第一场大雪。多条公路封闭。"
    headlines = ["青岚市今天大雪", "青岚市大雪今天"]

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        # Of documents the first sentence is read, and nothing else of them.
        assert not any("公路" in text for text in texts)
        return np.array([[1.0, 0.0] if text != headlines[0] else [0.6, 0.8] for text in texts])

    words = mine([document, *FILLER], headlines, settings=EASY)
    both = mine([document, *FILLER], headlines, settings=EASY, encode=encode)
    assert found([document, *FILLER], headlines)[0] == [0, 1]
    assert found([document, *FILLER], headlines, encode=encode)[0] == [1, 0]
    of_first = {h: s for h, s in zip(words.headline.tolist(), words.score.tolist(), strict=True)}
    for headline, score in zip(both.headline.tolist(), both.score.tolist(), strict=True):
        cosine = 0.6 if headline == 0 else 1.0
        assert score == pytest.approx(of_first[headline] * cosine**2, rel=2e-3)


def test_headline_that_points_the_other_way_is_no_match() -> None:
    document, headline = "青岚市今天大雪，公路封闭。", "青岚市今天大雪"

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        return np.array([[-1.0] if text == headline else [1.0] for text in texts])

    assert found([document, *FILLER], [headline]) == {0: [0]}
    assert found([document, *FILLER], [headline], encode=encode) == {}
