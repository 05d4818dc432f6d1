"""Ids become text again without SentencePiece, exactly as with it."""

from __future__ import annotations

import pickle
import random

import pytest

from summae.text.tokenizer import Tokenizer
from summae.text.vocabulary import (
    BOS_ID,
    CONTROL_TOKENS,
    EOS_ID,
    LENGTH_BUCKETS,
    PAD_ID,
    Vocabulary,
    length_token,
    nearest_bucket,
)


@pytest.fixture(scope="module")
def tokenizer(news: tuple[str, ...]) -> Tokenizer:
    return Tokenizer.train(news, vocabulary_size=700)


def random_text(draw: random.Random) -> str:
    alphabet = [
        "气",
        "温",
        "下",
        "降",
        " ",
        "  ",
        "a",
        "Z",
        "9",
        "3.5",
        "，",
        "\U00020000",
        "🌧️",
        "é",
        "▁",
    ]
    return "".join(draw.choices(alphabet, k=draw.randint(1, 12)))


@pytest.mark.parametrize("seed", range(100))
def test_decodes_random_texts_as_the_tokenizer_does(tokenizer: Tokenizer, seed: int) -> None:
    ids = tokenizer.encode(random_text(random.Random(seed)))
    assert tokenizer.vocabulary.decode(ids) == tokenizer.decode(ids)


@pytest.mark.parametrize(
    "text", ["气温下降8到10度", "\U00020000\U0003134a", "☀️🌧🏳️‍🌈", "C919 lands", "  两端 空格  ", ""]
)
def test_text_survives_encoding_but_for_the_spaces_around_it(
    tokenizer: Tokenizer, text: str
) -> None:
    assert tokenizer.vocabulary.decode(tokenizer.encode(text)) == text.strip()


def test_special_and_control_tokens_leave_no_trace(tokenizer: Tokenizer) -> None:
    vocabulary = tokenizer.vocabulary
    controls = [vocabulary.ids[token] for token in CONTROL_TOKENS]
    ids = [BOS_ID, *controls, *tokenizer.encode("今夜有雨"), EOS_ID, PAD_ID]
    assert vocabulary.decode(ids) == tokenizer.decode(ids) == "今夜有雨"


def test_half_a_character_is_marked_not_raised() -> None:
    # 雨 is E9 9B A8.
    assert Vocabulary(("<0xE9>", "<0x9B>", "<0xA8>", "雪")).decode([0, 1, 2, 3]) == "雨雪"
    assert Vocabulary(("<0xE9>", "<0x9B>", "<0xA8>", "雪")).decode([0, 1, 3]) == "\ufffd雪"


@pytest.mark.parametrize(
    ("characters", "bucket"),
    [(0, 6), (6, 6), (7, 6), (8, 8), (19, 18), (40, 40), (41, 40), (999, 40)],
)
def test_nearest_bucket_is_the_shorter_of_two_equally_near(characters: int, bucket: int) -> None:
    assert nearest_bucket(characters) == bucket
    assert length_token(characters) == f"<len_{bucket}>"


def test_each_length_has_an_id_of_its_own(tokenizer: Tokenizer) -> None:
    ids = [tokenizer.vocabulary.length_id(bucket) for bucket in LENGTH_BUCKETS]
    assert len(set(ids)) == len(LENGTH_BUCKETS)
    assert ids == [tokenizer.length_id(bucket) for bucket in LENGTH_BUCKETS]


def test_pickled_vocabulary_decodes_alike(tokenizer: Tokenizer) -> None:
    ids = tokenizer.encode("今夜有雨\U00020000")
    tokenizer.vocabulary.decode(ids)  # its tables are made
    copy = pickle.loads(pickle.dumps(tokenizer.vocabulary))
    assert copy == tokenizer.vocabulary
    assert copy.decode(ids) == "今夜有雨\U00020000"
