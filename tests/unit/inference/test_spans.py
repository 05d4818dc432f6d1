"""Spans are whole: nothing that belongs together is cut."""

from __future__ import annotations

import time

import pytest

from summae.inference.spans import LONGEST, OPENING, clauses, spans, text_of


def texts(document: str) -> list[str]:
    return [text_of(document, span) for span in spans(document)]


def test_clauses_join_to_the_document() -> None:
    document = "近日，北方多地降温（见图），“暖冬”还将持续。“冷！”他说：票价3,999元；10:30发车\n完"
    parts = clauses(document)
    assert "".join(document[part.start : part.end] for part in parts) == document


def test_runs_of_a_sentence_are_offered_and_none_across_its_end() -> None:
    assert texts("北方多地今晨降温，山区出现小雪，道路结冰。交通部门提醒减速。") == [
        "北方多地今晨降温",
        "北方多地今晨降温，山区出现小雪",
        "北方多地今晨降温，山区出现小雪，道路结冰",
        "山区出现小雪",
        "山区出现小雪，道路结冰",
        "交通部门提醒减速",
    ]


@pytest.mark.parametrize(
    ("document", "whole"),
    [
        ("影片《快跑吧！小猫》上映三天，票房超过两亿元。", "《快跑吧！小猫》"),
        ("综艺节目《出发吧，少年！》昨晚收官，第二季将开拍。", "《出发吧，少年！》昨晚收官"),
        ("网友“小鱼，小鱼”发帖，水质正常没有问题。", "“小鱼，小鱼”"),
        ("新款手机“星河X！Pro”昨天发布，售价3,999元。", "3,999"),
        ("早上10:30，第一班列车发车，全程48分钟。", "10:30"),
        ("歌曲「你好，明天」今晚首演，門票售罄。", "「你好，明天」"),
        ("公司（下称“青禾，股份”）今天上市，股价上涨。", "（下称“青禾，股份”）"),
    ],
)
def test_quotes_titles_brackets_and_numbers_stay_whole(document: str, whole: str) -> None:
    inner = whole.strip("《》“”「」（）")
    found = texts(document)
    assert found
    for text in found:
        if any(part and part in text for part in inner.split("，")):
            assert whole in text or inner not in document, text


def test_asides_are_left_out() -> None:
    assert texts("北方多地降温（见图），山区出现小雪。")[0] == "北方多地降温"


def test_a_question_stays_one_and_other_marks_go() -> None:
    assert texts("今晚北方会不会降温？气象台说会的。")[0] == "今晚北方会不会降温？"


def test_a_quotation_that_ends_its_sentence_ends_the_run() -> None:
    found = texts("“今晚北方多地将明显降温。”预报员提醒注意防寒。")
    assert "预报员提醒注意防寒" in found
    assert not any("”预报员" in text for text in found)


def test_a_space_between_chinese_characters_was_a_line_break() -> None:
    assert texts("青岚大桥今天合龙 大桥全长三公里，明年通车。") == [
        "青岚大桥今天合龙",
        "大桥全长三公里",
        "大桥全长三公里，明年通车",
    ]
    assert texts("在 Linux 中安装软件的方法。") == ["在 Linux 中安装软件的方法"]


def test_a_western_stop_ends_a_chinese_sentence() -> None:
    assert texts("目的探讨两种方法的效果.方法选择病人六十例，分为两组.") == [
        "目的探讨两种方法的效果",
        "方法选择病人六十例",
        "方法选择病人六十例，分为两组",
    ]
    assert texts("升级到3.5版本的用户增加.") == ["升级到3.5版本的用户增加"]


def test_what_somebody_says_is_marked_to_the_end_of_the_sentence() -> None:
    document = "气象台今天表示，北方今晚降温，山区有小到中雪。道路已经结冰。"
    reported = {text_of(document, span): span.is_reported for span in spans(document)}
    assert reported["北方今晚降温"]
    assert reported["山区有小到中雪"]
    assert not reported["气象台今天表示，北方今晚降温"]
    assert not reported["道路已经结冰"]
    (said,) = (span for span in spans("专家：北方今晚降温。") if span.start == 3)
    assert said.is_reported


def test_what_is_too_short_too_long_or_not_chinese_is_not_offered() -> None:
    assert texts("降温。rain is on its way from the north.") == []
    long = "北" * (LONGEST + 1)
    assert texts(f"{long}。北方多地降温。") == ["北方多地降温"]


def test_a_clause_that_the_opening_cuts_is_not_offered() -> None:
    document = "北方多地今晨降温。" + "部分山区出现今冬第一场小雪" * 20
    assert len(document) > OPENING
    assert texts(document) == ["北方多地今晨降温"]


def test_a_mark_that_never_closes_stands_for_nothing() -> None:
    assert texts("他说“北方降温了，山区下雪了，道路结冰了。")[-1].endswith("道路结冰了")


def test_a_document_of_marks_takes_no_time() -> None:
    start = time.perf_counter()
    assert texts("“" * 5000) == []
    assert time.perf_counter() - start < 1
