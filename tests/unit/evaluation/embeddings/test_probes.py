"""A probe reads what is there, and swaps move characters without changing which there are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from summae.evaluation.embeddings.documents import Documents
from summae.evaluation.embeddings.probes import probe, swap_half, swapped
from summae.evaluation.embeddings.systems import Vectors


def test_a_direction_is_read_whatever_its_scale() -> None:
    random = np.random.default_rng(0)
    vectors = random.normal(size=(500, 8)).astype(np.float32)
    labels = ["a" if one > 0 else "b" for one in vectors[:, 3]]
    found = [
        probe(vectors[:400] * scale, labels[:400], vectors[400:] * scale, labels[400:]).tolist()
        for scale in (1.0, 1e-3, 1e3)
    ]
    assert np.mean(found[0]) >= 0.93
    assert found[0] == found[1] == found[2]


def test_sparse_vectors_can_be_probed() -> None:
    vectors = csr_matrix(np.eye(2)[[0, 1] * 10])
    assert probe(vectors, ["a", "b"] * 10, vectors, ["a", "b"] * 10).tolist() == [1.0] * 20


def test_what_is_not_there_is_not_read() -> None:
    # 300 labels by coin: 0.5 ± 4 * sqrt(0.25 / 300) = 0.5 ± 0.115.
    random = np.random.default_rng(1)
    vectors = random.normal(size=(600, 4)).astype(np.float32)
    labels = list(random.choice(["a", "b"], 600))
    assert probe(vectors[:300], labels[:300], vectors[300:], labels[300:]).mean() == pytest.approx(
        0.5, abs=0.115
    )


def test_swaps_are_as_many_as_they_should_and_keep_every_character() -> None:
    text = "今晚到明天白天有中到大雨局部地区有短时大风"  # 21 characters: round(2.1) = 2 swaps
    random = np.random.default_rng(0)
    for _ in range(50):
        found = swapped(text, random)
        assert sorted(found) == sorted(text)
        assert sum(ours != theirs for ours, theirs in zip(found, text, strict=True)) == 4


def test_equal_neighbours_are_not_swapped() -> None:
    random = np.random.default_rng(0)
    # Only the last two differ.
    assert {swapped("哈哈哈哈雨", random) for _ in range(10)} == {"哈哈哈雨哈"}
    assert swapped("哈哈哈", random) == "哈哈哈"


def test_half_of_the_sentences_are_swapped(documents: Documents) -> None:
    texts, labels = swap_half(documents, seed=0)
    assert labels.count("swapped") == 15
    every = set(documents.every_sentence)
    assert [text in every for text in texts] == [label == "as written" for label in labels]


def test_a_bag_of_characters_cannot_tell_but_their_order_can(documents: Documents) -> None:
    many = Documents(documents.sentences * 10, documents.labels * 10, documents.days * 10)
    train, test = swap_half(many, seed=0), swap_half(many, seed=1)
    alphabet = sorted({*"".join(many.every_sentence)})

    def bag(texts: Sequence[str]) -> Vectors:
        return np.array([[text.count(one) for one in alphabet] for text in texts], np.float32)

    def first_is_right(texts: Sequence[str]) -> Vectors:
        every = set(many.every_sentence)
        return np.array([[text in every] for text in texts], np.float32)

    # 300 sentences: 0.5 ± 4 * sqrt(0.25 / 300) = 0.5 ± 0.115.
    found = probe(bag(train[0]), train[1], bag(test[0]), test[1])
    assert found.mean() == pytest.approx(0.5, abs=0.115)
    found = probe(first_is_right(train[0]), train[1], first_is_right(test[0]), test[1])
    assert found.mean() == 1.0
