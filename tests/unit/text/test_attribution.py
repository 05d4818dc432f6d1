"""Who says what follows."""

from __future__ import annotations

import pytest

from summae.text.attribution import told_by


@pytest.mark.parametrize(
    ("clause", "who"),
    [
        ("市气象台表示，", "市气象台"),
        ("市气象台今天上午在发布会上表示，", "市气象台"),
        ("氣象局今天說，", "氣象局"),
        ("主教练林晓雁8月9日接受采访时说：", "主教练林晓雁"),
        ("市教育局发言人周三发文称，", "市教育局发言人"),
        ("教练林晓雁还指出，", "教练林晓雁"),
        ("台中市長昨晚在臉書發文表示，", "台中市長"),
    ],
)
def test_who_says_it_is_told_without_when_and_where(clause: str, who: str) -> None:
    assert told_by(clause) == who


@pytest.mark.parametrize(
    "clause",
    [
        *("", "北方多地降温，", "他表示，", "她昨天还说，", "该局指出，", "据市气象台介绍，"),
        *("记者获悉，", "消息称，", "针对此事林晓雁说，", "报告指出，", "我们认为，", "说，"),
    ],
)
def test_nobody_is_told_where_it_is_a_pronoun_or_only_a_report(clause: str) -> None:
    assert told_by(clause) is None
