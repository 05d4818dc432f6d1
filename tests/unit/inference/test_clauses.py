"""Which clauses a document offers, and which of them is taken."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

import pytest

from summae.inference.clause_ranking import ClauseRanking
from summae.inference.clauses import best_clause, clauses
from summae.inference.options import DecodingOptions

DOCUMENT = "近日，受冷空气影响，北方多地今晨降温。部分山区出现今冬第一场小雪（见图）。"


def texts(document: str) -> list[str]:
    return [clause.text for clause in clauses(document)]


def test_clauses_of_a_headlines_length_are_offered_in_order() -> None:
    # 受冷空气影响 alone is too short, and no offer goes beyond its sentence.
    assert texts(DOCUMENT) == [
        "受冷空气影响，北方多地今晨降温",
        "北方多地今晨降温",
        "部分山区出现今冬第一场小雪",
    ]


def test_features_by_hand() -> None:
    first, second, _ = (clause.features for clause in clauses(DOCUMENT))
    assert (first.order, first.opens, first.closes, first.commas) == (0, 1, 1, 1)
    assert (second.order, second.opens, second.closes, second.commas) == (1, 0, 1, 0)
    assert (first.place, second.place) == (0, 1)
    assert (second.characters, second.quotes) == (8, 0)
    assert second.log_characters == pytest.approx(math.log(9))
    assert second.off_length == pytest.approx(1.0)  # ten characters short of 18: 100 / 100


def test_what_the_lines_of_a_model_are_about_tells_clauses_apart() -> None:
    # 小雪 and 山区 are all bigrams of the first line, 雪 adds none; the second shares 山区 with it.
    _, cold, snow = (clause.features for clause in clauses(DOCUMENT, ["山区小雪", "山区"]))
    assert (cold.agreement, cold.covered, cold.covered_first) == (0, 0, 0)
    # 山区 stands in both lines, 小雪 in one; 部分山区出现今冬第一场小雪 has twelve bigrams.
    assert snow.agreement == pytest.approx((1 + 0.5) / 12)
    # All bigrams of the lines: 山区 1, 区小 1/2, 小雪 1/2.
    assert (snow.covered, snow.covered_first) == (pytest.approx(1.5 / 2), pytest.approx(2 / 3))
    chosen = best_clause(DOCUMENT, ClauseRanking(covered=9), written=["山区小雪"])
    assert chosen == "部分山区出现今冬第一场小雪"


def test_characters_that_come_again_anywhere_in_the_document_count() -> None:
    document = "北方多地今晨降温。" + "山区无雪，行人照常。" * 30 + "北方" * 9
    seen = clauses(document)[0].features
    # 北 and 方 stand there ten times, the other six once.
    assert seen.recurrence == pytest.approx(2 * math.log(10) / 8)
    assert seen.frequency == 0


def test_what_is_like_the_document_is_likelier_its_headline() -> None:
    about_snow = "昨夜大雪封山，山区公路积雪很深，扫雪车整夜清扫路面积雪。"
    document = about_snow + "当地图书馆八点开门，山区今天仍有大雪。"
    alike = {clause.text: clause.features.likeness for clause in clauses(document)}
    assert alike["山区公路积雪很深"] > alike["当地图书馆八点开门"]
    assert all(-1 <= cosine <= 1 for cosine in alike.values())


def test_likeness_chooses_where_it_has_a_weight_and_is_not_asked_for_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def second(texts: Sequence[str], document: str) -> list[float]:
        assert document == DOCUMENT
        return [float(place == 1) for place in range(len(texts))]

    monkeypatch.setattr("summae.inference.clauses.likeness", second)
    assert best_clause(DOCUMENT, ClauseRanking(likeness=9)) == "北方多地今晨降温"
    monkeypatch.delattr("summae.inference.clauses.likeness")
    assert best_clause(DOCUMENT, ClauseRanking()) == "受冷空气影响，北方多地今晨降温"


def test_bigrams_that_come_again_are_what_a_document_is_about() -> None:
    seen = clauses("北方多地今晨降温，预计北方多地明天回暖。")[-1].features
    # Of 预计北方多地明天回暖, 北方, 方多 and 多地 stand there twice.
    assert seen.frequency == pytest.approx(3 * math.log(2) / 9)


@pytest.mark.parametrize(
    ("text", "hangs", "dangles"),
    [
        ("北方多地今晨降温", 0, 0),
        ("气象台预报员今晨表示", 1, 0),
        ("在北方多地今晨降温后", 1, 1),
        ("并使北方今晨降温", 0, 1),
        ("他提醒北方多地降温", 0, 1),
        ("當局提醒北方多地降溫", 0, 0),  # not 當…
        ("也门多地今晨降温了", 0, 0),
    ],
)
def test_loose_ends_are_seen(text: str, hangs: float, dangles: float) -> None:
    (clause,) = clauses(text + "。")
    assert (clause.features.hangs, clause.features.dangles) == (hangs, dangles)


def test_the_first_is_taken_unless_weights_say_otherwise() -> None:
    assert best_clause(DOCUMENT, ClauseRanking()) == "受冷空气影响，北方多地今晨降温"
    assert best_clause(DOCUMENT, ClauseRanking(commas=-9)) == "北方多地今晨降温"
    assert best_clause(DOCUMENT, ClauseRanking(order=1)) == "部分山区出现今冬第一场小雪"


@pytest.mark.parametrize("document", ["", "雨停了。", "雨" * 300])
def test_a_document_without_a_clause_of_fitting_length_offers_none(document: str) -> None:
    assert best_clause(document, ClauseRanking()) is None


def test_a_model_folder_brings_its_weights() -> None:
    options = DecodingOptions.from_mapping({"doubtful_above": 0.6, "clauses": {"order": -2}})
    assert (options.doubtful_above, options.clauses) == (0.6, ClauseRanking(order=-2))


@pytest.mark.parametrize(
    ("decoding", "what"),
    [
        ({"clauses": {"ordr": 1}}, "ordr"),
        ({"clauses": {"order": "first"}}, "first"),
        ({"clauses": [1.0]}, "by name"),
        ({"doubtful_above": "low"}, "low"),
        ({"doubt": {"bias": True}}, "bias"),
    ],
)
def test_settings_that_mean_nothing_are_refused(decoding: dict[str, object], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        DecodingOptions.from_mapping(decoding)


@pytest.mark.parametrize(
    ("document", "clause"),
    [
        ("定于周四上午8:30至下午5:00对三号楼停水。", "定于周四上午8:30至下午5:00对三号楼停水"),
        ("点球大战主队4：3获胜后晋级。", "点球大战主队4：3获胜后晋级"),
        ("报名地址为https://example.com/a?b=1。", "报名地址为https://example.com/a"),
        ("共有3,000人参加长跑。", "共有3,000人参加长跑"),
    ],
)
def test_a_clause_does_not_end_within_a_time_a_score_or_an_address(
    document: str, clause: str
) -> None:
    assert clauses(document)[0].text == clause


@pytest.mark.parametrize(
    ("text", "hangs"),
    [
        ("市气象台上午发布消息说", 1),
        ("就在冷空气到达北方之际", 1),
        ("市气象台上午发布预警", 0),
    ],
)
def test_a_clause_hangs_that_only_announces_the_next(text: str, hangs: float) -> None:
    assert clauses(f"{text}。")[0].features.hangs == hangs
    wanted = ClauseRanking(hangs=-5)
    other = "明天将要降温八度" if hangs else text
    assert best_clause(f"{text}。明天将要降温八度。", wanted) == other


def test_no_clause_is_longer_than_asked() -> None:
    assert best_clause(DOCUMENT, ClauseRanking(), longest=10) == "北方多地今晨降温"
    assert best_clause(DOCUMENT, ClauseRanking(), longest=7) is None


def test_two_clauses_that_stand_apart_have_a_length_that_none_has_alone() -> None:
    joined = "北方多地今晨降温 部分山区出现今冬第一场小雪"
    assert best_clause(DOCUMENT, ClauseRanking(), shortest=20, longest=22) == joined
    assert best_clause(DOCUMENT, ClauseRanking(), shortest=20, longest=21) is None
    # One that has it goes first, and where no length is asked for nothing is joined.
    alone = "受冷空气影响，北方多地今晨降温"
    assert best_clause(DOCUMENT, ClauseRanking(order=9), shortest=14, longest=22) == alone
    assert joined not in texts(DOCUMENT)


@pytest.mark.parametrize(
    ("first", "other"),
    [("但是北方多地降温", "北方多地今晨降温"), ("并且山区有雪了", "部分山区有了小雪")],
)
def test_a_joined_clause_dangles_where_either_does(first: str, other: str) -> None:
    last = "南方继续大雨无休"
    for one, two in ((f"{first}。", f"{other}。"), (f"{other}。", f"{first}。")):
        chosen = best_clause(
            one + two + last + "。", ClauseRanking(dangles=-50), shortest=16, longest=17
        )
        assert chosen == f"{other} {last}"


def test_what_announces_the_next_is_not_joined_and_two_speakers_are_not() -> None:
    # Together they would have the length.
    told = "市气象台今天说，北方多地降温。教练林晓雁说，南方多地大雨。"
    assert best_clause(told, ClauseRanking(), shortest=17, longest=23) is None
    announcing = "气象台发布预报说。北方多地降温了。"
    assert best_clause(announcing, ClauseRanking(), shortest=17, longest=17) is None


def test_a_list_of_short_clauses_takes_no_time() -> None:
    document = "某人说，" + "雪，" * 105
    start = time.process_time()
    best_clause(document, ClauseRanking(), shortest=40, longest=42)
    assert time.process_time() - start < 2
