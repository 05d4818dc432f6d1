"""The sentence encoder inside the package knows which headline is of which text."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from summae import SentenceEncoder
from summae.inference.sentence_encoder import embed_documents, encode_or_zeros

NEWS = Path(__file__).parents[3] / "data" / "news.jsonl"


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder.from_pretrained()


def test_headlines_find_their_texts_and_strangers_are_not_alike(encoder: SentenceEncoder) -> None:
    rows = [json.loads(line) for line in NEWS.read_text("utf-8").splitlines()]
    documents = encoder.encode([row["document"] for row in rows], per="document")
    headlines = encoder.encode([row["summary"] for row in rows])
    cosines = headlines @ documents.T
    found = cosines.argmax(axis=1) == np.arange(len(rows))
    assert found.mean() >= 0.75
    others = cosines[~np.eye(len(rows), dtype=bool)]
    assert np.diag(cosines).mean() - others.mean() > 0.25


def test_traditional_script_has_the_vectors_of_simplified(encoder: SentenceEncoder) -> None:
    simplified, traditional = encoder.encode(
        ["北方多地降温，注意保暖。", "北方多地降溫，注意保暖。"]
    )
    assert simplified @ traditional == pytest.approx(1.0, abs=1e-5)


def test_nothing_readable_has_a_vector_of_zeros(encoder: SentenceEncoder) -> None:
    texts = ["今晚有雨", "", "\u200b", "今晚有雨"]
    vectors = encode_or_zeros(encoder, texts)
    assert vectors.shape == (4, encoder.dimensions)
    assert not vectors[1:3].any()
    np.testing.assert_allclose(np.linalg.norm(vectors[[0, 3]], axis=1), 1.0, atol=1e-5)
    assert not encode_or_zeros(encoder, [""]).any()
    np.testing.assert_array_equal(embed_documents(texts), vectors)
