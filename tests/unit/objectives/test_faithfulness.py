from __future__ import annotations

import pytest

from summae.objectives.faithfulness import Faithfulness
from summae.text.facts import unsupported

DOCUMENT = "青岚市气象台：国产客机C919昨天飞往望川市，气温１８度，乘客4,400人，李小明说很平稳。"


@pytest.mark.parametrize(
    ("summary", "reward"),
    [
        ("", 0),
        ("客机飞往望川市", 0),
        ("c919飞行，气温18度，乘客4400人", 0),
        # 8 is a part of 18 and no number of the document; claimed twice, it is invented once.
        ("气温8度，降8度", -1),
        ("Boeing客机，气温19度", -2),
        # Signs that stand for digits or letters are read as such.
        ("乘客④人", -1),
        ("气温18℃", -1),
    ],
)
def test_each_invented_number_or_latin_word_costs_one(summary: str, reward: float) -> None:
    assert Faithfulness()([DOCUMENT], [summary]) == [reward]


def test_summaries_that_are_all_chinese_are_judged_as_the_others(news: tuple[str, ...]) -> None:
    summaries = [*news, "大雪、降温；“公路”封闭……", "〇龘\U00020000", "ﬁ", "Ⅳ", "零下２０"]
    documents = [news[0]] * len(summaries)
    assert Faithfulness()(documents, summaries) == [
        -unsupported(summary, document)
        for summary, document in zip(summaries, documents, strict=True)
    ]


def test_invented_names_cost_if_asked_for() -> None:
    pytest.importorskip("jieba")
    summaries = ["李小明飞往望川市", "上海客机飞往北京", "北京北京"]
    assert Faithfulness()([DOCUMENT] * 3, summaries) == [0, 0, 0]
    assert Faithfulness(names=True)([DOCUMENT] * 3, summaries) == [0, -2, -1]


def test_a_name_need_only_stand_in_the_document_as_text() -> None:
    pytest.importorskip("jieba")
    assert Faithfulness(names=True)(["小王从大北京来"], ["北京"]) == [0]
