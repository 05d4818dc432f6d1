"""ROUGE on Chinese text: the arithmetic in sight, then agreement with independent implementations."""

from __future__ import annotations

import random

import numpy as np
import pytest

from summae.evaluation.rouge import Unit, common_subsequence_length, score, tokenizer


class ReferenceTokenizer:
    """Gives `rouge-score` our tokens, so that only the arithmetic is compared."""

    def tokenize(self, text: str) -> list[str]:
        return tokenizer("character")(text)


def random_headlines(count: int, seed: int) -> list[str]:
    # Few distinct characters, so that overlaps and repetitions are common; some texts are empty.
    draw = random.Random(seed)
    pieces = ["雨", "晴", "高", "温", "北", "风", "，", " ", "GDP", "12", "3.5", "％"]
    return ["".join(draw.choices(pieces, k=draw.randint(0, 24))) for _ in range(count)]


def brute_force_common_subsequence(left: list[str], right: list[str]) -> int:
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            table[i + 1][j + 1] = (
                table[i][j] + 1 if a == b else max(table[i][j + 1], table[i + 1][j])
            )
    return table[-1][-1]


@pytest.mark.parametrize("unit", ["character", "word"])
def test_identical_chinese_texts_score_one(unit: Unit) -> None:
    if unit == "word":
        pytest.importorskip("jieba")
    text = "台风登陆后沿海城市普降暴雨"
    assert score([text], [text], unit=unit).mean_f1() == {
        "rouge_1": 1.0,
        "rouge_2": 1.0,
        "rouge_l": 1.0,
    }


def test_precision_recall_and_f1_are_shares_of_prediction_and_reference() -> None:
    # Prediction 北京大雨 (4 characters, 3 bigrams), reference 大雨袭北京城 (6 characters, 5 bigrams).
    # Shared: 4 characters; bigrams 北京 and 大雨; longest common subsequence 北京 or 大雨: 2.
    scores = score(["北京大雨"], ["大雨袭北京城"])
    assert (scores.rouge_1.mean.precision, scores.rouge_1.mean.recall) == (4 / 4, 4 / 6)
    assert scores.rouge_1.mean.f1 == pytest.approx(2 * 4 / (4 + 6))
    assert (scores.rouge_2.mean.precision, scores.rouge_2.mean.recall) == (2 / 3, 2 / 5)
    assert scores.rouge_2.mean.f1 == pytest.approx(2 * 2 / (3 + 5))
    assert (scores.rouge_l.mean.precision, scores.rouge_l.mean.recall) == (2 / 4, 2 / 6)
    assert scores.rouge_l.mean.f1 == pytest.approx(2 * 2 / (4 + 6))


def test_repetition_is_not_free() -> None:
    # 雨 stands once in the reference, so only one of the three counts: precision 1/3, not 3/3.
    assert score(["雨雨雨"], ["雨"]).rouge_1.mean.precision == pytest.approx(1 / 3)


def test_punctuation_spaces_width_and_case_do_not_count() -> None:
    assert score(["《ＮＢＡ》：总决赛 开打！"], ["nba总决赛开打"]).rouge_l.mean.f1 == 1.0


def test_a_run_of_latin_letters_and_digits_is_one_token() -> None:
    assert tokenizer("character")("iPhone15销量涨3.5%,Café很_忙") == [
        *("iphone15", "销", "量", "涨", "3", "5", "café", "很", "忙")
    ]


def test_a_character_beyond_the_basic_plane_is_one_token() -> None:
    assert tokenizer("character")("\U00020000水") == ["\U00020000", "水"]


def test_traditional_and_simplified_forms_differ() -> None:
    assert score(["颱風"], ["台风"]).rouge_1.mean.f1 == 0.0


def test_an_empty_prediction_scores_zero_and_is_counted() -> None:
    scores = score(["", "。！", "小雨"], ["小雨", "小雨", "小雨"])
    assert scores.empty_predictions == 2
    np.testing.assert_array_equal(scores.rouge_1.f1, [0.0, 0.0, 1.0])
    assert scores.rouge_1.mean.f1 == pytest.approx(1 / 3)


def test_no_pairs_at_all_score_zero() -> None:
    assert score([], []).mean_f1() == {"rouge_1": 0.0, "rouge_2": 0.0, "rouge_l": 0.0}


def test_unequal_numbers_are_refused_with_both_counts() -> None:
    with pytest.raises(ValueError, match="2 predictions and 1 references"):
        score(["晴", "雨"], ["晴"])


def test_a_single_string_is_refused() -> None:
    with pytest.raises(TypeError, match="list"):
        score("晴天", "雨天")


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="'sentence'"):
        score(["晴"], ["晴"], unit="sentence")  # type: ignore[arg-type]


def test_words_are_a_coarser_unit_than_characters() -> None:
    pytest.importorskip("jieba")
    # 气温 and 气象 share the character 气 but are different words.
    assert score(["气温"], ["气象"]).rouge_1.mean.f1 == 0.5
    assert score(["气温"], ["气象"], unit="word").rouge_1.mean.f1 == 0.0


def test_scores_agree_with_rouge_score_on_random_pairs() -> None:
    rouge_scorer = pytest.importorskip("rouge_score.rouge_scorer")
    predictions, references = random_headlines(400, seed=1), random_headlines(400, seed=2)
    scorer = rouge_scorer.RougeScorer(
        ["rouge1", "rouge2", "rougeL"], tokenizer=ReferenceTokenizer()
    )
    ours = score(predictions, references)
    for item, (prediction, reference) in enumerate(zip(predictions, references, strict=True)):
        theirs = scorer.score(target=reference, prediction=prediction)
        for items, name in [
            (ours.rouge_1, "rouge1"),
            (ours.rouge_2, "rouge2"),
            (ours.rouge_l, "rougeL"),
        ]:
            values = (items.precision[item], items.recall[item], items.f1[item])
            assert values == pytest.approx(tuple(theirs[name])), (name, prediction, reference)


def test_common_subsequence_agrees_with_the_textbook_table() -> None:
    cut = tokenizer("character")
    for left, right in zip(
        random_headlines(300, seed=3), random_headlines(300, seed=4), strict=True
    ):
        expected = brute_force_common_subsequence(cut(left), cut(right))
        assert common_subsequence_length(cut(left), cut(right)) == expected
