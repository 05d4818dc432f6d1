"""What a row becomes before it is learned from."""

from __future__ import annotations

from datetime import date, datetime, timezone

import pytest

from summae.data.transforms import day_number, is_headline, model_headline, model_text


def test_document_loses_its_dateline_and_becomes_simplified() -> None:
    text = "（中央社記者王小明台北28日電）颱風今晚將在東部登陸，\n氣象單位提醒民眾避免前往海邊。"
    assert model_text(text) == "台风今晚将在东部登陆， 气象单位提醒民众避免前往海边。"


@pytest.mark.parametrize(
    ("written", "learned"),
    [
        ("美麗中國：體驗多彩民俗（圖）", "美丽中国：体验多彩民俗"),
        ("【快讯】青岚市今夜有雨", "青岚市今夜有雨"),
        ("大熊貓「圓圓」三個月大", "大熊猫“圆圆”三个月大"),
        ("渡轮停航两天｜交通周刊", "渡轮停航两天"),
        ("渡轮停航\n两天", "渡轮停航 两天"),
        ("（视频）渡轮停航两天", "渡轮停航两天"),
        ("渡轮停航两天 - 天气网", "渡轮停航两天"),
        ("北京 - 上海高铁提速", "北京 - 上海高铁提速"),
    ],
)
def test_headline_is_written_without_notes(written: str, learned: str) -> None:
    assert model_headline(written) == learned


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("今夜有小雨", False),  # five characters
        ("今夜有小雨雪", True),
        ("雨" * 40, True),
        ("雨" * 41, False),
        ("CBA 2026", False),
        ("NBA今夜开赛", True),  # four of seven are Chinese
        ("NBAs今夜开", False),  # three of seven
    ],
)
def test_headline_has_the_length_and_the_characters_of_one(text: str, is_one: bool) -> None:
    assert is_headline(text) is is_one


@pytest.mark.parametrize(
    "text",
    [
        *("2021-03-11", "20210311", "2021/3/11", "2021年3月11日", "2021-03-11T08:00:00Z"),
        *("２０２１年３月１１日", "20210311103000", "Thu, 11 Mar 2021 10:30:00 GMT"),
    ],
)
def test_dates_are_read_as_they_are_written(text: str) -> None:
    assert day_number(text) == date(2021, 3, 11).toordinal()


def test_date_objects_are_read_too() -> None:
    assert day_number(datetime(2021, 3, 11, tzinfo=timezone.utc)) == day_number("2021-03-11")


@pytest.mark.parametrize(
    "text", [None, "", "昨天", "2021-13-40", "3月11日", "1612345678", 1615420800]
)
def test_what_is_no_date_is_unknown(text: object) -> None:
    assert day_number(text) == -1
