"""InfoMax tells sentences of a document from sentences of others, and its critic knows a stranger."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any, get_args

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

sys.path.insert(0, str(Path(__file__).parent))
from sentence_toys import Table, batch_of, learn, with_padding

from summae.objectives.mutual_information import jsd
from summae.representations.encoders import build_encoder
from summae.representations.infomax import CriticKind, Estimator, InfoMax, salience
from summae.representations.shape import EncoderShape

VOCABULARY = 60
each_estimator = pytest.mark.parametrize("estimator", get_args(Estimator))


def infomax(**options: Any) -> InfoMax:
    torch.manual_seed(1)
    shape = EncoderShape(width=16, feed_forward=16, output=16)
    return InfoMax(build_encoder(shape, VOCABULARY, seed=1), 16, **options)


def subjects() -> list[list[list[int]]]:
    """Eight documents of three sentences, each with five words of its own."""
    draw = torch.Generator().manual_seed(4)
    words = [list(range(4 + 5 * subject, 9 + 5 * subject)) for subject in range(8)]
    return [
        [[own[n] for n in torch.randint(5, (4,), generator=draw).tolist()] for _ in range(3)]
        for own in words
    ]


def test_scores_are_of_all_sentences_with_all_documents() -> None:
    # Documents are means of their sentences, scores inner products.
    a, b, c = torch.tensor([1.0, 2.0]), torch.tensor([3.0, -1.0]), torch.tensor([0.5, 1.0])
    method = InfoMax(Table([a.tolist(), b.tolist(), c.tolist()]), 2, prior_weight=0.0)
    method.features = torch.nn.Identity()
    method.critic.weight.data = torch.eye(2)
    one, other = (a + b) / 2, c
    # A document's strangers count once for each of its sentences.
    strange = torch.stack([c @ one, c @ one, a @ other, b @ other])
    expected = jsd(torch.stack([a @ one, b @ one, c @ other]), strange)
    loss = method(batch_of([[0], [1]], [[2]]))
    torch.testing.assert_close(loss.value, expected.value)
    assert loss.weight == 3
    assert loss.parts.keys() == expected.parts.keys()


@each_estimator
def test_document_without_others_teaches_nothing(estimator: Estimator) -> None:
    method = infomax(estimator=estimator, prior_weight=0.0)
    loss = method(batch_of([[5, 6], [7]]))
    loss.value.backward()
    gradients = [p.grad for p in method.parameters() if p.grad is not None]
    assert gradients
    assert all(gradient.isfinite().all() for gradient in gradients)
    assert loss.weight == 0 or loss.value.item() == 0


@each_estimator
@pytest.mark.parametrize("critic", get_args(CriticKind))
def test_learns_what_belongs_together(estimator: Estimator, critic: CriticKind) -> None:
    method = infomax(estimator=estimator, critic=critic)
    batch = batch_of(*subjects())
    before = method.eval()(batch)
    after = learn(method, batch, 80, rate=0.005)
    assert after.parts["bound"] > before.parts["bound"] + 0.3
    assert after.parts["accuracy"] > 0.9 or estimator == "donsker_varadhan"


def test_padding_never_matters() -> None:
    method = infomax(prior_weight=0.0)
    batch = batch_of(*subjects())
    torch.testing.assert_close(method(with_padding(batch)).value, method(batch).value)


def test_salience_is_lowest_for_the_sentence_of_another_document() -> None:
    method = infomax()
    documents = subjects()
    learn(method, batch_of(*documents), 80, rate=0.005)
    for number, document in enumerate(documents):
        stranger = documents[number - 1][0]
        scores = salience(method, [*document, stranger])
        assert scores.shape == (4,)
        assert scores.argmin() == 3
    # Neither its order nor how long others are changes the score of a sentence.
    again = salience(method, [stranger, *document])
    torch.testing.assert_close(again, scores.roll(1))


def test_prior_spreads_documents_vectors() -> None:
    # Levels begin near 1/2; uniform draws have a deviation of 0.29. The critic has no say here.
    batch, rows = batch_of(*subjects()), torch.arange(8).repeat_interleave(3)
    method = infomax(prior_weight=1.0)
    torch.nn.init.zeros_(method.critic.weight).requires_grad_(False)

    def deviation() -> float:
        with torch.no_grad():
            documents = method.documents(method.encoder(batch.ids, batch.mask), rows)
        return float(documents.sigmoid().std())

    assert deviation() < 0.1
    learn(method, batch, 200, rate=0.002)
    assert deviation() == pytest.approx(math.sqrt(1 / 12), abs=0.1)


def test_validation_is_the_same_each_time_and_takes_no_luck_from_training() -> None:
    method, batch = infomax().eval(), batch_of(*subjects())
    before = torch.get_rng_state()
    first, second = (method(batch) for _ in range(2))
    assert torch.equal(first.value, second.value)
    assert torch.equal(torch.get_rng_state(), before)
    method.train()(batch)
    assert not torch.equal(torch.get_rng_state(), before)


def test_half_precision_changes_little() -> None:
    method, batch = infomax(prior_weight=0.0), batch_of(*subjects())
    with torch.autocast("cpu", torch.bfloat16):
        half = method(batch)
    half.value.backward()
    torch.testing.assert_close(half.value, method(batch).value, rtol=0.02, atol=0.02)
