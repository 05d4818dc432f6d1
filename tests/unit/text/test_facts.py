from __future__ import annotations

import pytest

from summae.text.facts import (
    facts_agree,
    foreign_characters,
    latin_names,
    misplaced_numbers,
    numbers,
    repetitions,
    unsupported,
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


@pytest.mark.parametrize(
    ("claim", "count"),
    [
        ("客流超2亿人次", 0),
        ("客流超13%", 1),  # 13 follows 长
        ("增长13%", 0),
        ("13%", 0),  # beginning and end fit everything
        ("客流 13%：第2", 1),  # a space does, too; 2 follows 超
        ("共3000", 0),
        ("共3,000人", 0),  # 3,000 and 3000 are one number, and spaces of the source do not count
        ("共3000只", 1),
        ("客流超7", 0),  # not misplaced, but unsupported
        ("", 0),
    ],
)
def test_numbers_between_other_characters_are_misplaced(claim: str, count: int) -> None:
    assert misplaced_numbers(claim, "客流超2亿人次，增长13%，共3,000 人。") == count
