"""Quick-thought pairs neighbours within documents only, and both encoders learn from it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from torch import nn

from summae.data.sentence_batches import ContiguousSentences, SentenceBatch
from summae.data.settings import SentenceBatchSettings
from summae.representations.encoders import build_encoder
from summae.representations.quick_thought import QuickThought
from summae.representations.shape import EncoderShape

if TYPE_CHECKING:
    from summae.data.sentences_pack import SentencePack


class Table(nn.Module):
    """The vector of a sentence is the row of its first token."""

    def __init__(self, rows: list[list[float]]) -> None:
        super().__init__()
        self.rows = nn.Parameter(torch.tensor(rows))

    def forward(self, ids: Any, mask: Any) -> Any:
        return self.rows[ids[:, 0]]


def batch_of(document: list[int], place: list[int]) -> SentenceBatch:
    """Sentence n is the token n."""
    ids = torch.arange(len(document))[:, None]
    mask = torch.ones_like(ids, dtype=torch.bool)
    return SentenceBatch(ids, mask, torch.tensor(document), torch.tensor(place))


def test_neighbours_of_one_document_are_found_and_itself_is_forbidden() -> None:
    # f says of sentence n which it looks for, g which it is: 0 looks for 1, 1 for 0, and 2, alone in
    # its document, for 1, which stands right in front of it and yet is no neighbour.
    wanted = torch.tensor([1, 0, 1])
    f = Table((100 * torch.eye(3)[wanted]).tolist())
    quick_thought = QuickThought(f, Table(torch.eye(3).tolist()))
    loss = quick_thought(batch_of([7, 7, 8], [0, 1, 0]))
    assert loss.value.item() == pytest.approx(0.0, abs=1e-6)
    assert float(loss.weight) == 2  # sentence 2 has no neighbour
    assert loss.parts["accuracy"].item() == 1
    # Two candidates each, the sentence itself not among them.
    assert loss.parts["bound"].item() == pytest.approx(math.log(2))


def test_likeness_with_itself_does_not_count() -> None:
    # All sentences prefer themselves by far; among the others all are alike: 3 candidates.
    quick_thought = QuickThought(Table((9 * torch.eye(4)).tolist()), Table(torch.eye(4).tolist()))
    loss = quick_thought(batch_of([0, 0, 1, 1], [0, 1, 0, 1]))
    assert loss.value.item() == pytest.approx(math.log(3))


def test_context_of_two_reaches_two_sentences_far_within_the_document() -> None:
    same = Table(torch.zeros(5, 2).tolist())
    batch = batch_of([0, 0, 0, 0, 1], [0, 1, 2, 3, 0])
    # All scores 0: four candidates each, and ln 4 whatever shares of them are wanted.
    for context in (1, 2):
        loss = QuickThought(same, same, context=context)(batch)
        assert loss.value.item() == pytest.approx(math.log(4))
    f = Table((9 * torch.eye(5)[[2, 0, 0, 1, 0]]).tolist())  # places 2, 1, 2 and 2 away
    g = Table(torch.eye(5).tolist())
    assert QuickThought(f, g, context=1)(batch).parts["accuracy"].item() == 0.25
    assert QuickThought(f, g, context=2)(batch).parts["accuracy"].item() == 1


def test_no_pair_crosses_documents(tiny_sentences: SentencePack) -> None:
    settings = SentenceBatchSettings(sentences_per_batch=10)
    batches = ContiguousSentences(tiny_sentences, settings, num_batches=4, seed=1)
    for number in range(4):
        batch = batches[number]
        document = batch.document.tolist()
        counts = {one: document.count(one) for one in document}
        same = Table([[0.0]] * 700)
        loss = QuickThought(same, same, context=99)(batch)
        # With a context of any width, the partners are the rest of the document.
        assert float(loss.weight) == sum(n for n in counts.values() if n > 1)
    lone = batch_of([0, 1, 2], [0, 0, 0])
    loss = QuickThought(same, same)(lone)
    assert float(loss.weight) == 0
    assert loss.value.item() == 0


def test_repeated_sentence_is_a_candidate_once() -> None:
    # As where two processes hold the same document: rows 2 and 3 are rows 0 and 1 again.
    same = Table(torch.zeros(4, 2).tolist())
    loss = QuickThought(same, same)(batch_of([5, 5, 5, 5], [0, 1, 0, 1]))
    assert loss.value.item() == pytest.approx(0.0, abs=1e-6)  # the other sentence is the only one


def test_shift_of_all_candidates_which_changes_nothing_is_not_learned() -> None:
    shape = EncoderShape(width=8, feed_forward=8, output=6)
    quick_thought = QuickThought(*(build_encoder(shape, 700, seed=n) for n in (1, 2)))
    held = [name for name, p in quick_thought.named_parameters() if not p.requires_grad]
    assert held == ["candidate.layers.3.bias"]
    bias, batch = quick_thought.candidate.layers[3].bias, batch_of([0, 0, 0, 1], [0, 1, 2, 0])
    assert (bias == 0).all()
    before = quick_thought(batch).value
    bias.add_(1.0)
    torch.testing.assert_close(quick_thought(batch).value, before)


@pytest.mark.parametrize("kind", ["bag", "gru", "cnn", "transformer"])
def test_gradients_reach_both_encoders_and_they_share_nothing(
    kind: Any, tiny_sentences: SentencePack
) -> None:
    shape = EncoderShape(kind=kind, width=8, heads=2, feed_forward=8, output=6)
    f, g = (build_encoder(shape, 700, seed=n) for n in (1, 2))
    quick_thought = QuickThought(f, g)
    batches = ContiguousSentences(
        tiny_sentences, SentenceBatchSettings(sentences_per_batch=16), num_batches=1, seed=1
    )
    loss = quick_thought(batches[0])
    loss.value.backward()
    for encoder in quick_thought.encoders:
        gradients = [p.grad for p in encoder.parameters() if p.requires_grad]
        assert all(gradient.isfinite().all() for gradient in gradients)
        assert any(gradient.abs().sum() > 0 for gradient in gradients)
    assert not {id(p) for p in f.parameters()} & {id(p) for p in g.parameters()}
    assert {"nll", "accuracy", "bound", "score", "accuracy_within", "rank"} == loss.parts.keys()
    assert 1 <= float(loss.parts["rank"]) <= 6
