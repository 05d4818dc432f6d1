"""Chance by counting, and n-grams that know their training documents only."""

from __future__ import annotations

import numpy as np
import pytest

from summae.evaluation.embeddings import baselines
from summae.evaluation.embeddings.documents import Documents
from summae.evaluation.embeddings.ranks import label_precision


def test_chance_in_closed_form() -> None:
    assert baselines.chance_recall(1, 10) == 0.1
    assert baselines.chance_recall(10, 4) == 1.0
    assert baselines.chance_reciprocal_rank(4) == pytest.approx((1 + 1 / 2 + 1 / 3 + 1 / 4) / 4)
    # a is most frequent in training; two of three held-out ones are a.
    assert baselines.chance_label(list("aab"), list("aba")) == pytest.approx(2 / 3)
    # Of three a and one b: each a meets 2 a among 3 others, b meets none: 3 * 2 / (4 * 3).
    assert baselines.chance_precision(list("aaab")) == 0.5


def test_chance_of_precision_is_what_equal_likeness_gets() -> None:
    labels = list("aaaaabbbbbbbcc")
    found = label_precision(np.ones((14, 14)), labels).mean()
    assert found == pytest.approx(baselines.chance_precision(labels))


def test_tf_idf_prefers_what_is_rare() -> None:
    # 雨 is in one training sentence, 天 in all four.
    training = Documents([["今天晴", "明天晴", "后天晴", "昨天雨"]], ["a"], [0])
    score = baselines.tf_idf(training).scores
    (by_rain, by_day) = score(["雨天"], ["大雨", "晴天"])[0]
    assert by_rain > by_day > 0
    # What training never saw says nothing.
    assert score(["龙"], ["龙"]).item() == 0


def test_lsa_has_as_many_dimensions_as_asked_and_equal_seeds_agree(documents: Documents) -> None:
    found = baselines.lsa(documents, 8)
    assert found.name == "LSA-8"
    vectors = found.embed(documents.sentences[0])
    assert vectors.shape == (7, 8)
    assert vectors.dtype == np.float32
    again = baselines.lsa(documents, 8).embed(documents.sentences[0])
    np.testing.assert_array_equal(vectors, again)


def test_the_ceiling_finds_what_words_tell(documents: Documents) -> None:
    # Labels go with 风 and 雪 in every sentence.
    found = baselines.supervised_ceiling(documents.take(range(20)), documents.take(range(20, 30)))
    assert found.tolist() == [1.0] * 10
