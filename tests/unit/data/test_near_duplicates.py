"""Texts that share most of their strings are told from texts that share a few."""

from __future__ import annotations

import pytest

from summae.data.near_duplicates import GRAM, KnownStrings, fingerprints

TEXT = "今年首个台风预计将于周五夜间登陆东南沿海，气象部门提醒渔船尽快回港避风。"
OTHER = "研究人员在高原湖泊中发现一种新的水生植物，它的叶片在零下二十度仍然是绿色。"


def test_equal_strings_have_equal_numbers_and_others_have_others() -> None:
    numbers = fingerprints("甲乙丙丁戊己庚辛甲乙丙丁戊己庚辛")
    assert len(numbers) == 16 - GRAM + 1
    assert numbers[0] == numbers[8]
    assert len(set(numbers.tolist())) == 8
    assert fingerprints("甲乙丙丁戊己庚辛")[0] != fingerprints("乙甲丙丁戊己庚辛")[0]
    assert len(fingerprints("甲乙丙")) == 0


def test_share_is_that_of_the_text_which_is_known() -> None:
    known = KnownStrings([TEXT])
    assert known.share(TEXT) == 1
    assert known.share(OTHER) == 0
    assert known.share("短") == 0
    # Of the strings of both joined, seven cross the joint.
    ours, all_of_them = len(TEXT) - GRAM + 1, len(TEXT + OTHER) - GRAM + 1
    assert known.share(TEXT + OTHER) == pytest.approx(ours / all_of_them)


def test_where_nothing_is_known_nothing_is_shared() -> None:
    assert KnownStrings([]).share(TEXT) == 0
    assert KnownStrings(["短"]).share(TEXT) == 0
