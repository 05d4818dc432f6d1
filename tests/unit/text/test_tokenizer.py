"""One tokenizer for training and use: lossless, with fixed special tokens, refused when it is not ours."""

from __future__ import annotations

import io
import pickle
from collections import Counter
from pathlib import Path

import pytest
import sentencepiece

from summae.errors import InputError, ModelError
from summae.text.tokenizer import Tokenizer
from summae.text.vocabulary import CONTROL_TOKENS


@pytest.fixture(scope="module", params=["unigram", "character"])
def tokenizer(news: tuple[str, ...], request: pytest.FixtureRequest) -> Tokenizer:
    return Tokenizer.train(news, vocabulary_size=700, kind=request.param)


@pytest.mark.parametrize(
    "text",
    ["气温下降8到10度，部分山区有雪。", "\U00020000 is rare", "🌧️", "  两 端  ", "a▁b", "<s></s>"],
)
def test_text_comes_back_from_ids_and_from_pieces(tokenizer: Tokenizer, text: str) -> None:
    expected = text.strip().replace("▁", " ")  # SentencePiece writes spaces so
    assert tokenizer.decode(tokenizer.encode(text)) == expected
    assert tokenizer.decode_pieces(tokenizer.encode_pieces(text)) == expected
    assert tokenizer.unk_id not in tokenizer.encode(text)


def test_special_tokens_have_their_places(tokenizer: Tokenizer) -> None:
    assert tokenizer.vocabulary.pieces[:4] == ("<pad>", "<unk>", "<s>", "</s>")
    assert len(tokenizer.control_ids) == len(CONTROL_TOKENS)
    assert tokenizer.vocabulary.pieces[tokenizer.mask_id] == "<mask>"
    assert tokenizer.vocab_size == len(tokenizer.vocabulary) == len(tokenizer.vocabulary.ids)


def test_a_control_token_written_out_is_plain_text(tokenizer: Tokenizer) -> None:
    ids = tokenizer.encode("<len_20>今夜有雨<mask>")
    assert not tokenizer.control_ids & set(ids)
    assert tokenizer.decode(ids) == "<len_20>今夜有雨<mask>"


def test_digits_are_tokens_of_their_own(tokenizer: Tokenizer) -> None:
    pieces = tokenizer.encode_pieces("增长48个")
    assert [piece for piece in pieces if piece.isdigit()] == ["4", "8"]


def test_kinds_differ_in_the_length_of_their_pieces(news: tuple[str, ...]) -> None:
    lengths = {}
    for kind in ("unigram", "character"):
        pieces = Tokenizer.train(news, vocabulary_size=700, kind=kind).vocabulary.pieces
        lengths[kind] = max(len(piece) for piece in pieces if not piece.startswith("<"))
    assert lengths["character"] == 1 < lengths["unigram"] <= 6


def test_characters_beyond_the_size_of_the_vocabulary_are_spelled_in_bytes(
    news: tuple[str, ...],
) -> None:
    # 4 special, 27 control and 256 byte tokens leave room for 13 of 254 characters.
    small = Tokenizer.train(news, vocabulary_size=300, kind="character")
    assert small.vocab_size == 300
    commonest = {character for character, _ in Counter("".join(news)).most_common(5)}
    assert commonest <= set(small.vocabulary.pieces)
    for text in news:
        assert small.unk_id not in small.encode(text)
        assert small.decode(small.encode(text)) == text


def test_batch_is_encoded_like_one_by_one(tokenizer: Tokenizer, news: tuple[str, ...]) -> None:
    assert tokenizer.encode_batch(news) == [tokenizer.encode(text) for text in news]


def test_length_token_is_one_piece(tokenizer: Tokenizer) -> None:
    assert tokenizer.length_token(19) == "<len_18>"
    assert tokenizer.vocabulary.pieces[tokenizer.length_id(19)] == "<len_18>"
    assert tokenizer.decode([tokenizer.length_id(20)]) == ""


def test_saved_and_pickled_tokenizers_encode_alike(tokenizer: Tokenizer, tmp_path: Path) -> None:
    tokenizer.save(tmp_path)
    for copy in (Tokenizer.from_dir(tmp_path), pickle.loads(pickle.dumps(tokenizer))):
        assert copy.encode("今夜有雨") == tokenizer.encode("今夜有雨")
        assert copy.serialized == tokenizer.serialized


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot read the tokenizer .*tokenizer.model"):
        Tokenizer.from_dir(tmp_path)


def test_file_that_is_no_tokenizer_is_named(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.model").write_bytes(b"no model")
    with pytest.raises(ModelError, match=r"tokenizer.model: not a SentencePiece model"):
        Tokenizer.from_dir(tmp_path)


def test_foreign_model_without_length_tokens_is_refused(news: tuple[str, ...]) -> None:
    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(news),
        model_writer=written,
        vocab_size=400,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    with pytest.raises(ModelError, match="lacks summae's length tokens"):
        Tokenizer(written.getvalue())


@pytest.mark.parametrize(("texts", "size"), [(["今天有雨"] * 9, 5), (["今天有雨"], -5), ([], 500)])
def test_a_vocabulary_that_cannot_be_learned_is_refused(texts: list[str], size: int) -> None:
    with pytest.raises(InputError, match=rf"no tokenizer of {size} pieces"):
        Tokenizer.train(texts, vocabulary_size=size)
