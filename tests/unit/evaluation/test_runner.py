"""One evaluation as a whole: baselines of equal length, parts, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from summae.evaluation.rows import System
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


def test_every_baseline_that_is_cut_has_the_mean_length_of_the_system() -> None:
    pytest.importorskip("sumy")
    report = evaluate(REFERENCES, REFERENCES, DOCUMENTS)
    found = {result.name: result.statistics.mean_length for result in report.baselines}
    assert found["lead-20"] == (20 + 20 + 19) / 3
    assert found["oracle, uncut"] >= found["oracle"]
    for ranking in ("TextRank", "LexRank", "LSA"):
        # The shortest sentence of each document has 11, 10 and 9 characters.
        assert found[f"{ranking}, 1 sentence"] >= (11 + 10 + 9) / 3
    # The references have 9, 7 and 7 characters.
    cut = ("lead, equal length", "random span", "TextRank", "LexRank", "LSA", "oracle")
    assert {found[name] for name in cut} == {23 / 3}
    assert len(found) == len(cut) + 5


def test_the_oracle_beats_what_does_not_see_the_reference() -> None:
    report = evaluate(REFERENCES, REFERENCES, DOCUMENTS, rankings=())
    found = {result.name: result.scores.rouge_1.mean.f1 for result in report.baselines}
    assert found["oracle, uncut"] > max(found["lead, equal length"], found["lead-20"])
    assert found["oracle"] > found["random span"]


def test_without_documents_there_are_scores_and_no_baselines() -> None:
    report = evaluate(["多云转晴", ""], ["多云", "晴"])
    # 多云转晴 against 多云: P 2/4, R 2/2, F1 2/3; nothing scores 0 and is counted.
    assert report.system.scores.rouge_1.mean.f1 == pytest.approx(1 / 3)
    assert report.system.statistics.empty == 1
    assert (report.baselines, report.brackets, report.human.compression) == ([], [], None)


def test_a_row_has_a_signature_of_its_own() -> None:
    rivals = [System("theirs", REFERENCES, revision="theirs@12", decoding="beam_size=1")]
    report = evaluate(REFERENCES, REFERENCES, DOCUMENTS, rivals=rivals, rankings=())
    assert "|system:system|decoding:unknown|" in report.signature
    assert report.system.signature == report.signature
    assert "|system:theirs@12|decoding:beam_size=1|" in report.rivals[0].signature
    assert "|system:lead-20|decoding:none|" in report.baselines[1].signature
    data = {one.signature.split("|")[5] for one in (report.system, *report.baselines)}
    assert len(data) == 1


def test_the_rows_of_a_class_have_the_systems_signature_and_their_number() -> None:
    rivals = [System("theirs", REFERENCES, revision="theirs@12", decoding="beam_size=1")]
    sets = ["weather", "sport", "weather"]
    report = evaluate(REFERENCES, REFERENCES, DOCUMENTS, sets=sets, rivals=rivals, rankings=())
    part = report.parts[0]
    assert "|system:system|decoding:unknown|" in part.system.signature
    assert "|system:theirs@12|decoding:beam_size=1|" in part.rivals[0].signature
    for one in (part.system, part.lead, *part.rivals):
        assert "|n:2|" in one.signature
        assert "|rows:weather|" in one.signature


def test_a_rival_of_another_length_has_a_lead_of_that_length() -> None:
    rivals = [System("longer", [text * 2 for text in REFERENCES]), System("same", REFERENCES)]
    report = evaluate(REFERENCES, REFERENCES, DOCUMENTS, rivals=rivals, rankings=())
    found = {one.name: one.statistics.mean_length for one in report.baselines}
    assert list(found)[:3] == ["lead, equal length", "lead, as long as longer", "lead-20"]
    assert found["lead, as long as longer"] == 2 * 23 / 3
    assert len(found) == 6


def test_words_are_named_with_the_version_that_cut_them() -> None:
    pytest.importorskip("jieba")
    assert "|jieba:" in evaluate(["晴"], ["晴"], unit="word").signature


def test_other_texts_have_another_signature() -> None:
    assert evaluate(["晴"], ["晴"]).signature != evaluate(["晴"], ["雨"]).signature


def test_every_two_systems_are_compared_on_the_same_rows() -> None:
    rivals = [System("empty", ["", "", ""]), System("same", REFERENCES)]
    report = evaluate(REFERENCES, REFERENCES, DOCUMENTS, rivals=rivals, name="ours", rankings=())
    pairs = {(one.first, one.second): one.differences["rouge_l"].mean for one in report.comparisons}
    assert pairs == {("ours", "empty"): 1.0, ("ours", "same"): 0.0, ("empty", "same"): -1.0}
    assert [rival.statistics.empty for rival in report.rivals] == [3, 0]


def test_two_systems_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="different names"):
        evaluate(REFERENCES, REFERENCES, rivals=[System("system", REFERENCES)])


def test_brackets_follow_the_length_of_the_systems_summaries() -> None:
    predictions = ["晴", "冷" * 10, "冷" * 11]
    report = evaluate(predictions, REFERENCES, DOCUMENTS, rankings=())
    assert [(part.name, len(part.system.scores)) for part in report.brackets] == [
        ("1-10", 2),
        ("11-15", 1),
    ]
    assert [part.lead.statistics.mean_length for part in report.brackets] == [5.5, 11.0]


def test_exact_lengths_are_counted_where_one_was_asked() -> None:
    report = evaluate(REFERENCES, REFERENCES, wanted_length=7)
    assert report.system.statistics.exact_length == 2 / 3  # 9, 7 and 7 characters
    assert evaluate(REFERENCES, REFERENCES).system.statistics.exact_length is None


def test_a_judge_of_ones_own_is_asked_about_system_lead_and_humans() -> None:
    class Characters:
        name = "characters"

        def __call__(self, summaries: Sequence[str], *_: object) -> NDArray[np.float64]:
            return np.array([float(len(summary)) for summary in summaries])

    report = evaluate(["晴"] * 3, REFERENCES, DOCUMENTS, rankings=(), judges=[Characters()])
    assert report.system.judged["characters"].mean == 1.0
    assert report.baselines[0].judged["characters"].mean == 1.0
    assert report.human_judged["characters"].mean == 23 / 3
    assert report.baselines[1].judged == {}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1.0, 2.0], "2 values, 2 of them finite"),
        ([1.0, np.nan, 2.0], "3 values, 2 of them finite"),
    ],
)
def test_a_judge_without_a_number_for_each_summary_is_refused(
    values: list[float], message: str
) -> None:
    class Absent:
        name = "absent"

        def __call__(self, *_: object) -> NDArray[np.float64]:
            return np.array(values)

    with pytest.raises(ValueError, match=f"'absent' gave {message}"):
        evaluate(REFERENCES, REFERENCES, judges=[Absent()])


def test_an_unknown_ranking_is_refused() -> None:
    with pytest.raises(ValueError, match="got \\['pagerank'\\]"):
        evaluate(REFERENCES, REFERENCES, DOCUMENTS, rankings=["pagerank"])  # type: ignore[list-item]


def test_pandas_and_tuples_will_do() -> None:
    pandas = pytest.importorskip("pandas")
    report = evaluate(pandas.Series(REFERENCES), tuple(REFERENCES))
    assert report.system.scores.rouge_l.mean.f1 == 1.0


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


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ({"predictions": REFERENCES[:2]}, "2 predictions and 3 references"),
        ({"documents": DOCUMENTS[:1]}, "1 documents and 3 references"),
        ({"sets": ["a"]}, "1 sets and 3 references"),
        ({"rivals": [System("theirs", [])]}, "0 theirs and 3 references"),
    ],
)
def test_unequal_numbers_are_refused(column: dict[str, Any], message: str) -> None:
    texts: dict[str, Any] = {"predictions": REFERENCES, "references": REFERENCES}
    with pytest.raises(ValueError, match=message):
        evaluate(**{**texts, "documents": DOCUMENTS, **column})


@pytest.mark.parametrize(
    ("predictions", "message"),
    [
        ("晴天", "predictions are a sequence of texts, got one str"),
        (None, "predictions are a sequence of texts, got one NoneType"),
        (["晴", None, "雨"], r"predictions\[1\] is None"),
        ([b"1", "", ""], r"predictions\[0\] is b'1' \(bytes\)"),
    ],
)
def test_what_is_no_text_is_named_with_its_place(predictions: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        evaluate(predictions, REFERENCES)


def test_sets_are_texts() -> None:
    sets: Any = ["a", None, 3]
    with pytest.raises(TypeError, match=r"sets\[1\] is None"):
        evaluate(REFERENCES, REFERENCES, DOCUMENTS, sets=sets)


def test_nothing_to_evaluate_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to evaluate"):
        evaluate([], [], [])


def test_the_public_name_loads_no_torch() -> None:
    code = (
        "import sys, summae\n"
        "assert summae.evaluate(['晴'], ['晴'], ['晴天'], rankings=()).system.scores\n"
        "print(sorted({'torch', 'transformers', 'datasets', 'sumy'} & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert ended.stdout == "[]\n"
