"""Where a claim joins what it copied."""

from __future__ import annotations

import pytest

from summae.text.fusions import ends_inside, fusion_points

SOURCE = "受冷空气影响，北方多地今晨降温3.5度，部分山区出现小雪。"


@pytest.mark.parametrize(
    ("claim", "points"),
    [
        ("北方多地今晨降温", []),
        ("北方降温", [2]),  # 北方|降温, both inside a clause
        ("北方多地降温，山区小雪", [4, 9]),  # 多地|降温 and 山区|小雪; at the comma is none
        ("北方多地今晨降温 山区出现小雪", []),
        ("受冷空气影响山区出现小雪", []),  # behind 影响 the source has a comma
        ("山区部分小雪", [4]),  # before 部分 the source has one, before 小雪 not
        ("南方降温", [1, 2]),  # 南 stands nowhere, and 方|降温
        ("降温3.5度", []),
        ("降温3.小雪", [4]),  # the point of a number is no mark
        ("", []),
        ("雨", []),
    ],
)
def test_pieces_that_meet_without_a_mark(claim: str, points: list[int]) -> None:
    assert fusion_points(claim, SOURCE) == points


def test_a_piece_is_as_long_as_any_place_of_the_source_allows() -> None:
    # 北方 first stands before 晴朗; the longer piece is found further on.
    assert fusion_points("北方多地降温", "北方晴朗，北方多地降温") == []


@pytest.mark.parametrize(
    ("text", "is_inside"),
    [
        ("北方多地今晨降", True),
        ("北方多地今晨降温3.5度", False),
        ("山区出现小雪", False),
        ("", False),
    ],
)
def test_a_line_that_stops_inside_a_clause(text: str, is_inside: bool) -> None:
    assert ends_inside(text, SOURCE) is is_inside
