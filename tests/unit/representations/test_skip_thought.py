"""Skip-thought writes neighbours of one document, token by token, and needs the vector for it."""

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

from summae.representations.decoders import DecoderKind
from summae.representations.encoders import build_encoder
from summae.representations.shape import EncoderShape
from summae.representations.skip_thought import SkipThought

VOCABULARY = 40


def skip_thought(**options: Any) -> SkipThought:
    torch.manual_seed(1)
    encoder = build_encoder(EncoderShape(width=16, feed_forward=16, output=16), VOCABULARY, seed=1)
    return SkipThought(encoder, 16, VOCABULARY, **{"width": 16, **options})


def test_each_token_of_each_neighbour_is_written_once() -> None:
    # Sentences of 1, 2 and 3 tokens, and one alone. Next: the 2nd and 3rd, previous: the 1st and
    # 2nd, each with its </s>: 3 + 4 + 2 + 3 tokens, ln 40 nats each where nothing is known.
    method = skip_thought()
    for weight in method.vocabulary.parameters():
        torch.nn.init.zeros_(weight)
    loss = method(batch_of([[5], [6, 7], [8, 9, 10]], [[11, 12]]))
    assert loss.weight == 12
    assert loss.value.item() == pytest.approx(math.log(VOCABULARY))
    assert loss.parts["nll_next"].item() == pytest.approx(math.log(VOCABULARY))


def test_loss_is_the_likelihood_of_reading_and_writing_by_hand() -> None:
    method = skip_thought().eval()
    batch = batch_of([[5], [6, 7]])
    vectors = method.encoder(batch.ids, batch.mask)
    expected = {}
    for name, given, tokens in (("next", 0, [6, 7]), ("previous", 1, [5])):
        decoder = getattr(method, name)
        read = method.words(torch.tensor([[2, *tokens]]))  # <s>
        scores = method.vocabulary(decoder(read, vectors[given : given + 1]))[0].log_softmax(-1)
        expected[name] = -sum(scores[n, t] for n, t in enumerate([*tokens, 3]))  # </s>
    loss = method(batch)
    torch.testing.assert_close(loss.parts["nll_next"], expected["next"].detach() / 3)
    torch.testing.assert_close(loss.parts["nll_previous"], expected["previous"].detach() / 2)
    torch.testing.assert_close(loss.value, sum(expected.values()) / 5)


def test_an_auto_encoder_writes_each_sentence_itself_once() -> None:
    # Sentences of 1, 2, 3 and 2 tokens, each with its </s>, neighbours or not.
    method = skip_thought(target="itself").eval()
    batch = batch_of([[5], [6, 7], [8, 9, 10]], [[11, 12]])
    loss = method(batch)
    assert loss.weight == 12
    assert set(loss.parts) == {"nll_itself", "told_itself"}
    read = method.words(torch.tensor([[2, 11, 12]]))  # <s>
    vector = method.encoder(batch.ids, batch.mask)[3:]
    scores = method.vocabulary(method.itself(read, vector))[0].log_softmax(-1)
    alone = method(batch_of([[11, 12]]))
    expected = -sum(scores[n, t] for n, t in enumerate([11, 12, 3])) / 3  # </s>
    torch.testing.assert_close(alone.value, expected)
    with pytest.raises(AttributeError):
        _ = method.next


def test_no_pair_crosses_documents() -> None:
    loss = skip_thought()(batch_of([[5, 6]], [[7]], [[8, 9]]))
    assert loss.weight == 0
    assert loss.value.item() == 0
    loss.value.backward()
    together = batch_of([[5], [6]], [[7], [8, 9]])
    method, alone = skip_thought(), batch_of([[5], [6]])
    whole = method(together)
    own, rest = method(alone), method(batch_of([[7], [8, 9]]))
    total = (own.value * own.weight + rest.value * rest.weight) / whole.weight
    torch.testing.assert_close(whole.value, total)


@pytest.mark.parametrize("decoder", get_args(DecoderKind))
def test_padding_never_matters(decoder: DecoderKind) -> None:
    method = skip_thought(decoder=decoder)
    batch = batch_of([[5], [6, 7], [8]], [[9, 10, 11], [12]])
    plain, padded = method(batch), method(with_padding(batch))
    assert plain.weight == padded.weight
    torch.testing.assert_close(plain.value, padded.value)
    torch.testing.assert_close(plain.parts["told_next"], padded.parts["told_next"])


@pytest.mark.parametrize("decoder", get_args(DecoderKind))
def test_swapped_vectors_hurt_where_the_neighbour_is_determined(decoder: DecoderKind) -> None:
    # After k comes (k + 8, k + 16), and nothing but the vector says which k it is.
    method = skip_thought(decoder=decoder)
    batch = batch_of(*[[[k], [k + 8, k + 16]] for k in range(4, 12)])
    before = method(batch)
    assert abs(float(before.parts["told_next"])) < 0.1
    after = learn(method, batch, 60)
    assert after.value < 0.3 < before.value
    for direction in ("next", "previous"):
        assert after.parts[f"told_{direction}"] > 1, direction


def test_decoder_that_cannot_read_the_vector_shows_as_zero() -> None:
    same = Table([[1.0] * 16] * VOCABULARY)
    method = SkipThought(same, 16, VOCABULARY, width=16)
    batch = batch_of(*[[[k], [k + 8]] for k in range(4, 12)])
    assert float(method(batch).parts["told_next"]) == 0


def test_words_are_dropped_in_training_alone_and_never_what_begins_a_sentence() -> None:
    method = skip_thought(word_dropout=0.5)
    batch = batch_of([list(range(4, 24)), list(range(4, 14))])
    read, written = method._shown(batch)
    assert read[:, 0].tolist() == [2, 2]
    lost = read == 1
    assert 3 < int(lost.sum()) < 27
    assert torch.equal(read[:, 1:][~lost[:, 1:]], batch.ids[~lost[:, 1:]])
    whole, again = method.eval()._shown(batch)
    assert torch.equal(whole[:, 1:], batch.ids)
    assert torch.equal(written, again)  # what is to be written is never lost


@pytest.mark.parametrize("decoder", get_args(DecoderKind))
def test_half_precision_changes_little(decoder: DecoderKind) -> None:
    method, batch = skip_thought(decoder=decoder), batch_of([[5], [6, 7], [8]], [[9]])
    with torch.autocast("cpu", torch.bfloat16):
        half = method(batch)
    half.value.backward()
    torch.testing.assert_close(half.value, method(batch).value, rtol=0.02, atol=0.02)
