"""Nothing is learned from the days, or in the words, that are judged on."""

from __future__ import annotations

import pytest

from summae.evaluation.embeddings.documents import Documents
from summae.evaluation.embeddings.holding_out import hold_out, keep_apart, near_duplicates

STORM = "台风预计周五夜间登陆东南沿海，渔船应当尽快回港避风。"
OTHER = "排球联赛昨晚结束，主场球队以三比一获胜。"


def documents(days: list[int], labels: list[str]) -> Documents:
    """Each with a text of its own: sixteen characters that no other has."""
    texts = [
        ["".join(chr(0x4E00 + 16 * place + step) for step in range(16))]
        for place in range(len(days))
    ]
    return Documents(texts, labels, days)


def test_the_newest_of_each_label_are_held_out_and_no_day_is_on_both_sides() -> None:
    every = documents([1, 2, 3, 4, 10, 20, 30, 30, -1], list("aaaa") + list("bbbb") + ["b"])
    training, held_out = hold_out(every, 0.25)
    # A quarter of four of a: the last. Of four dated of b one, but two are of that day.
    assert held_out.days == [4, 30, 30]
    assert training.days == [1, 2, 3, 10, 20, -1]


def test_training_is_older_than_what_is_held_out_label_by_label() -> None:
    training = documents([5, 6, 7, 90, -1, 3], list("aaabac"))
    held_out = Documents([["甲乙丙丁戊己庚辛"], ["子丑寅卯辰巳午未"]], ["a", "b"], [7, 100])
    assert keep_apart(training, held_out).days == [5, 6, 90, -1, 3]


def test_a_sentence_in_common_is_a_repetition_unless_it_is_a_phrase() -> None:
    held_out = [[OTHER, STORM, "谢谢收看。"]]
    training = [["另一则消息。", STORM], ["完全不同的一则消息。", "谢谢收看。"]]
    assert near_duplicates(training, held_out).tolist() == [True, False]


def test_a_rewritten_document_is_a_repetition_by_its_8_grams() -> None:
    # 26 characters have 19 8-grams. With the first two changed, 17 of 19 stay: 0.89. With the last 14
    # changed, 26 - 14 - 7 = 5 stay: 0.26, less than three tenths.
    changed = "暴雨" + STORM[2:]
    halved = STORM[:12] + "雨雪风霜江河湖海春夏秋冬早晚"
    assert (len(STORM), len(halved)) == (26, 26)
    assert near_duplicates([[changed], [halved], [OTHER]], [[STORM]]).tolist() == [
        True,
        False,
        False,
    ]


def test_grams_are_found_whatever_the_other_sentences_say() -> None:
    # Split elsewhere, the same text is the same text; nothing is shorter than 8 and crashes.
    split = [STORM[:9], STORM[9:]]
    assert near_duplicates([split, ["短"]], [[STORM], [OTHER], ["短"]]).tolist() == [True, False]
    assert near_duplicates([[STORM]], [["短"]]).tolist() == [False]


def test_a_share_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="in \\(0, 1\\), got 5"):
        hold_out(documents([1], ["a"]), 5)
