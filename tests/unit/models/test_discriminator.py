"""Discriminators: soft and hard words agree, padding is nothing, and gradients have gradients."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from torch.nn import functional as F
from transformers import PreTrainedModel

from summae.errors import ModelError
from summae.models.discriminator import (
    CausalTransformerDiscriminator,
    ConvolutionalDiscriminator,
    Discriminator,
    DiscriminatorKind,
    build_discriminator,
    discriminator_from,
    load_discriminator,
)
from summae.models.discriminator_config import DiscriminatorConfig
from summae.models.discriminator_layers import CausalBlock
from summae.models.language_model import build_language_model
from summae.models.shape import LanguageModelShape
from summae.objectives.adversarial import gradient_penalty

KINDS = ("convolutional", "recurrent", "transformer")
VOCABULARY = 11
IDS = torch.tensor([[4, 7, 5, 9, 3], [6, 10, 3, 0, 0]])
MASK = IDS != 0
every_kind = pytest.mark.parametrize("kind", KINDS)
also_language_model = pytest.mark.parametrize("kind", [*KINDS, "language_model"])
every_device = pytest.mark.parametrize(
    "device",
    [
        "cpu",
        pytest.param(
            "cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA")
        ),
    ],
)


def headline_model(dropout: float = 0.0) -> PreTrainedModel:
    shape = LanguageModelShape(
        width=8, heads=2, feed_forward=16, layers=2, max_positions=8, dropout=dropout
    )
    return build_language_model(shape, vocab_size=VOCABULARY)


def tiny(kind: DiscriminatorKind | Literal["language_model"], seed: int = 0) -> Discriminator:
    if kind == "language_model":
        return discriminator_from(headline_model(), seed=seed).train(False)
    return build_discriminator(kind, vocab_size=VOCABULARY, width=8, layers=2, seed=seed)


def one_hot(ids: torch.Tensor) -> torch.Tensor:
    return F.one_hot(ids, VOCABULARY).float()


def soft_words(*shape: int, seed: int = 0) -> torch.Tensor:
    draw = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, VOCABULARY, generator=draw).softmax(dim=-1)


@also_language_model
def test_one_hot_soft_words_are_the_ids_themselves(kind: DiscriminatorKind) -> None:
    model = tiny(kind)
    hard, soft = model(IDS, mask=MASK), model(soft=one_hot(IDS), mask=MASK)
    assert torch.equal(hard.scores, soft.scores)
    assert torch.equal(hard.mask, MASK)


@also_language_model
def test_padding_and_company_change_nothing(kind: DiscriminatorKind) -> None:
    model = tiny(kind)
    together = model(IDS, mask=MASK).scores
    alone = model(IDS[1:, :3], mask=MASK[1:, :3]).scores
    torch.testing.assert_close(together[1:, :3], alone)
    assert together[~MASK].tolist() == [0.0, 0.0]
    noisy = model(IDS.masked_fill(~MASK, 8), mask=MASK).scores
    assert torch.equal(noisy, together)
    soft = torch.where(MASK[..., None], one_hot(IDS), soft_words(2, 5))
    assert torch.equal(model(soft=soft, mask=MASK).scores, together)


@pytest.mark.parametrize("kind", ["recurrent", "transformer", "language_model"])
def test_later_tokens_do_not_change_earlier_scores(kind: DiscriminatorKind) -> None:
    model = tiny(kind)
    assert model.scores_prefixes
    whole = model(IDS[:1], mask=MASK[:1]).scores
    for length in range(1, 5):
        prefix = model(IDS[:1, :length], mask=MASK[:1, :length]).scores
        torch.testing.assert_close(prefix, whole[:, :length])
    # Nor by a trace of gradient, while each earlier token counts.
    soft = one_hot(IDS[:1]).requires_grad_()
    scores = model(soft=soft, mask=MASK[:1]).scores
    (slope,) = torch.autograd.grad(scores[0, 2], soft)
    assert slope[0, 3:].abs().max() == 0
    assert (slope[0, :3].abs().amax(dim=-1) > 0).all()


def test_convolution_sees_both_sides_and_claims_no_prefixes() -> None:
    # One block of two kernels of 5: 4 tokens to each side, the 5th is out of sight.
    model = build_discriminator("convolutional", vocab_size=VOCABULARY, width=8, layers=1)
    assert not model.scores_prefixes
    soft = soft_words(1, 13).requires_grad_()
    scores = model(soft=soft, mask=torch.ones(1, 13, dtype=torch.bool)).scores
    (slope,) = torch.autograd.grad(scores[0, 6], soft)
    seen = slope[0].abs().amax(dim=-1) > 0
    assert seen.nonzero().flatten().tolist() == list(range(2, 11))


@every_device
@every_kind
def test_gradient_penalty_reaches_every_parameter_as_finite_differences_say(
    kind: DiscriminatorKind, device: str
) -> None:
    model = tiny(kind).double().to(device)
    real, fake = one_hot(IDS).double().to(device), soft_words(2, 4).double().to(device)
    fake_mask = torch.tensor([[True] * 4, [True, True, False, False]], device=device)

    def penalty() -> torch.Tensor:
        rng = torch.Generator().manual_seed(3)
        return gradient_penalty(model, real, fake, MASK.to(device), fake_mask, rng)

    penalty().backward()
    draw = torch.Generator().manual_seed(1)
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().max() > 0, name
        # (P(w + h·d) - P(w - h·d)) / 2h = grad · d, to the order of h².
        direction = torch.randn(parameter.shape, generator=draw).to(parameter)
        h = 1e-5
        with torch.no_grad():
            parameter += h * direction
            above = penalty()
            parameter -= 2 * h * direction
            below = penalty()
            parameter += h * direction
        torch.testing.assert_close(
            (parameter.grad * direction).sum(), (above - below) / (2 * h), rtol=1e-5, atol=1e-9
        )


@every_kind
def test_slopes_stay_bounded_where_words_fade_to_nothing(kind: DiscriminatorKind) -> None:
    # Ordinary layer norm would divide by the fading embedding: slopes a thousand times as steep.
    model = tiny(kind)

    def slope(share: float) -> float:
        soft = (share * one_hot(IDS)).requires_grad_()
        (gradient,) = torch.autograd.grad(model(soft=soft, mask=MASK).scores.sum(), soft)
        return float(gradient.norm())

    assert 0.2 < slope(1e-4) / slope(1.0) < 5


def test_a_language_model_lends_its_weights_and_not_its_dropout() -> None:
    model = headline_model(dropout=0.5)
    judge = discriminator_from(model).train(True)
    begin = torch.full((2, 1), 2)
    model.train(False)
    states = model.base_model(torch.cat([begin, IDS], dim=1)).last_hidden_state[:, 1:]
    expected = judge.verdict(F.gelu(states))[..., 0].masked_fill(~MASK, 0.0)
    torch.testing.assert_close(judge(IDS, mask=MASK).scores, expected)
    assert judge.embedding.weight.data_ptr() != model.get_input_embeddings().weight.data_ptr()
    with pytest.raises(ModelError, match="reads 7 tokens.*a text has 8"):
        judge(torch.ones(1, 8, dtype=torch.long), mask=torch.ones(1, 8, dtype=torch.bool))


def test_recurrence_is_the_lstm_of_torch() -> None:
    model = tiny("recurrent")
    reference = torch.nn.LSTM(8, 8, num_layers=2, batch_first=True)
    with torch.no_grad():
        for number, memory in enumerate(model.memories):
            getattr(reference, f"weight_ih_l{number}").copy_(memory.reading.weight)
            getattr(reference, f"weight_hh_l{number}").copy_(memory.remembering.weight)
            bias = getattr(reference, f"bias_ih_l{number}")
            bias.copy_(memory.reading.bias)
            bias[8:16] += 1.0  # gates stand as input, forget, cell, output
            getattr(reference, f"bias_hh_l{number}").zero_()
    states = torch.randn(2, 6, 8)
    mask = torch.ones(2, 6, dtype=torch.bool)
    torch.testing.assert_close(model.read(states, mask), reference(states)[0])


def test_attention_is_that_of_torch_with_distance_against_it() -> None:
    # Four heads: a place further away costs 1/4, 1/16, 1/64, 1/256.
    torch.manual_seed(0)
    block = CausalBlock(8, heads=4)
    states = torch.randn(1, 3, 8)
    bias = torch.full((4, 3, 3), -torch.inf)
    for head, slope in enumerate([0.25, 0.0625, 0.015625, 0.00390625]):
        for i in range(3):
            for j in range(i + 1):
                bias[head, i, j] = -slope * (i - j)
    query, key, value = (
        part.view(1, 3, 4, 2).transpose(1, 2) for part in block.looking(states).chunk(3, dim=-1)
    )
    mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=bias)
    expected = block.mixing(mixed.transpose(1, 2).reshape(1, 3, 8))
    torch.testing.assert_close(block._attention(states), expected)


@also_language_model
def test_half_precision_around_it_changes_no_score(kind: DiscriminatorKind) -> None:
    model = tiny(kind)
    plain = model(soft=soft_words(2, 5), mask=MASK).scores
    with torch.autocast("cpu", dtype=torch.bfloat16):
        within = model(soft=soft_words(2, 5), mask=MASK).scores
    assert torch.equal(plain, within)


@also_language_model
def test_saving_and_loading_changes_no_score(kind: DiscriminatorKind, tmp_path: Path) -> None:
    model = tiny(kind)
    model.save_pretrained(tmp_path)
    for loaded in (
        load_discriminator(tmp_path, vocab_size=VOCABULARY),
        type(model).from_pretrained(tmp_path),
    ):
        assert type(loaded) is type(model)
        assert loaded.config.layers == model.config.layers
        assert torch.equal(loaded(IDS, mask=MASK).scores, model(IDS, mask=MASK).scores)


def test_what_is_no_discriminator_of_this_vocabulary_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no discriminator"):
        load_discriminator(tmp_path / "nothing", vocab_size=VOCABULARY)
    tiny("recurrent").save_pretrained(tmp_path)
    with pytest.raises(ModelError, match="11 embeddings.*12 pieces"):
        load_discriminator(tmp_path, vocab_size=12)
    config = DiscriminatorConfig()
    config.architectures = ["Pegasus"]
    config.save_pretrained(tmp_path)
    with pytest.raises(ModelError, match="Pegasus"):
        load_discriminator(tmp_path, vocab_size=8000)


@every_kind
def test_seed_decides_the_weights_and_nothing_else(kind: DiscriminatorKind) -> None:
    before = torch.random.get_rng_state()
    one, same, other = (tiny(kind, seed).state_dict() for seed in (1, 1, 2))
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not torch.equal(one["embedding.weight"], other["embedding.weight"])
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize("words", [{}, {"ids": IDS, "soft": one_hot(IDS)}])
def test_either_ids_or_soft_words(words: dict[str, torch.Tensor]) -> None:
    with pytest.raises(ValueError, match="either ids or soft words"):
        tiny("recurrent")(**words, mask=MASK)


def test_impossible_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="odd, got 4"):
        ConvolutionalDiscriminator(DiscriminatorConfig(kernel_size=4))
    with pytest.raises(ValueError, match="4 heads.*got 30"):
        CausalTransformerDiscriminator(DiscriminatorConfig(width=30))
    with pytest.raises(ValueError, match="convolutional, recurrent, transformer, got 'lstm'"):
        build_discriminator("lstm", vocab_size=8)  # type: ignore[arg-type]
