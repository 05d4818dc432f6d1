from __future__ import annotations

import random
import time

import pytest

from summae.text.sentences import Sentence, sentence_spans, split_sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["今天下雨。", "明天晴！", "后天呢？", "看情况；", "再说吧…", "好"],
        ["真的吗？！", "太好了……", "走吧。"],
        ["“市场早有准备。”", "分析师说"],
        ["（比赛推迟。）", "【雪停了！】", "「好。」", "『好。』", "‘好。’", "走"],
        ["他说：“好！”。", "她走了"],
        ['他说"走吧。"', "大家就走了。"],
        ["第一行\n", "第二行\n\n", "第三行"],
        ["雨停了。 ", "风也停了。\n", "天晴了"],
        ["真的?", "是!", "好!!!", "走"],
        ["雨停了;", "风也停了"],
        ["雨停了. ", "风也停了."],
        ["雨\U00020000停了。", "好\U0001f600。"],
    ],
)
def test_sentences_end_with_their_enders_and_closing_marks(sentences: list[str]) -> None:
    assert split_sentences("".join(sentences)) == sentences


@pytest.mark.parametrize(
    "text",
    [
        "“真的吗？”，他问",
        "他问“真的吗？”：没人回答",
        "“加油！”的喊声响起",
        '"真的吗？"，他问',
        "电影《快跑！》今天上映",
        "气温升高3.14度",
        "版本v1.2.3今天发布",
        "见http://example.com/a.b?q=1&c!d;e看看",
        "写信给li.ming@example.com吧",
        "演员乔治.布什来了",
        "作者J.K.罗琳来了",
        "Node.js升级",
        "U.S. team wins",
        "U.S. Open begins",
        "Mr. Li runs",
        "No. 5 runs",
        "Temperatures rise by approx. 5 degrees",
        "Yahoo! is slow",
        "Wait... what",
        "rain; snow",
        "1. 今天的天气",
        "12. Weather today",
    ],
)
def test_what_looks_like_an_end_inside_a_sentence_is_none(text: str) -> None:
    assert split_sentences(text) == [text]


@pytest.mark.parametrize(
    "sentences",
    [
        ["It rained. ", "We stayed."],
        ["It rained.", "我们没走。", "We stayed."],
        ["“It rained.” ", "We stayed."],
        ['"It rained." ', "We stayed."],
        ['"Stop!" he said. ', "We left."],
        ["He said 'Stop!' ", "We left. ", "(It rained.) ", "We stayed."],
        ["It fell by 5. ", "We won."],
        ["Then... ", "We go."],
        ["Is it v1.2? ", "Yes."],
    ],
)
def test_english_sentences_inside_are_split(sentences: list[str]) -> None:
    assert split_sentences("".join(sentences)) == sentences


def test_straight_quote_behind_a_sentence_may_open_the_next() -> None:
    assert split_sentences('雨停了。"走吧。"') == ["雨停了。", '"走吧。"']


def test_straight_quote_that_is_never_closed_ends_with_its_line() -> None:
    assert split_sentences('他说"走吧\n雨停了。"好。"') == ['他说"走吧\n', "雨停了。", '"好。"']


def test_white_space_in_front_belongs_to_the_first_sentence() -> None:
    assert split_sentences("\n\n 雨停了。\n") == ["\n\n 雨停了。\n"]


def test_spans_tell_where_sentences_stand() -> None:
    assert sentence_spans("雨停了。走吧") == [Sentence("雨停了。", 0, 4), Sentence("走吧", 4, 6)]


def test_empty_text_has_no_sentence_and_blank_text_is_kept() -> None:
    assert split_sentences("") == []
    assert split_sentences(" \n ") == [" \n "]


def test_any_text_is_split_without_loss() -> None:
    rng = random.Random(0)
    alphabet = "雨风Aa1.。！？；…!?;\n\r ，、：的“”‘’「」（）()《》\"'\U00020000\ud800\x00"
    for _ in range(5000):
        text = "".join(rng.choices(alphabet, k=rng.randint(0, 30)))
        spans = sentence_spans(text)
        assert "".join(split_sentences(text)) == text
        assert all(text[span.start : span.end] == span.text != "" for span in spans)


@pytest.mark.parametrize(
    "unit",
    [
        "今天下雨。",
        "a",
        "! ",
        "……",
        '"',
        '，。"',
        "。”",
        "《",
        "https://",
        ". A",
        "5.我",
        "a. ",
        " ",
        ";",
    ],
)
def test_time_grows_no_faster_than_the_text(unit: str) -> None:
    # A million characters take about a second; quadratic time would take hours.
    text = (unit * 1_000_000)[:1_000_000]
    start = time.perf_counter()
    sentence_spans(text)
    assert time.perf_counter() - start < 15
