"""The greedy oracle, against arithmetic and against trying every choice."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from summae.evaluation.oracle import greedy_oracle
from summae.evaluation.rouge import score, tokenizer

cut = tokenizer("character")


def test_the_best_clause_comes_first_and_the_uncut_extract_keeps_the_order() -> None:
    # 主队获胜 (4 of 6 characters) gains more than 昨晚 (2 of 6); then both together are perfect.
    found = greedy_oracle("昨晚，天气晴朗。主队获胜。", "昨晚主队获胜", cut)
    assert found.by_gain == "主队获胜。昨晚，"
    assert found.in_order == "昨晚，主队获胜。"


def test_a_clause_that_lowers_the_score_is_left_out() -> None:
    document = "主队获胜，观众们在场外等待了很久才散去主队。"
    assert greedy_oracle(document, "主队获胜", cut).in_order == "主队获胜，"


def test_a_repeated_clause_gains_nothing() -> None:
    assert greedy_oracle("有雨。有雨。", "有雨", cut).in_order == "有雨。"


@pytest.mark.parametrize(
    ("document", "reference"), [("", "晴"), ("晴", ""), ("风", "雨"), ("。！", "晴")]
)
def test_without_anything_in_common_it_says_nothing(document: str, reference: str) -> None:
    assert greedy_oracle(document, reference, cut) == ("", "")


@pytest.mark.parametrize("seed", range(20))
def test_its_first_clause_is_the_best_single_one(seed: int) -> None:
    draw = random.Random(seed)
    clauses = ["".join(draw.choices("甲乙丙丁戊", k=draw.randint(1, 6))) + "。" for _ in range(5)]
    reference = "".join(draw.choices("甲乙丙丁戊", k=6))
    first = greedy_oracle("".join(clauses), reference, cut).by_gain.partition("。")[0]

    def worth(clause: str) -> float:
        scores = score([clause], [reference])
        return scores.rouge_1.mean.f1 + scores.rouge_2.mean.f1

    assert worth(first) == pytest.approx(max(map(worth, clauses)))


@pytest.mark.parametrize("seed", range(10))
def test_no_choice_of_clauses_beats_it_by_much(seed: int) -> None:
    # Greedy is no optimum, but near one on short documents: at least four fifths of ROUGE-1.
    draw = random.Random(seed)
    clauses = ["".join(draw.choices("甲乙丙丁戊", k=draw.randint(1, 6))) + "。" for _ in range(6)]
    reference = "".join(draw.choices("甲乙丙丁戊", k=10))
    choices = ["".join(c) for size in (1, 2, 3) for c in combinations(clauses, size)]
    best = max(score(choices, [reference] * len(choices)).rouge_1.f1)
    found = greedy_oracle("".join(clauses), reference, cut).in_order
    assert score([found], [reference]).rouge_1.mean.f1 >= 0.8 * best
