"""The next sentence is asked of held-out documents, fairly: chance for all alike, 1 for who knows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import nn

from summae.data.pack import Ragged
from summae.recipes.sentence_validation import NextSentence

if TYPE_CHECKING:
    from summae.data.sentences_pack import SentencePack


class FirstToken(nn.Module):
    """The vector of a sentence is a row of the table, by the first token."""

    def __init__(self, table: Any) -> None:
        super().__init__()
        self.table = nn.Parameter(table)

    def forward(self, ids: Any, mask: Any) -> Any:
        return self.table[ids[:, 0]]


@pytest.fixture
def counted(tiny_sentences: SentencePack) -> SentencePack:
    """Sentence n of the pack is the token n + 1, and the last twelve documents are held out."""
    sentences = Ragged.of([[n + 1] for n in range(64)])
    return replace(tiny_sentences, sentences=sentences, is_held_out=np.arange(16) >= 4)


def test_who_knows_what_follows_is_always_right(counted: SentencePack) -> None:
    follows = FirstToken(torch.eye(66).roll(1, dims=1))  # the vector of n is that of n + 1
    measures = NextSentence(counted).measures(follows, FirstToken(torch.eye(66)))
    assert measures["next_sentence"] == 1
    assert measures["alignment"] == pytest.approx(0.0, abs=1e-6)
    assert measures["rank"] == pytest.approx(12.0)


def test_who_finds_all_alike_has_one_in_ten(counted: SentencePack) -> None:
    alike = FirstToken(torch.ones(66, 4))
    measures = NextSentence(counted).measures(alike, alike)
    assert measures["next_sentence"] == pytest.approx(0.1)
    assert measures["rank"] == pytest.approx(1.0, abs=1e-3)
    assert measures["uniformity"] == pytest.approx(0.0, abs=1e-5)


def test_choices_are_ten_different_documents_none_learned_from(counted: SentencePack) -> None:
    validation = NextSentence(counted)
    assert len(validation) == 12
    assert validation._choices.shape == (12, 10)
    for number, choices in enumerate(validation._choices.tolist()):
        assert choices[0] == number
        assert len(set(choices)) == 10
    for asked, answer in zip(validation._sentences, validation._answers, strict=True):
        assert answer[0] == asked[0] + 1
        assert (asked[0] - 1) // 4 == (answer[0] - 1) // 4 >= 4  # one document, held out


def test_questions_are_the_same_each_time_and_at_most_as_many_as_wanted(
    counted: SentencePack,
) -> None:
    first, again = NextSentence(counted), NextSentence(counted)
    assert np.array_equal(first._sentences, again._sentences)
    assert torch.equal(first._choices, again._choices)
    assert len(NextSentence(counted, questions=5)) == 5


def test_without_held_out_documents_there_is_nothing_to_measure(counted: SentencePack) -> None:
    nothing = replace(counted, is_held_out=np.zeros(16, dtype=bool))
    module = FirstToken(torch.eye(66))
    assert NextSentence(nothing).measures(module, module) == {}
