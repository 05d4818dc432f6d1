"""Baselines: lengths that agree exactly, and sentences that survive sumy."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from summae.evaluation import baselines
from summae.evaluation.baselines import (
    RANKINGS,
    CentralSentences,
    Ranking,
    cut_to_mean,
    lead,
    random_span,
)
from summae.text.script import to_simplified
from summae.text.sentences import split_sentences

NEWS = (
    "图书馆本周六开放。强冷空气昨夜影响北京。"
    "强冷空气将影响南方，降温明显。南方降温明显，市民注意保暖。球队赢得决赛。"
)
TRADITIONAL_NEWS = (
    "圖書館本週六開放。強冷空氣昨夜影響北京。"
    "強冷空氣將影響南方，降溫明顯。南方降溫明顯，市民注意保暖。球隊贏得決賽。"
)


def lengths(texts: list[str]) -> list[int]:
    return [len(text) for text in texts]


def test_lead_is_the_beginning() -> None:
    assert lead(["台风登陆沿海", "晴"], 4) == ["台风登陆", "晴"]


def test_a_whole_mean_cuts_all_at_one_place() -> None:
    assert cut_to_mean(["一二三四五", "六七八九十"], 3) == ["一二三", "六七八"]


def test_a_broken_mean_is_met_by_longer_cuts_spread_evenly() -> None:
    # Mean 2.5 of four texts is 10 characters: two of 2 and two of 3, alternating.
    assert lengths(cut_to_mean(["一二三四五"] * 4, 2.5)) == [3, 2, 3, 2]


def test_longer_texts_make_up_for_one_that_is_too_short() -> None:
    # 12 characters: one text has only 1, the other two share 11.
    found = lengths(cut_to_mean(["一", "一" * 9, "一" * 9], 4))
    assert found[0] == 1
    assert sorted(found[1:]) == [5, 6]


def test_a_mean_beyond_all_texts_leaves_them_whole() -> None:
    assert cut_to_mean(["晴天", "雨"], 50) == ["晴天", "雨"]


@pytest.mark.parametrize("mean", [0, 1.3, 7.77, 19.996])
def test_the_mean_is_met_to_half_a_character_of_the_total(mean: float) -> None:
    texts = ["字" * (5 + 7 * place % 40) for place in range(200)]
    total = sum(lengths(cut_to_mean(texts, mean)))
    assert abs(total - mean * 200) <= 0.5


def test_a_negative_mean_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        cut_to_mean(["晴"], -1)


def test_a_random_span_is_a_piece_of_the_document_as_long_as_its_lead() -> None:
    texts = ["一二三四五六七八九", "甲乙", ""]
    spans = random_span(texts, 2.0, seed=3)
    assert all(span in text for span, text in zip(spans, texts, strict=True))
    assert lengths(spans) == lengths(cut_to_mean(texts, 2.0))
    assert spans == random_span(texts, 2.0, seed=3)


def test_a_document_has_its_random_span_wherever_it_stands() -> None:
    texts = ["一二三四五六七八九", "甲乙丙丁戊己庚辛壬"]
    assert random_span(texts[::-1], 3.0) == random_span(texts, 3.0)[::-1]


def test_random_spans_start_anywhere_that_leaves_room() -> None:
    spans = random_span([f"一二三四{place}" for place in range(10)] * 20, 2.0, seed=1)
    assert len({span[0] for span in spans}) == 4
    spans = [random_span(["一二三四"], 2.0, seed=seed)[0] for seed in range(50)]
    assert set(spans) == {"一二", "二三", "三四"}


@pytest.mark.parametrize("ranking", ["textrank", "lexrank"])
def test_the_sentence_that_shares_words_with_two_others_comes_first(ranking: Ranking) -> None:
    pytest.importorskip("sumy")
    pytest.importorskip("jieba")
    assert CentralSentences(ranking)(NEWS).startswith("强冷空气将影响南方，降温明显。")


def test_lsa_orders_alike_in_every_process() -> None:
    # Sumy numbers the words in the order of a set of strings, which the hash seed decides.
    pytest.importorskip("sumy")
    code = (
        "from summae.evaluation import baselines\n"
        "from summae.text.segment import CharacterSegmenter\n"
        "baselines.JiebaSegmenter = CharacterSegmenter\n"  # no second to load a dictionary
        f"print(ascii(baselines.CentralSentences('lsa')({NEWS * 3!r})))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


@pytest.mark.parametrize("ranking", RANKINGS)
class TestCentralSentences:
    """What holds for all rankings."""

    @pytest.fixture
    def central(self, ranking: Ranking) -> CentralSentences:
        pytest.importorskip("sumy")
        pytest.importorskip("jieba")
        return CentralSentences(ranking)

    def test_no_sentence_is_lost(self, central: CentralSentences) -> None:
        assert sorted(central(NEWS)) == sorted(NEWS)

    def test_a_book_is_ranked_by_its_first_sentences(
        self, central: CentralSentences, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # The matrix of sixty thousand sentences would not fit into memory.
        monkeypatch.setattr(baselines, "_MOST_SENTENCES", 3)
        assert sorted(central.ranked(NEWS)) == sorted(split_sentences(NEWS)[:3])

    def test_traditional_text_is_ranked_like_simplified(self, central: CentralSentences) -> None:
        assert to_simplified(central(TRADITIONAL_NEWS)) == central(NEWS)

    @pytest.mark.parametrize("document", ["", "。！", "晴", "晴。雨。", "今天晴。明天雨。"])
    def test_documents_with_nothing_to_compare_come_back_in_order(
        self, central: CentralSentences, document: str
    ) -> None:
        words = document if any(map(str.isalnum, document)) else ""
        assert central(document) == words
