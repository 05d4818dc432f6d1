"""Where a claim joins what it copied."""

from __future__ import annotations

import pytest

from summae.text.copies import begins_inside, crossings, splices

SOURCE = "受冷空气影响，北方多地今晨降温3.5度，部分山区出现小雪。"


@pytest.mark.parametrize(
    ("claim", "count"),
    [
        ("北方多地今晨降温", 0),
        ("北方降温", 1),  # 北方|降温, both inside a clause
        ("北方多地降温，山区小雪", 2),  # 多地|降温 and 山区|小雪; at the comma is none
        ("北方多地今晨降温 山区出现小雪", 0),
        ("受冷空气影响山区出现小雪", 0),  # behind 影响 the source has a comma
        ("山区部分小雪", 1),  # before 部分 the source has one, before 小雪 not
        ("南方降温", 2),  # 南 stands nowhere, and 方|降温
        ("降温3.5度", 0),
        ("降温3.小雪", 1),  # the point of a number is no mark
        ("", 0),
        ("雨", 0),
    ],
)
def test_splices(claim: str, count: int) -> None:
    assert splices(claim, SOURCE) == count


def test_a_piece_is_as_long_as_any_place_of_the_source_allows() -> None:
    # 北方 first stands before 晴朗; the longer piece is found further on.
    assert splices("北方多地降温", "北方晴朗，北方多地降温") == 0


MEETING = "4日，总理李强在上海会见格鲁吉亚总理。李强说，习近平主席去年访问了格鲁吉亚。"


@pytest.mark.parametrize(
    ("claim", "count"),
    [
        ("李强会见格鲁吉亚总理", 0),  # words were left out
        ("习近平会见格鲁吉亚总理", 1),  # who met whom stands in another sentence
        ("上海李强", 1),  # the other way round
        ("习近平访问格鲁吉亚", 0),
        ("习近平 会见格鲁吉亚总理", 0),  # a space tells that something was left out
        ("拜登会见格鲁吉亚总理", 0),  # what the source lacks is told otherwise
        ("上海访问主席", 2),
        ("", 0),
    ],
)
def test_joints_that_no_sentence_bears_out(claim: str, count: int) -> None:
    assert crossings(claim, MEETING) == count


def test_any_sentence_may_bear_a_joint_out() -> None:
    assert crossings("北方多雨", "北方降温。今后几天，北方继续多雨。") == 0
    assert crossings("北方多雨", "南方多雨。北方降温。") == 1


@pytest.mark.parametrize(
    ("claim", "inside"),
    [
        ("方多地今晨降温", True),
        ("北方多地今晨降温", False),
        ("受冷空气影响", False),
        ("南方降温", False),  # what it begins with stands nowhere
        ("", False),
    ],
)
def test_what_begins_inside_a_clause(claim: str, inside: bool) -> None:
    assert begins_inside(claim, SOURCE) is inside
