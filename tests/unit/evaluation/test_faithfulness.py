"""Claims without support, and where they stand."""

from __future__ import annotations

import pytest

from summae.evaluation.faithfulness import proper_names, supported_share, unsupported_spans
from summae.text.facts import numbers


def test_support_is_a_share_of_all_facts_of_all_summaries() -> None:
    pairs = [("涨5%，12家", "12家"), ("3天", "3天后")]  # 5 is not there; 12 and 3 are
    assert supported_share(pairs, numbers) == pytest.approx(2 / 3)
    assert supported_share([("晴", "晴")], numbers) is None


def test_unsupported_numbers_and_latin_words_are_found_with_their_places() -> None:
    #  012345678
    # 共1,200家NASA: the document has 1200 with another comma, and no NASA.
    assert unsupported_spans("共1,200家NASA", "共有1200家") == [(7, 11)]
    assert unsupported_spans("涨3.5%", "涨5%") == [(1, 4)]


def test_names_of_people_and_places_are_found_in_either_script() -> None:
    pytest.importorskip("jieba")
    assert proper_names("李明在上海发言") == ("李明", "上海")
    assert unsupported_spans("李明在上海發言", "李明在杭州發言") == [(3, 5)]
    assert unsupported_spans("气温在上海下降", "上海氣溫下降") == []


def test_without_a_claim_there_is_nothing_to_support() -> None:
    assert unsupported_spans("", "今晚有雨") == []
