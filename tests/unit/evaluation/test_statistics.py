"""Measures beside ROUGE, each on a text short enough to count by hand."""

from __future__ import annotations

import pytest

from summae.evaluation.statistics import (
    lead_copy_share,
    measure,
    novel_bigram_share,
    novel_share,
    repetition_share,
)


def test_lead_copy_is_the_share_of_the_common_prefix() -> None:
    assert lead_copy_share("北京大雨", "北京今日大雨") == 2 / 4  # 北京 of 北京大雨
    assert lead_copy_share("", "北京") == 0.0


def test_novel_bigrams_are_those_the_document_lacks() -> None:
    # 北京, 京大, 大雨: only 京大 is not in the document.
    assert novel_bigram_share("北京大雨", "北京今日大雨") == pytest.approx(1 / 3)
    assert novel_bigram_share("雨", "晴") == 0.0


def test_repetition_counts_bigrams_seen_before() -> None:
    # 降温, 温降, 降温, 温降, 降温: five bigrams, two of them different.
    assert repetition_share("降温降温降温") == 3 / 5
    assert repetition_share("降温") == 0.0


def test_a_lead_is_all_copied_and_nothing_new() -> None:
    found = measure(["台风登陆，"], ["台风登陆沿海，明日减弱"])
    assert (found.lead_copy_rate, found.novel_bigrams) == (1.0, 0.0)


def test_lengths_count_code_points_with_punctuation() -> None:
    found = measure(["晴，风小", "雨"], ["一二三四五六七八", "一二三四"])
    assert found.mean_length == (4 + 1) / 2
    assert found.compression == (4 / 8 + 1 / 4) / 2


def test_numbers_are_supported_only_as_a_whole() -> None:
    # 12 is in the document; 5 is not, although 3.5 contains it; 1,200 and 1200 are one number.
    found = measure(["涨5%，12家，1200人"], ["涨3.5%，共12家，１,200人参加"])
    assert found.supported_numbers == pytest.approx(2 / 3)


def test_latin_words_are_compared_without_case_and_as_a_whole() -> None:
    found = measure(["NASA发射Mars号"], ["nasa宣布发射marsquake号"])
    assert found.supported_names == 1 / 2


def test_what_does_not_occur_is_not_counted() -> None:
    found = measure(["晴"], ["晴天"])
    assert found.supported_numbers is None
    assert found.supported_names is None


def test_empty_summaries_are_counted() -> None:
    assert measure(["", "！", "晴"], ["晴", "晴", "晴"]).empty == 2


def test_unequal_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="2 summaries and 1 documents"):
        measure(["晴", "雨"], ["晴"])


def test_novel_runs_are_counted_by_their_length() -> None:
    # 北京大雨 against 北京今日大雨: all 4 tokens known; 京大 new; 北京大 and 京大雨 new.
    found = [novel_share("北京大雨", "北京今日大雨", size) for size in (1, 2, 3)]
    assert found == [0, pytest.approx(1 / 3), 1]


def test_copies_are_measured_from_the_start_and_from_anywhere() -> None:
    found = measure(["台风来，沿海停航"], ["台风登陆，沿海停航"])
    assert found.copied_prefix == 2.0  # 台风
    assert found.longest_copy == 4 / 7  # 沿海停航 of seven tokens


def test_names_are_supported_if_the_document_has_them() -> None:
    pytest.importorskip("jieba")
    found = measure(["李明在上海发言", "李明在上海发言"], ["李明昨日到上海", "李明昨日到杭州"])
    assert found.supported_proper_names == 3 / 4
    assert measure(["李明"], ["李明"], names=False).supported_proper_names is None


def test_foreign_characters_and_stumps_are_counted_by_summary() -> None:
    documents = ["台风今晚登陆，沿海停航", "台风今晚登陆，沿海停航", "台风今晚登陆，沿海停航"]
    # The second stops before 陆, and of the third 雨 and 雪 stand nowhere.
    found = measure(["台风今晚登陆", "台风今晚登", "今晚雨雪"], documents)
    assert (found.foreign, found.stumps) == (1 / 3, 1 / 3)


def test_a_length_is_met_within_two_characters() -> None:
    found = measure(["一" * count for count in (7, 8, 9, 10, 12, 13)], wanted_length=10)
    assert (found.exact_length, found.near_length) == (1 / 6, 4 / 6)


def test_without_documents_only_the_summaries_are_measured() -> None:
    found = measure(["降温降温", "晴"], wanted_length=4)
    assert (found.compression, found.novel_bigrams, found.supported_numbers) == (None, None, None)
    assert (found.foreign, found.stumps, found.near_length) == (None, None, 1 / 2)
    assert found.repetition == pytest.approx((1 / 3 + 0) / 2)
    assert found.repeating == 0.5
    assert found.exact_length == 1 / 2
