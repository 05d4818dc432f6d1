"""Which pieces of a sentence stand alone, and whose words they are."""

from __future__ import annotations

import time

import pytest

from summae.inference.clauses import clauses
from summae.inference.pieces import OPENING


def texts(document: str) -> list[str]:
    return [clause.text for clause in clauses(document)]


@pytest.mark.parametrize(
    ("document", "offered"),
    [
        ("列车长一路和人打招呼：“杨婶，脚好些没有？”", "列车长一路和人打招呼"),
        ("气象台提醒：“北方今晨降温！”", "气象台：“北方今晨降温”"),
        ("“北方多地今晨降温，多穿衣。”", "北方多地今晨降温"),
        ("【北方多地今晨降温】", "【北方多地今晨降温】"),
        ("降温！”北方多地今晨降温。", "北方多地今晨降温"),
    ],
)
def test_no_half_quote_is_offered(document: str, offered: str) -> None:
    found = texts(document)
    assert offered in found
    assert all(text.count("“") == text.count("”") for text in found)


def test_a_clause_that_the_opening_cuts_is_not_offered() -> None:
    document = "北方多地今晨降温。" + "部分山区出现今冬第一场小雪" * 20
    assert len(document) > OPENING
    assert texts(document) == ["北方多地今晨降温"]


@pytest.mark.parametrize(
    "preamble",
    [
        "近日，",
        "今天，",
        "当地时间5日，",
        "10月5日上午，",
        "据气象台消息，",
        "气象台消息称，",
        "據氣象台，",
    ],
)
def test_when_and_who_told_it_are_left_out(preamble: str) -> None:
    assert texts(preamble + "北方多地今晨降温。") == ["北方多地今晨降温"]


def test_what_only_looks_like_a_preamble_is_kept_when_little_would_be_left() -> None:
    assert texts("北方多地近日，降温。") == ["北方多地近日，降温"]


def test_a_circumstance_alone_is_not_offered() -> None:
    cause = "受梅雨带北抬和暖湿气流影响"
    assert texts(f"{cause}，北方多地明天有雨。") == [
        f"{cause}，北方多地明天有雨",
        "北方多地明天有雨",
    ]
    assert texts("按照半年一次的惯例，行长将作报告。")[0] == "按照半年一次的惯例，行长将作报告"
    said = "受害者家属对判决结果产生很大影响"
    assert texts(f"{said}，法院昨天开庭。")[0] == said


@pytest.mark.parametrize(
    "circumstance",
    [
        *("由于北方多地降温", "随着北方多地降温", "无论明天是否降温"),
        *("在北方多地降温的这一天", "12月7日在首次发布预警时"),
        *("针对市民关心的降温一事", "就市民关心的降温问题", "經幾位專家調查", "儘管北方繼續降溫"),
    ],
)
def test_nor_is_it_behind_a_speaker_or_at_an_end(circumstance: str) -> None:
    found = texts(f"市气象台今天表示，{circumstance}，山区今晨出现小雪。")
    assert "市气象台：山区今晨出现小雪" in found
    assert not any(text.endswith(circumstance) for text in found)
    offered = texts(f"山区今晨出现小雪，{circumstance}，交通不受影响。")
    assert offered[0] == "山区今晨出现小雪"
    assert not any(text.endswith(circumstance) for text in offered)


def test_a_reason_may_stand_behind() -> None:
    assert "山区出现小雪，因为北方多地降温" in texts("山区出现小雪，因为北方多地降温，路面结冰。")


@pytest.mark.parametrize(
    "text",
    [
        *("市气象台上午发布消息说", "就在冷空气到达北方之际", "来自北方的旅客当中"),
        *("主队在决赛中失利后", "北方多地降温期间", "山区居民昨晚被告知"),
    ],
)
def test_what_only_announces_the_next_clause_is_not_offered_without_it(text: str) -> None:
    assert text not in texts(f"{text}，部分山区出现小雪。")
    assert text in texts(f"{text}。部分山区出现小雪。")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("其中文版将于明年发行", "教练：其中文版将于明年发行"),
        ("不过关的队员将要重考", "教练：不过关的队员将要重考"),
        ("因此类比赛推迟到秋天", "教练：因此类比赛推迟到秋天"),
        ("因此比赛推迟到了秋天", "教练：比赛推迟到了秋天"),
        ("因此事比赛推迟到秋天", "教练：因此事比赛推迟到秋天"),
        ("但愿比赛不再推迟到秋天", "教练：但愿比赛不再推迟到秋天"),
        ("队员因此推迟了比赛时间", "教练：队员因此推迟了比赛时间"),
    ],
)
def test_behind_a_name_nobody_says_hence(said: str, told: str) -> None:
    assert told in texts(f"教练表示，{said}。")


@pytest.mark.parametrize(
    ("begins", "left"),
    [("但是", ""), ("不過", ""), ("其中", ""), ("其中包括", "其中包括"), ("但愿", "但愿")],
)
def test_but_is_left_out_in_front_and_counts(begins: str, left: str) -> None:
    # Who is meant may stand before it.
    (*_, last) = clauses(f"南方今天大雨，{begins}北方多地今晨降温。")
    assert last.text == f"{left}北方多地今晨降温"
    assert last.features.dangles == (1 if left else 0.5)


@pytest.mark.parametrize(
    "date",
    ["2021 年 4 月 27 日", "星期一下午3:30至4点半", "二〇二一年四月二十七日", "12月24日晚間"],
)
def test_a_date_is_no_headline(date: str) -> None:
    assert texts(f"会议时间：{date}。") == [f"会议时间：{date}"]


def test_a_name_is_not_said_twice() -> None:
    (*_, told) = clauses("市气象台表示，市气象台明天开放参观。")
    assert told.text == "市气象台明天开放参观"
    assert told.features.likeness > 0


def test_but_counts_in_front_of_quoted_words_too() -> None:
    first, *_ = clauses("“但是北方多地今晨降温，”他说。")
    assert (first.text, first.features.dangles) == ("北方多地今晨降温", 0.5)


@pytest.mark.parametrize(
    "condition", ["如果明天仍然下雨", "一旦发现了积雪", "要是雪一直不停", "倘若明天仍然下雪"]
)
def test_what_a_condition_allows_is_not_offered_without_it(condition: str) -> None:
    offered = texts(f"市长强调，{condition}，比赛将推迟到周日，门票仍然有效。")
    assert f"市长：{condition}，比赛将推迟到周日" in offered
    assert all(condition in text for text in offered)


def test_nor_is_what_is_so_unless() -> None:
    offered = texts("地铁五号线明年开工建设，除非预算再次超支，市长今天在会上说。")
    assert offered[0] == "地铁五号线明年开工建设，除非预算再次超支"
    assert all("除非" in text for text in offered)


@pytest.mark.parametrize(
    "sentence",
    [
        *("由于台风登陆多趟列车停运", "一旦发现违规将立即停业整顿", "随着气温下降病例明显增加"),
        *("根据地旧址昨日正式对外开放", "就业形势严峻引发社会问题", "在逃十年的嫌犯落网"),
    ],
)
def test_a_whole_sentence_is_offered_however_it_begins(sentence: str) -> None:
    assert texts(f"{sentence}。") == [sentence]


def test_a_question_stays_one() -> None:
    assert texts("小米汽车将降价五万元？公司回应称不实。")[0] == "小米汽车将降价五万元？"
    asked = texts("专家说：“疫苗会导致儿童生病吗？这是谣言。”")
    assert "专家：疫苗会导致儿童生病吗？" in asked
    assert "专家：疫苗会导致儿童生病吗" not in asked


@pytest.mark.parametrize("hearsay", ["据传，", "網傳，", "据网络谣言，", "有网友误以为，"])
def test_hearsay_is_not_offered_as_a_fact(hearsay: str) -> None:
    assert all(
        text.startswith(hearsay[:-1]) for text in texts(f"{hearsay}某公司老板已被警方带走。")
    )


@pytest.mark.parametrize("news", ["著名演员李明5日病逝", "法院5日撤销了判决", "网友5日制造谣言"])
def test_what_happened_on_a_day_is_no_preamble(news: str) -> None:
    assert f"{news}，各界人士前往现场悼念" in texts(f"{news}，各界人士前往现场悼念。")


def test_marks_alone_are_no_clauses_and_cost_nothing() -> None:
    start = time.process_time()
    assert texts("某人说" + "，" * 200 + "北方多地今晨降温。")[-1] == "某人：北方多地今晨降温"
    assert time.process_time() - start < 1


def test_marks_of_lists_and_headings_are_not_part_of_a_clause() -> None:
    listed = "划重点：\n* 1 北方多地今晨降温八度。\n● 3*4米的画布在山区展出。\n**明天将要下雪**"
    assert texts(listed) == ["北方多地今晨降温八度", "3*4米的画布在山区展出"]
    assert texts("**明天白天将要下雪**\n北方多地今晨降温。")[0] == "明天白天将要下雪"


@pytest.mark.parametrize(
    "said_by", ["市气象台8日表示，", "市气象台周三在发布会上说：", "據了解，市气象台指出，"]
)
def test_what_somebody_said_is_offered_with_who_said_it(said_by: str) -> None:
    document = f"{said_by}北方多地今晨降温，山区有雪。"
    features = {clause.text: clause.features for clause in clauses(document)}
    assert features["北方多地今晨降温"].dangles == 0.5
    told = features["市气象台：北方多地今晨降温"]
    assert (told.dangles, told.opens, told.closes) == (0, 1, 0)
    assert features["市气象台：北方多地今晨降温，山区有雪"].closes == 1
    # The same words with a mouthful between are not offered beside it.
    assert not any("，北方" in text for text in features)


def test_what_leans_on_a_pronoun_still_does_behind_a_speaker() -> None:
    features = {clause.text: clause.features for clause in clauses("医生表示，他的病情已经好转。")}
    assert features["医生：他的病情已经好转"].dangles == 1


@pytest.mark.parametrize(
    "document",
    [
        "市气象台今天表示，北方降温。部分山区出现第一场小雪。",
        "市气象台说：“北方继续降温，”部分山区出现第一场小雪。",
        "市气象台说：“北方继续降温”，部分山区出现第一场小雪。",
        "市气象台说，北方继续降温，交通部门预计，部分山区出现第一场小雪。",
        "市气象台说，北方继续降温，环卫工人则说，部分山区出现第一场小雪。",
        "他说，部分山区出现第一场小雪。",
    ],
)
def test_nothing_is_put_into_the_wrong_mouth(document: str) -> None:
    found = [text for text in texts(document) if "部分山区" in text]
    assert "部分山区出现第一场小雪" in found
    assert not any(text.startswith("市气象台：") for text in found)


@pytest.mark.parametrize("denied", ["市气象台否认，", "市气象台没有证实，", "专家不建议，"])
def test_what_is_denied_is_not_offered_without_the_denial(denied: str) -> None:
    found = texts(f"{denied}部分山区出现第一场小雪，北方继续降温。")
    assert f"{denied}部分山区出现第一场小雪" in found
    assert all(text.startswith(denied[:-1]) for text in found)


def test_what_only_leads_up_to_the_next_clause_is_no_end() -> None:
    found = texts("北方多地今晨降温，气象台表示，雨雪还将持续三天。")
    assert "北方多地今晨降温，气象台表示" not in found
    assert "气象台：雨雪还将持续三天" in found
    # At the end of a sentence nothing is announced.
    assert "北方多地今晨降温，从今天持续到8月8日" in texts("北方多地今晨降温，从今天持续到8月8日。")


def test_a_quotation_too_short_to_be_told_stays_where_it_was() -> None:
    assert texts("气象台表示，停课。") == ["气象台表示，停课"]


def test_a_clause_without_chinese_characters_is_not_offered() -> None:
    assert texts("Open Weather Map。北方多地今晨降温。") == ["北方多地今晨降温"]
