"""Vectors to scores, dense or sparse, symmetric or not, each text embedded once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from summae.evaluation.embeddings.systems import (
    System,
    Vectors,
    cosine,
    halves,
    inner_product,
    remembered,
    unit_rows,
)

TABLE = {"雨": [3.0, 4.0], "雪": [4.0, 3.0], "": [0.0, 0.0]}


def embed(texts: Sequence[str]) -> Vectors:
    return np.array([TABLE[text] for text in texts], dtype=np.float32)


def test_cosine_divides_by_lengths_and_an_empty_vector_is_like_nothing() -> None:
    # (3 * 4 + 4 * 3) / (5 * 5) = 0.96
    found = cosine(embed)(["雨", ""], ["雪", "雨"])
    np.testing.assert_allclose(found, [[0.96, 1.0], [0.0, 0.0]], atol=1e-6)
    np.testing.assert_allclose(System("it", embed).scores(["雨"], ["雪"]), [[0.96]], atol=1e-6)


def test_sparse_vectors_score_as_dense_ones_do() -> None:
    sparse = remembered(lambda texts: csr_matrix(embed(texts)))
    sparse(["雪"])  # grows by stacking
    found = cosine(sparse)(["雨", ""], ["雪", "雨"])
    assert isinstance(found, np.ndarray)
    np.testing.assert_allclose(found, cosine(embed)(["雨", ""], ["雪", "雨"]), atol=1e-6)


def test_two_encoders_score_by_their_product_which_has_a_direction() -> None:
    # f = (x, y), g = (x, 2 y): f(雨)·g(雪) = 3 * 4 + 4 * 6 = 36, f(雪)·g(雨) = 4 * 3 + 3 * 8 = 36;
    # with g = (x, 0): 12 and 12; with g = (1, 0) * y: 3 * 3 = 9 and 4 * 4 = 16.
    def answer(texts: Sequence[str]) -> Vectors:
        return embed(texts)[:, [1, 0]] * np.array([1.0, 0.0], np.float32)

    both = inner_product(embed, answer)
    assert both(["雨"], ["雪"]).item() == 9
    assert both(["雪"], ["雨"]).item() == 16
    joined = halves(lambda texts: np.concatenate([embed(texts), answer(texts)], axis=1))
    assert joined(["雨", "雪"], ["雪"]).tolist() == both(["雨", "雪"], ["雪"]).tolist()


def test_each_text_is_embedded_once_and_rows_keep_the_order_asked_for() -> None:
    calls: list[list[str]] = []

    def counted(texts: Sequence[str]) -> Vectors:
        calls.append(list(texts))
        return embed(texts)

    look_up = remembered(counted)
    look_up(["雨", "雨"])
    assert look_up(["雪", "雨", "雪"]).tolist() == [[4, 3], [3, 4], [4, 3]]
    assert calls == [["雨"], ["雪"]]


def test_what_is_no_vector_for_each_text_is_refused() -> None:
    with pytest.raises(ValueError, match="2 texts got"):
        remembered(lambda texts: np.zeros((1, 3), np.float32))(["雨", "雪"])
    with pytest.raises(ValueError, match="no texts"):
        remembered(embed)([])
    with pytest.raises(ValueError, match="NaN"):
        unit_rows(np.array([[np.nan, 1.0]], np.float32))
