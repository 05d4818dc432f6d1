"""A headline finds its document by the document's vector or by its best sentence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from summae.evaluation.embeddings.documents import Documents
from summae.evaluation.embeddings.retrieval import by_best_sentence, by_vector
from summae.evaluation.embeddings.systems import Embed, Vectors, cosine


def test_who_knows_documents_finds_all(documents: Documents, knows_documents: Embed) -> None:
    assert by_vector(knows_documents, documents).recall(1).tolist() == [1.0] * 30
    # More headlines than are asked at once.
    many = documents.take([*range(30)] * 9)
    assert by_best_sentence(cosine(knows_documents), many).tied.tolist() == [9] * 270
    assert by_best_sentence(cosine(knows_documents), many).above.tolist() == [0] * 270


def test_equal_vectors_for_all_are_chance_exactly(
    documents: Documents, says_one_thing: Embed
) -> None:
    for found in (
        by_vector(says_one_thing, documents),
        by_best_sentence(cosine(says_one_thing), documents),
    ):
        assert found.recall(1).tolist() == pytest.approx([1 / 30] * 30)
        assert found.recall(10).tolist() == pytest.approx([1 / 3] * 30)


def test_one_good_sentence_counts_by_best_and_drowns_in_the_mean() -> None:
    # Headline (1, 0). Its document says (1, 0) once and (0, 1) twice, mean direction (1, 2): 0.447.
    # The other says (0.8, 0.6) only: 0.8.
    table = {"题": [1.0, 0.0], "是": [1.0, 0.0], "非": [0.0, 1.0], "似": [0.8, 0.6]}

    def embed(texts: Sequence[str]) -> Vectors:
        return np.array([table[text] for text in texts], np.float32)

    documents = Documents([["非", "是", "非"], ["似"]], ["a", "a"], [0, 0], ["题", "题"])
    assert by_vector(embed, documents).above.tolist() == [1, 0]
    assert by_best_sentence(cosine(embed), documents).above.tolist() == [0, 1]
