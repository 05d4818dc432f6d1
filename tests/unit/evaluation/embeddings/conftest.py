"""Made-up documents whose sentences say where they stand, and embedders that know it or nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pytest

pytest.importorskip("sklearn")

from summae.evaluation.embeddings.documents import Documents
from summae.evaluation.embeddings.systems import Embed, Score, Scores, Vectors

WORDS = ("今天的风", "山里的雪", "球队比赛", "列车晚点", "新种植物", "夜空流星")


def place_of(text: str) -> tuple[int, int]:
    """Document and sentence that a made-up text belongs to; swapped characters may hide them."""
    document, sentence, *_ = [*re.findall(r"\d+", text), 0, 0]
    return int(document), int(sentence)


def make_documents(count: int, sentences: int = 7) -> Documents:
    return Documents(
        [
            [
                f"第{document}篇第{place}句，{WORDS[document % 2]}和{WORDS[2 + place % 4]}。"
                for place in range(sentences)
            ]
            for document in range(count)
        ],
        [("weather", "sport")[document % 2] for document in range(count)],
        list(range(count)),
        [f"标题{document}写第0句" for document in range(count)],
    )


@pytest.fixture
def documents() -> Documents:
    return make_documents(30)


@pytest.fixture(scope="session")
def knows_documents() -> Embed:
    """All that one document says, its headline, too, has one direction of its own."""

    def embed(texts: Sequence[str]) -> Vectors:
        return np.eye(2000, dtype=np.float32)[[place_of(text)[0] for text in texts]]

    return embed


@pytest.fixture(scope="session")
def knows_order() -> Score:
    """The nearer a candidate is to the place behind the query, the better; other documents are bad."""

    def score(queries: Sequence[str], candidates: Sequence[str]) -> Scores:
        asked, offered = (np.array([*map(place_of, texts)]) for texts in (queries, candidates))
        steps = offered[None, :, 1] - asked[:, None, 1]
        is_other = offered[None, :, 0] != asked[:, None, 0]
        return -np.abs(steps - 1).astype(np.float32) - 100 * is_other

    return score


@pytest.fixture(scope="session")
def knows_nothing() -> Embed:
    """A direction at random for each text."""

    def embed(texts: Sequence[str]) -> Vectors:
        seeds = [int.from_bytes(text.encode(), "big") for text in texts]
        rows = [np.random.default_rng(seed).normal(size=64) for seed in seeds]
        return np.array(rows, dtype=np.float32)

    return embed


@pytest.fixture(scope="session")
def says_one_thing() -> Embed:
    """The same vector for every text: what has collapsed."""
    return lambda texts: np.full((len(texts), 5), 0.3, np.float32)
