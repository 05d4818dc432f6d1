"""One evaluation as a whole: baselines of equal length, parts, and what is refused."""

from __future__ import annotations

import pytest

from summae.evaluation.runner import evaluate

DOCUMENTS = [
    "受冷空气影响，北方多地今晨降温。市民出行请注意保暖。",
    "主队昨晚以三比一获胜。这是本赛季的第五场胜利。",
    "新地铁线路今天开通。全程需要四十分钟。",
]
REFERENCES = ["冷空气来袭北方降温", "主队三比一获胜", "新地铁线路开通"]


def test_human_summaries_score_one_and_beat_the_lead() -> None:
    report = evaluate(REFERENCES, REFERENCES, DOCUMENTS, rankings=())
    assert report.system.scores.mean_f1() == {"rouge_1": 1.0, "rouge_2": 1.0, "rouge_l": 1.0}
    lead = report.baselines[0]
    assert lead.behind is not None
    ours, theirs = report.system.scores.rouge_1.mean.f1, lead.scores.rouge_1.mean.f1
    assert lead.behind["rouge_1"].mean == pytest.approx(ours - theirs)


def test_every_baseline_but_lead_20_has_the_mean_length_of_the_system() -> None:
    pytest.importorskip("sumy")
    report = evaluate(REFERENCES, REFERENCES, DOCUMENTS)
    found = {result.name: result.statistics.mean_length for result in report.baselines}
    # The references have 9, 7 and 7 characters.
    assert found == {
        "lead, equal length": 23 / 3,
        "lead-20": (20 + 20 + 19) / 3,
        "TextRank": 23 / 3,
        "LexRank": 23 / 3,
    }


def test_a_system_that_copies_the_lead_does_not_differ_from_it() -> None:
    report = evaluate([text[:8] for text in DOCUMENTS], REFERENCES, DOCUMENTS, rankings=())
    behind = report.baselines[0].behind
    assert behind is not None
    assert (behind["rouge_l"].mean, behind["rouge_l"].p_value) == (0.0, 1.0)


def test_parts_are_scored_alone_and_in_order_of_appearance() -> None:
    predictions = [REFERENCES[0], "晴", REFERENCES[2]]
    report = evaluate(
        predictions, REFERENCES, DOCUMENTS, sets=["weather", "sport", "weather"], rankings=()
    )
    assert [(part.name, len(part.system.scores)) for part in report.parts] == [
        ("weather", 2),
        ("sport", 1),
    ]
    assert [part.system.scores.rouge_1.mean.f1 for part in report.parts] == [1.0, 0.0]
    assert [part.lead.statistics.mean_length for part in report.parts] == [8.0, 1.0]


def test_one_part_makes_no_table_of_parts() -> None:
    assert evaluate(REFERENCES, REFERENCES, DOCUMENTS, sets=["a"] * 3, rankings=()).parts == []


def test_a_dateline_gives_no_advantage_over_the_lead() -> None:
    document = "新华社北京10月5日电（记者 王小明）今年首场寒潮将影响北方。"
    report = evaluate(["今年首场寒潮"], ["首场寒潮"], [document], rankings=())
    assert report.baselines[0].scores.rouge_1.mean == report.system.scores.rouge_1.mean


def test_unequal_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="3 documents, 2 predictions, 3 references"):
        evaluate(REFERENCES[:2], REFERENCES, DOCUMENTS)


def test_nothing_to_evaluate_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to evaluate"):
        evaluate([], [], [])
