"""Encoders read what is there: padding changes nothing, words and their order do."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from summae.representations.encoders import BIGRAM_FACTOR, BagEncoder, build_encoder
from summae.representations.shape import EncoderShape

VOCABULARY = 50
SMALL: dict[str, Any] = {"width": 16, "heads": 2, "feed_forward": 24, "output": 12}
KINDS = [
    EncoderShape(kind="bag", **SMALL),
    EncoderShape(kind="bag", bigrams=32, **SMALL),
    EncoderShape(kind="gru", **SMALL),
    EncoderShape(kind="cnn", **SMALL),
    EncoderShape(kind="transformer", **SMALL),
]
each_kind = pytest.mark.parametrize(
    "shape", KINDS, ids=["bag", "bag-bigrams", "gru", "cnn", "transformer"]
)


def sentences(*lengths: int, longest: int) -> tuple[Any, Any]:
    """Random sentences padded to `longest`, and their mask."""
    draw = torch.Generator().manual_seed(2)
    ids = torch.randint(4, VOCABULARY, (len(lengths), longest), generator=draw)
    mask = torch.arange(longest) < torch.tensor(lengths)[:, None]
    return ids * mask, mask


@each_kind
def test_padding_never_matters(shape: EncoderShape) -> None:
    encoder = build_encoder(shape, VOCABULARY, seed=1).eval()
    ids, mask = sentences(1, 3, 7, longest=11)
    together = encoder(ids, mask)
    assert together.shape == (3, 12)
    for row, length in enumerate((1, 3, 7)):
        alone = encoder(ids[row : row + 1, :length], mask[row : row + 1, :length])
        torch.testing.assert_close(alone[0], together[row], rtol=1e-5, atol=1e-5)
    # What stands under the padding is not looked at.
    torch.testing.assert_close(encoder(ids.masked_fill(~mask, 9), mask), together)


@each_kind
def test_every_token_counts_and_every_weight_learns(shape: EncoderShape) -> None:
    encoder = build_encoder(shape, VOCABULARY, seed=1).eval()
    ids, mask = sentences(6, longest=6)
    vector = encoder(ids, mask)
    for place in range(6):
        other = ids.clone()
        other[0, place] = (ids[0, place] + 1) % VOCABULARY
        assert not torch.allclose(encoder(other, mask), vector, atol=1e-6), place
    vector.square().sum().backward()
    for name, weight in encoder.named_parameters():
        # The same bias on all keys changes nothing.
        if not name.endswith("key.bias"):
            assert weight.grad is not None, name
            assert weight.grad.abs().sum() > 0, name


def test_only_a_bag_of_words_knows_no_order() -> None:
    ids, mask = sentences(6, longest=6)
    for shape in KINDS:
        encoder = build_encoder(shape, VOCABULARY, seed=1).eval()
        same = torch.allclose(encoder(ids, mask), encoder(ids.flip(1), mask), atol=1e-5)
        assert same == (shape.kind == "bag" and not shape.bigrams), shape


def test_bigrams_are_rows_behind_those_of_tokens() -> None:
    # 5 6 7: the tokens and the buckets of (5, 6) and (6, 7), of which the mean is taken.
    shape = EncoderShape(kind="bag", bigrams=32, **{**SMALL, "layers": 1})
    encoder = build_encoder(shape, VOCABULARY, seed=1)
    assert isinstance(encoder, BagEncoder)
    table, linear = encoder.embedding.weight, encoder.layers[-1]
    rows = [5, 6, 7, *(50 + (a * BIGRAM_FACTOR + b) % 32 for a, b in ((5, 6), (6, 7)))]
    found = encoder(torch.tensor([[5, 6, 7, 0]]), torch.tensor([[True, True, True, False]]))
    torch.testing.assert_close(found[0], linear(table[rows].mean(dim=0)))


def test_sentence_without_tokens_has_a_finite_vector() -> None:
    ids, mask = sentences(0, 4, longest=4)
    for shape in KINDS:
        assert build_encoder(shape, VOCABULARY, seed=1).eval()(ids, mask).isfinite().all(), shape


def test_weights_depend_on_the_seed_alone() -> None:
    before = torch.random.get_rng_state()
    first, again, other = (build_encoder(KINDS[0], VOCABULARY, seed=n) for n in (1, 1, 2))
    weights = [encoder.state_dict()["embedding.weight"] for encoder in (first, again, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])
    assert torch.equal(before, torch.random.get_rng_state())
