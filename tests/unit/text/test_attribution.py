"""Who says what follows."""

from __future__ import annotations

import pytest

from summae.text.attribution import denies, told_by


@pytest.mark.parametrize(
    ("clause", "who"),
    [
        ("市气象台表示，", "市气象台"),
        ("市气象台8日上午在发布会上表示，", "市气象台"),
        ("氣象局今天說，", "氣象局"),
        ("市長昨表示，", "市長"),
        ("氣象署今早表示，", "氣象署"),
        ("主教练林晓雁8月9日接受采访时说：", "主教练林晓雁"),
        ("教练林晓雁在8月9日的记者会上对媒体说：", "教练林晓雁"),
        ("市教育局发言人周三发文称，", "市教育局发言人"),
        ("教练林晓雁还指出，", "教练林晓雁"),
        ("教练林晓雁今天在微博平台宣称，", "教练林晓雁"),
        ("陸軍上將林曉雁聲稱，", "陸軍上將林曉雁"),
        ("陸軍上將表示，", "陸軍上將"),
        ("传媒大学表示，", "传媒大学"),
        ("应急管理部表示，", "应急管理部"),
        ("华为公司表示，", "华为公司"),
        ("教练林晓雁当地时间4月19日在社交媒体平台发文称，", "教练林晓雁"),
        ("教練林曉雁今早在電台節目表示，", "教練林曉雁"),
        ("专家普遍认为，", "专家"),
        ("王教授笑着说，", "王教授"),
        ("台中市長昨晚在臉書發文表示，", "台中市長"),
        ("市政府昨天进一步对企业发出警告称，", "市政府"),
        ("Open Weather CEO Lin说，", "Open Weather CEO Lin"),
        ("無錫市氣象台宣布，", "無錫市氣象台"),
        # Words of one character that are part of a name.
        ("省交通运输厅厅长表示，", "省交通运输厅厅长"),
        ("江苏南通市气象台表示，", "江苏南通市气象台"),
        ("中国对外贸易中心表示，", "中国对外贸易中心"),
        ("四川成都表示，", "四川成都"),
    ],
)
def test_who_says_it_is_told_without_when_and_where(clause: str, who: str) -> None:
    assert told_by(clause) == who
    assert not denies(clause)


@pytest.mark.parametrize(
    "clause",
    [
        *("他表示，", "该局指出，", "报告指出，", "我们认为，", "温馨提醒，", "有专家认为，"),
        *("市气象台消息称，", "一位不愿透露姓名的居民说，", "针对此事林晓雁说，", "不过专家表示，"),
        *("刊登在《科学》上的论文指出，", "今天表示，"),
        *(
            "市长在访问期间将表示，",
            "总统将于周三宣布，",
            "市長可能宣布，",
            "议员要求市长承认并说，",
        ),  # not said yet
        *("骗子冒充警方称，", "网传专家表示，"),
        *("晚报援引气象台专家说，", "晚报公布数据并称，"),
    ],
)
def test_nobody_is_named_where_it_is_a_pronoun_or_only_a_report(clause: str) -> None:
    assert told_by(clause) == ""


@pytest.mark.parametrize(
    "clause",
    [
        *("", "北方多地降温，", "说，", "科幻作家创作的小说，", "裁判出示黄牌警告，", "俗话说，"),
        *("上海简称，", "总的来说，", "得到了积极回应，", "倒春寒是指，", "专家称赞，"),
    ],
)
def test_what_only_looks_like_it_tells_nothing(clause: str) -> None:
    assert told_by(clause) is None


@pytest.mark.parametrize(
    "clause",
    [
        *(
            "公司发言人否认，",
            "专家不建议，",
            "警方没有透露，",
            "市气象台尚未证实，",
            "教练不愿透露，",
        ),
        *("市政府昨天否認說，", "官方从未证实，", "公司拒绝证实，", "警方無法證實，"),
        *("公司此前否认曾表示，", "法院没有认定，", "检方质疑，", "报告并不意味着，"),
        *("据传，", "網傳，", "据网络谣言，", "傳聞，"),
    ],
)
def test_what_is_denied_or_left_open_is_not_put_into_anybodys_mouth(clause: str) -> None:
    assert denies(clause)
    assert not told_by(clause)
