"""The n-gram model is a probability, prefers what it has read, and survives its file."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from summae.errors import InputError, ModelError
from summae.text.ngrams import NGramModel

TEXTS = ("北方今晚降温", "北方明天降温", "南方今晚有雨", "南方明天有雨", "北方今晚有雪") * 3


@pytest.fixture(scope="module")
def model() -> NGramModel:
    return NGramModel.train(TEXTS, fewest=(1, 1, 1))


def test_what_may_follow_sums_to_one(model: NGramModel) -> None:
    characters = sorted(set("".join(TEXTS)))
    for beginning in ("", "北", "北方", "北方今晚", "雪"):
        following = model.next_log_probs([beginning] * len(characters), characters)
        # The end of the text takes the rest.
        end = model.log_probs([beginning])[0][-1]
        total = np.exp(following.astype(float)).sum() + math.exp(end)
        assert total == pytest.approx(1, abs=0.12), (
            beginning
        )  # stored in steps of a twelfth of a nat


def test_a_text_is_scored_character_by_character(model: NGramModel) -> None:
    (found,) = model.log_probs(["北方"])
    assert found.shape == (3,)  # and its end
    first = model.next_log_probs(["", "北"], ["北", "方"])
    np.testing.assert_allclose(found[:2], first)


def test_what_was_read_is_likelier_than_what_was_not(model: NGramModel) -> None:
    known, torn, foreign = (
        one.sum() for one in model.log_probs(["北方今晚降温", "北方今降", "雨雨雨雨"])
    )
    assert known > torn > foreign


def test_frequencies_decide() -> None:
    # 晴 stands twice and 雨 once behind 今天; by Kneser-Ney some of that goes to what was never seen there.
    model = NGramModel.train(["今天晴", "今天晴", "今天雨"], fewest=(1, 1))
    sunny, rainy = np.exp(model.next_log_probs(["今天", "今天"], ["晴", "雨"]).astype(float))
    assert sunny > rainy > 0.05


def test_characters_beyond_the_basic_plane_are_characters(model: NGramModel) -> None:
    assert model.log_probs(["\U00020000雨"])[0].shape == (3,)


def test_pruning_leaves_out_what_is_rare() -> None:
    small = NGramModel.train([*TEXTS, "冰雹"], fewest=(1, 2, 2))
    assert len(small) < len(NGramModel.train([*TEXTS, "冰雹"], fewest=(1, 1, 1)))


def test_no_texts_have_no_scores(model: NGramModel) -> None:
    assert model.log_probs([]) == []
    with pytest.raises(InputError, match="there are none"):
        NGramModel.train([])


def test_it_comes_back_from_its_file(model: NGramModel, tmp_path: Path) -> None:
    file = tmp_path / "headlines.npz"
    model.save(file)
    again = NGramModel.load(file)
    for one, other in zip(model.log_probs(TEXTS[:5]), again.log_probs(TEXTS[:5]), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "headlines.npz"
    file.write_bytes(b"PK nothing")
    with pytest.raises(ModelError, match=r"headlines\.npz cannot be read"):
        NGramModel.load(file)


def test_a_damaged_file_is_named(model: NGramModel, tmp_path: Path) -> None:
    file = tmp_path / "headlines.npz"
    model.save(file)
    whole = file.read_bytes()
    for damaged in (whole[: len(whole) // 2], whole[:200] + bytes(60) + whole[260:], b""):
        file.write_bytes(damaged)
        with pytest.raises(ModelError, match=r"headlines\.npz cannot be read"):
            NGramModel.load(file)
