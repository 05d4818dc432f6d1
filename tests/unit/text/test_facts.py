from __future__ import annotations

import pytest

from summae.text.facts import (
    facts_agree,
    foreign_characters,
    latin_names,
    numbers,
    repetitions,
    unsupported,
    unsupported_facts,
)


def test_full_width_digits_and_thousands_commas_are_the_same_number() -> None:
    assert numbers("４,４００人，3.5％") == ["4400", "3.5"] == numbers("4400人，3.5%")


def test_a_number_inside_a_longer_number_does_not_support_it() -> None:
    assert not facts_agree("气温降1度", "气温下降8到10度")
    assert not facts_agree("增长3%", "增长3.5%")


def test_latin_words_agree_whatever_their_case() -> None:
    assert latin_names("LG电子与C919") == ["lg", "c919"]
    assert facts_agree("c919首飞", "国产大飞机C919今天首飞")


def test_unsupported_counts_each_invention_once() -> None:
    # 35 and NASA stand nowhere in the source, 35 is claimed twice.
    assert unsupported("NASA称35人、35车", "航天局称53人") == 2


@pytest.mark.parametrize(
    ("text", "count"), [("", 0), ("降温", 0), ("降温降温", 1), ("啊啊啊啊", 2)]
)
def test_repetitions_counts_bigrams_that_came_before(text: str, count: int) -> None:
    # 降温降温 has the bigrams 降温, 温降, 降温: one came before. 啊啊啊啊 has 啊啊 three times.
    assert repetitions(text) == count


def test_characters_that_the_source_lacks_count_once_and_only_chinese_ones() -> None:
    assert foreign_characters("南方南方降雨8度", "北方降温") == 3  # 南, 雨, 度
    assert foreign_characters("北方C919，降温！", "北方降温") == 0
    assert foreign_characters("", "北方") == 0


REPORT = (
    "营收7.2亿元，净利润下降7.6%。预计超245.0-270.0亿元，融资逾140亿美元，首批4,400人，股价报39.5元。"
    "26日发布“十五五”规划，第3季收官。综艺《出发吧，少年！》增长了3.5%，气温下降8～10℃，最低气温-12℃。"
    "票价由一元调整为两元，Python3发布，一起看。"
)


@pytest.mark.parametrize(
    "claim",
    [
        "净利润下降7.6%",
        "融资逾140亿美元",
        "首批4400人",
        "股价报39.5元",
        "26日发布“十五五”规划",
        "增长3.5%",  # 了 is left out
        "气温下降8～10℃",
        "《出发吧，少年！》增长",
        "票价调整为两元",
        "PYTHON3发布",
        "统一发布",  # 一 alone is in too many words to be a number
    ],
)
def test_what_the_document_tells_is_supported(claim: str) -> None:
    assert unsupported_facts(claim, REPORT) == []


@pytest.mark.parametrize(
    ("claim", "fact"),
    [
        ("净利润下降7.2亿元", "7.2亿"),  # the number of something else
        ("预计超245.0%", "245.0%"),  # its unit is another
        ("融资逾140%", "140%"),
        ("股价报39.5", "39.5"),  # cut before its unit
        ("26%", "26%"),
        ("发布“六五”规划", "六五"),  # numerals in characters are numbers
        ("气温下降10℃", "10°c"),  # the end of a range
        ("最低气温12℃", "12°c"),  # without its sign
        ("140亿美元", "140亿"),  # without what it is over
        ("发布Java", "java"),
        ("《出发吧》", "《出发吧》"),
        ("出发吧收官", "《出发吧,少年!》"),  # half of a name
        ("票价三元", "三"),
    ],
)
def test_what_it_does_not_is_named(claim: str, fact: str) -> None:
    assert fact in unsupported_facts(claim, REPORT)


def test_two_numbers_of_one_value_each_keep_their_place() -> None:
    # 3 people and 3 %: each is told, but neither number may take the other's unit.
    document = "共3人受伤，损失上升3%。"
    assert unsupported_facts("共3人受伤", document) == []
    assert unsupported_facts("损失上升3人", document) == ["3"]
