"""The language model's opinion: by hand, per token and per character, of hard words and soft."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch")

from summae.objectives.prior import prior_loss, prior_reward, prior_token_rewards

LOG_PROBS = torch.tensor([[-1.0, -2.0, -6.0], [-4.0, -torch.inf, float("nan")]])
MASK = torch.tensor([[True, True, True], [True, False, False]])


def test_reward_is_the_mean_log_likelihood_of_real_tokens() -> None:
    # (-1 - 2 - 6) / 3 and -4 / 1
    assert prior_reward(LOG_PROBS, MASK).tolist() == [-3.0, -4.0]


def test_rewards_of_tokens_sum_to_that_of_the_summary() -> None:
    tokens = prior_token_rewards(LOG_PROBS, MASK)
    torch.testing.assert_close(tokens[0], torch.tensor([-1.0, -2.0, -6.0]) / 3)
    torch.testing.assert_close(tokens.sum(dim=1), prior_reward(LOG_PROBS, MASK))
    assert tokens[1, 1:].tolist() == [0.0, 0.0]


def test_per_character_a_text_is_worth_the_same_in_few_pieces_or_many() -> None:
    # Four characters of -6 nats, once as two pieces and once as four: a mean over tokens prefers four.
    log_probs = torch.tensor([[-3.0, -3.0, 0.0, 0.0], [-3.0, 0.0, -3.0, 0.0]])
    mask = torch.tensor([[True, True, False, False], [True, True, True, True]])
    characters = torch.tensor([4, 4])
    assert prior_reward(log_probs, mask, characters=characters).tolist() == [-1.5, -1.5]
    assert prior_reward(log_probs, mask).tolist() == [-3.0, -1.5]


def test_empty_summaries_and_gradients_make_no_trouble() -> None:
    log_probs = torch.tensor([[-2.0]], requires_grad=True)
    empty = torch.tensor([[False]])
    assert prior_reward(log_probs, empty).tolist() == [0.0]
    full = prior_reward(log_probs, ~empty, characters=torch.tensor([0]))
    assert full.tolist() == [-2.0]
    assert not full.requires_grad


# Soft words (1/2, 1/2, 0) and (1, 0, 0) where the language model expects (1/4, 1/2, 1/4) each time;
# a third place is padding.
SOFT = torch.tensor([[[0.5, 0.5, 0.0], [1.0, 0.0, 0.0], [0.2, 0.3, 0.5]]])
EXPECTED = torch.tensor([0.25, 0.5, 0.25]).log().expand(1, 3, 3)
REAL = torch.tensor([[True, True, False]])


def test_divergence_by_hand() -> None:
    # 1/2·ln(.5/.25) + 1/2·ln(.5/.5) = ln 2 / 2, and ln(1/.25) = 2 ln 2: a mean of 1.25 ln 2.
    loss = prior_loss(SOFT, EXPECTED, REAL)
    assert loss.value.item() == pytest.approx(1.25 * math.log(2), abs=1e-6)
    # Entropies ln 2 and 0; cross-entropies 1.5 ln 2 and 2 ln 2.
    parts = {name: part.item() for name, part in loss.parts.items()}
    log2 = math.log(2)
    assert parts == pytest.approx(
        {"kl": 1.25 * log2, "entropy": 0.5 * log2, "cross_entropy": 1.75 * log2}, abs=1e-6
    )
    assert float(loss.weight) == 2
    assert not any(part.requires_grad for part in loss.parts.values())


def test_only_the_language_models_own_distribution_costs_nothing() -> None:
    logits = torch.randn(2, 3, 5, generator=torch.Generator().manual_seed(0))
    mask = torch.ones(2, 3, dtype=torch.bool)
    own = prior_loss(logits.softmax(dim=-1), logits.log_softmax(dim=-1), mask)
    assert own.value.item() == pytest.approx(0.0, abs=1e-6)
    other = prior_loss((2 * logits).softmax(dim=-1), logits.log_softmax(dim=-1), mask)
    assert other.value.item() > 0.01


def test_agrees_with_torch_in_value_and_gradient() -> None:
    draw = torch.Generator().manual_seed(0)
    logits = torch.randn(1, 4, 6, generator=draw, requires_grad=True)
    expected = torch.randn(1, 4, 6, generator=draw).log_softmax(dim=-1).requires_grad_()
    mask = torch.tensor([[True, True, True, False]])
    ours = prior_loss(logits.softmax(dim=-1), expected, mask).value
    words = logits[:, :3].softmax(dim=-1)
    reference = torch.nn.functional.kl_div(expected[:, :3], words, reduction="sum") / 3
    torch.testing.assert_close(ours, reference)
    inputs = (logits, expected)
    for mine, theirs in zip(
        torch.autograd.grad(ours, inputs), torch.autograd.grad(reference, inputs), strict=True
    ):
        torch.testing.assert_close(mine, theirs, atol=1e-6, rtol=1e-5)
        assert mine[0, 3].abs().max() == 0


def test_one_hot_words_are_judged_by_their_likelihood_alone() -> None:
    # Value -ln p of the word; its gradient -ln p of each word, without the entropy's slope, which is
    # infinite at the corners.
    words = torch.tensor([[[0.0, 1.0, 0.0]]], requires_grad=True)
    loss = prior_loss(words, EXPECTED[:, :1], torch.tensor([[True]]))
    assert loss.value.item() == pytest.approx(math.log(2))
    (gradient,) = torch.autograd.grad(loss.value, words)
    torch.testing.assert_close(gradient, -EXPECTED[:, :1])


def test_forbidden_words_cost_much_but_not_everything() -> None:
    words = torch.tensor([[[0.5, 0.5]]], requires_grad=True)
    loss = prior_loss(words, torch.tensor([[[0.0, -torch.inf]]]), torch.tensor([[True]]))
    (gradient,) = torch.autograd.grad(loss.value, words)
    assert 40 < loss.value.item() < 45  # 87 / 2 - ln 2
    assert gradient.isfinite().all()


def test_unused_padding_may_hold_anything() -> None:
    spoilt = SOFT.masked_fill(~REAL[..., None], float("nan"))
    expected = EXPECTED.masked_fill(~REAL[..., None], float("nan"))
    torch.testing.assert_close(
        prior_loss(spoilt, expected, REAL).value, prior_loss(SOFT, EXPECTED, REAL).value
    )
