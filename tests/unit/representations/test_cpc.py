"""CPC foretells what comes k steps later in the same document, from what stands before it alone."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

sys.path.insert(0, str(Path(__file__).parent))
from sentence_toys import Table, batch_of, learn, with_padding

from summae.representations.cpc import Cpc, windows
from summae.representations.encoders import build_encoder
from summae.representations.shape import EncoderShape

VOCABULARY = 60


def cpc(kind: Any = "bag", **options: Any) -> Cpc:
    torch.manual_seed(1)
    shape = EncoderShape(kind=kind, width=16, heads=2, feed_forward=16, output=16)
    return Cpc(build_encoder(shape, VOCABULARY, seed=1), 16, **options)


def test_candidates_are_what_is_not_read_yet() -> None:
    # Documents of three and one. All scores 0. One ahead: the first sentence has the two after it
    # and the other document's to choose from, the second two. Two ahead: the first has three.
    method = cpc()
    for critic in method.critics:
        torch.nn.init.zeros_(critic.weight)
    loss = method(batch_of([[5], [6], [7]], [[8]]))
    assert loss.parts["nll_1"].item() == pytest.approx((math.log(3) + math.log(2)) / 2)
    assert loss.parts["nll_2"].item() == pytest.approx(math.log(3))
    assert loss.parts["nll_3"].item() == 0
    assert loss.parts["bound_1"].item() == pytest.approx(0.0, abs=1e-6)
    assert float(loss.weight) == 3
    assert loss.value.item() == pytest.approx((2 * math.log(3) + math.log(2)) / 3)


def test_each_distance_asks_its_own_critic() -> None:
    # Sentence n is the n-th unit vector, and the memory is taken for it: critic k finds what is k
    # ahead by a matrix that shifts by k.
    eye = torch.eye(5)
    method = Cpc(Table(eye.tolist()), 5, steps=2)
    method.contexts = lambda vectors, batch: vectors  # type: ignore[method-assign]
    for k, critic in enumerate(method.critics, start=1):
        critic.weight.data = 100 * eye.roll(k, dims=1)
    loss = method(batch_of([[0], [1], [2], [3]], [[4]]))
    assert loss.value.item() == pytest.approx(0.0, abs=1e-6)
    assert float(loss.weight) == 5  # three pairs one ahead, two two ahead
    assert loss.parts["accuracy_2"].item() == 1
    # Four candidates, three, two; and four, three.
    assert loss.parts["bound_1"].item() == pytest.approx(math.log(24) / 3)
    assert loss.parts["bound_2"].item() == pytest.approx(math.log(12) / 2)


def test_no_pair_crosses_documents() -> None:
    loss = cpc()(batch_of([[5]], [[6]], [[7]]))
    assert float(loss.weight) == 0
    assert loss.value.item() == 0
    loss.value.backward()


def test_contexts_know_the_past_of_their_document_alone() -> None:
    method = cpc()
    vectors = torch.randn(5, 16)
    batch = batch_of([[5], [6], [7]], [[8], [9]])
    contexts = method.contexts(vectors, batch)
    for row, changed in ((0, [0, 1, 2]), (1, [1, 2]), (2, [2]), (3, [3, 4]), (4, [4])):
        other = vectors.clone()
        other[row] += 1
        moved = (method.contexts(other, batch) - contexts).abs().amax(dim=1) > 1e-6
        assert moved.nonzero().flatten().tolist() == changed
    # A document alone, without padding behind it, is read the same.
    torch.testing.assert_close(method.contexts(vectors[3:], batch_of([[8], [9]])), contexts[3:])
    method.history = False
    alone = method.contexts(vectors, batch)
    torch.testing.assert_close(alone[[0, 3]], contexts[[0, 3]])
    torch.testing.assert_close(method.contexts(vectors[1:2], batch_of([[5]])), alone[1:2])


@pytest.mark.parametrize("kind", ["bag", "gru", "cnn", "transformer"])
@pytest.mark.parametrize("level", ["sentences", "windows"])
def test_padding_never_matters_and_gradients_reach_the_encoder(kind: Any, level: Any) -> None:
    method = cpc(kind, level=level, window=2)
    batch = batch_of([[5, 6, 7, 8], [9, 10]], [[11, 12, 13, 14, 15, 16, 17]])
    loss = method(batch)
    torch.testing.assert_close(method(with_padding(batch)).value, loss.value)
    loss.value.backward()
    gradients = [p.grad for p in method.encoder.parameters() if p.grad is not None]
    assert all(gradient.isfinite().all() for gradient in gradients)
    assert any(gradient.abs().sum() > 0 for gradient in gradients)


def test_windows_of_a_sentence_are_full_and_its_own() -> None:
    batch = batch_of([[5, 6, 7, 8, 9], [10]], [[11, 12, 13, 14]])
    found = windows(batch, 2)
    # The 9 fills no window; the 10 does not either, but has no other.
    assert found.ids.tolist() == [[5, 6], [7, 8], [10, 0], [11, 12], [13, 14]]
    assert found.mask.tolist() == [[True, True]] * 2 + [[True, False]] + [[True, True]] * 2
    assert found.place.tolist() == [0, 1, 0, 0, 1]
    first, _, second, third, _ = found.document.tolist()
    assert found.document.tolist() == [first, first, second, third, third]
    assert len({first, second, third}) == 3


def test_history_helps_where_the_last_sentence_says_nothing() -> None:
    # In each of eight documents k is followed by 40, and 40 by k + 8.
    batch = batch_of(*[[[k], [40], [k + 8]] for k in range(4, 12)])
    with_it, without = (
        learn(cpc(steps=1, history=history), batch, 80) for history in (True, False)
    )
    assert with_it.parts["nll_1"] < without.parts["nll_1"] - 0.5
    assert with_it.parts["accuracy_1"] > without.parts["accuracy_1"] + 0.2


def test_windows_are_foretold_within_a_sentence() -> None:
    # k, 50, k + 20, 51: the second half of each sentence follows from the first.
    batch = batch_of(*[[[k, 50, k + 20, 51]] for k in range(4, 20)])
    method = cpc(level="windows", window=2, steps=1)
    before = method(batch)
    after = learn(method, batch, 80)
    assert float(before.weight) == 16
    assert after.value < before.value - 1
    assert after.parts["bound_1"] > before.parts["bound_1"] + 1


def test_repeated_document_is_a_candidate_once() -> None:
    # As where two processes hold the same one: rows 2 and 3 are rows 0 and 1 again.
    once = batch_of([[5], [6]])
    twice = batch_of([[5], [6]], [[5], [6]])
    twice = replace(twice, document=torch.tensor([0, 0, 0, 0]))
    method = cpc()
    method.history = False
    torch.testing.assert_close(method(twice).value, method(once).value)


def test_half_precision_changes_little() -> None:
    method, batch = cpc("gru"), batch_of([[5], [6, 7], [8]], [[9]])
    with torch.autocast("cpu", torch.bfloat16):
        half = method(batch)
    half.value.backward()
    torch.testing.assert_close(half.value, method(batch).value, rtol=0.02, atol=0.02)
