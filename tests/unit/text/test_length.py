from __future__ import annotations

import random

import pytest

from summae.text.length import Length, trim


def test_characters_are_wanted_whatever_the_document() -> None:
    assert Length.characters(20).resolve(1000) == 20
    assert Length.characters(20).resolve(3) == 20


@pytest.mark.parametrize(
    ("share", "document_characters", "characters"),
    [
        (0.2, 100, 20),  # 0.2 * 100 = 20
        (0.2, 13, 3),  # 0.2 * 13 = 2.6
        (0.2, 2, 1),  # 0.2 * 2 = 0.4, but a summary has at least one character
        (1.0, 7, 7),
        (0.5, 0, 1),
    ],
)
def test_ratio_is_a_share_of_the_document(
    share: float, document_characters: int, characters: int
) -> None:
    assert Length.ratio(share).resolve(document_characters) == characters


@pytest.mark.parametrize("count", [0, -1, 2.5, True])
def test_length_that_is_no_count_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match=r"at least 1, got .*Length\.ratio"):
        Length.characters(count)


@pytest.mark.parametrize("share", [0, -0.1, 1.01, 20, float("nan"), "0.1", True, None])
def test_length_that_is_no_share_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match=r"in \(0, 1\], got .*Length\.characters"):
        Length.ratio(share)


def test_length_of_another_unit_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'characters' or as a 'share', got 'chars'"):
        Length(0.1, "chars")  # type: ignore[arg-type]


def test_length_that_goes_round_the_constructors_is_checked_too() -> None:
    with pytest.raises(ValueError, match="whole number of at least 1, got 0.1"):
        Length(0.1, "characters")


def test_document_of_negative_length_is_refused() -> None:
    with pytest.raises(ValueError, match="got -1"):
        Length.ratio(0.5).resolve(-1)


def test_summary_that_fits_is_left_alone() -> None:
    assert trim("今晚有雨，", 5) == ("今晚有雨，", False)
    assert trim("", 5) == ("", False)


@pytest.mark.parametrize(
    ("summary", "max_characters", "trimmed"),
    [
        # Clauses of 6, 4 and 4 characters: the first two take 6 + 1 + 4 = 11 without their comma.
        ("台风今晚登陆，沿海停航，学校停课", 15, "台风今晚登陆，沿海停航"),
        ("台风今晚登陆，沿海停航，学校停课", 11, "台风今晚登陆，沿海停航"),
        ("台风今晚登陆，沿海停航，学校停课", 10, "台风今晚登陆"),
        ("雨停了。风也停了", 5, "雨停了。"),
        ("雨停了。风也停了", 3, "雨停了"),
        ("雨停了 风也停了", 5, "雨停了"),
        ("气温：3.5℃；风力：3级", 9, "气温：3.5℃"),
    ],
)
def test_cut_falls_behind_the_last_clause_that_fits(
    summary: str, max_characters: int, trimmed: str
) -> None:
    assert trim(summary, max_characters) == (trimmed, True)


def test_clause_shorter_than_half_the_limit_is_too_little() -> None:
    # 快讯 keeps 2 of 5, which is less than 2.5; of 4 it is just half.
    assert trim("快讯：台风今晚登陆", 5) == ("快讯：台风", True)
    assert trim("快讯：台风今晚登陆", 4) == ("快讯", True)


@pytest.mark.parametrize(
    ("summary", "max_characters", "trimmed"),
    [
        ("新款iPhone手机发布", 6, "新款"),
        ("销量达3.5亿元以上", 5, "销量达"),  # neither 3.5 nor 3. would be true
        ("气温降30%以上", 5, "气温降"),
        ("比赛10:30开始", 5, "比赛"),
        ("在New York举行", 8, "在New"),
        ("iPhone15发布", 3, "iPh"),  # in front of the word nothing would be left
    ],
)
def test_latin_words_and_numbers_are_not_cut(
    summary: str, max_characters: int, trimmed: str
) -> None:
    assert trim(summary, max_characters) == (trimmed, True)


@pytest.mark.parametrize(
    ("summary", "max_characters", "trimmed"),
    [
        ("“今天下雨，明天晴”", 8, "今天下雨"),
        ("气象台说：“雨停了”", 6, "气象台说"),
        ("球队今晚（客场）获胜", 6, "球队今晚"),  # the remark goes: 4 of 6 are left
        ("球队（客场）今晚获胜", 5, "球队客场"),  # 2 of 5 would be too little
        ("“雨停”了又下起来", 5, "“雨停”了"),
        ("看《球王》和《雨天》吧", 8, "看《球王》和"),
    ],
)
def test_no_quote_or_bracket_stays_open(summary: str, max_characters: int, trimmed: str) -> None:
    assert trim(summary, max_characters) == (trimmed, True)


def test_characters_beyond_the_basic_plane_count_as_one() -> None:
    assert trim("\U00020000\U00020000雨", 2) == ("\U00020000\U00020000", True)


def test_limit_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1, got 0"):
        trim("雨", 0)


def test_any_summary_fits_afterwards_and_is_not_empty() -> None:
    rng = random.Random(0)
    for _ in range(5000):
        summary = "".join(rng.choices("雨风，。；“”（）《》 aB1.:%亿", k=rng.randint(1, 16)))
        max_characters = rng.randint(1, 16)
        trimmed, is_trimmed = trim(summary, max_characters)
        assert 1 <= len(trimmed) <= max_characters
        assert is_trimmed == (len(summary) > max_characters) == (trimmed != summary)
