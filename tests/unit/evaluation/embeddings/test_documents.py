"""Sentences of raw texts, and one vector for several of them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from summae.evaluation.embeddings.documents import (
    SENTENCES,
    Documents,
    document_vectors,
    sentences_of,
)


def test_what_tells_the_source_is_gone() -> None:
    text = "（中央社記者王小明台北28日電）颱風今晚登陸。請民眾避免外出，也不要前往海邊觀浪。"
    assert sentences_of(text) == ["台风今晚登陆。", "请民众避免外出，也不要前往海边观浪。"]


def test_only_the_beginning_is_read() -> None:
    assert len(sentences_of("今天有雨。" * 50)) == SENTENCES
    assert sentences_of("") == []


def test_a_documents_vector_is_the_mean_of_directions() -> None:
    # Directions (1, 0) and (0, 1), whatever their lengths: mean (0.5, 0.5), of length 1 (0.707, 0.707).
    table = {"长": [9.0, 0.0], "短": [0.0, 0.1], "独": [0.0, 2.0]}
    documents = Documents([["长", "短"], ["独"]], ["a", "b"], [0, 0])

    def embed(texts: list[str]) -> np.ndarray:
        return np.array([table[text] for text in texts], np.float32)

    expected = [[0.5**0.5, 0.5**0.5], [0.0, 1.0]]
    np.testing.assert_allclose(document_vectors(embed, documents), expected, atol=1e-6)
    sparse = document_vectors(lambda texts: csr_matrix(embed(texts)), documents)
    np.testing.assert_allclose(sparse.toarray(), expected, atol=1e-6)


def test_lists_of_other_lengths_and_empty_documents_are_refused() -> None:
    with pytest.raises(ValueError, match="each document needs"):
        Documents([["雨"]], ["a"], [0], ["题", "题"])
    with pytest.raises(ValueError, match="without a sentence"):
        Documents([["雨"], []], ["a", "a"], [0, 0])


def test_taken_documents_keep_what_belongs_to_them(documents: Documents) -> None:
    taken = documents.take([4, 1])
    assert taken.sentences == [documents.sentences[4], documents.sentences[1]]
    assert (taken.labels, taken.days) == (["weather", "sport"], [4, 1])
    assert taken.headlines == ["标题4写第0句", "标题1写第0句"]
    assert taken.starts.tolist() == [0, 7, 14]
