"""Policy gradients by hand, and their mean over all summaries against the exact gradient."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch")

from torch import Tensor

from summae.estimators.policy_gradient import (
    MovingAverage,
    leave_one_out_advantage,
    mean_entropy,
    normalize_advantage,
    policy_gradient_loss,
    self_critical_advantage,
)
from summae.estimators.toy import Accuracy, Toy, policy_gradients
from summae.models.outputs import Scored

TRUE, FALSE = True, False


def scored(log_probs: Tensor | None = None) -> Scored:
    """Two summaries, of two tokens and of one."""
    if log_probs is None:
        log_probs = torch.tensor([[-1.0, -2.0, -torch.inf], [-0.5, torch.nan, -torch.inf]])
    return Scored(
        log_probs=log_probs,
        mask=torch.tensor([[TRUE, TRUE, FALSE], [TRUE, FALSE, FALSE]]),
        entropy=torch.tensor([[1.0, 3.0, torch.nan], [5.0, 9.0, -torch.inf]]),
    )


def test_sample_that_beats_greedy_is_encouraged() -> None:
    # Rewards 0.8 against 0.3 and 0.1 against 0.2; log-probabilities -1 - 2 and -0.5:
    # -(0.5 * -3 - 0.1 * -0.5) / 2 = 0.725
    advantage = self_critical_advantage(torch.tensor([0.8, 0.1]), torch.tensor([0.3, 0.2]))
    torch.testing.assert_close(policy_gradient_loss(scored(), advantage), torch.tensor(0.725))


def test_advantage_of_each_token_weighs_that_token() -> None:
    # -(2 * -1 + 3 * -2 + 4 * -0.5) / 2 = 5; what stands at padding is never read.
    advantage = torch.tensor([[2.0, 3.0, torch.nan], [4.0, torch.inf, 7.0]])
    torch.testing.assert_close(policy_gradient_loss(scored(), advantage), torch.tensor(5.0))


def test_padding_gets_no_gradient_and_real_tokens_their_advantage() -> None:
    log_probs = torch.tensor([[-1.0, -2.0, -torch.inf], [-0.5, -3.0, -torch.inf]])
    log_probs.requires_grad_()
    policy_gradient_loss(scored(log_probs), torch.tensor([2.0, -4.0])).backward()
    assert log_probs.grad is not None
    assert log_probs.grad.tolist() == [[-1, -1, 0], [2, 0, 0]]


def test_no_gradient_flows_into_the_advantage() -> None:
    log_probs = torch.zeros(2, 3, requires_grad=True)
    reward = torch.tensor([1.0, 2.0], requires_grad=True)
    policy_gradient_loss(scored(log_probs), reward * 2).backward()
    assert reward.grad is None


def test_entropy_is_a_mean_over_tokens_then_over_summaries() -> None:
    # (1 + 3) / 2 = 2 and 5: mean 3.5; worth 0.1 a nat.
    assert float(mean_entropy(scored())) == 3.5
    loss = policy_gradient_loss(scored(), torch.zeros(2), entropy_weight=0.1)
    assert float(loss) == pytest.approx(-0.35)


def test_entropy_that_was_not_measured_is_refused() -> None:
    without = Scored(torch.zeros(1, 1), torch.ones(1, 1, dtype=torch.bool))
    with pytest.raises(ValueError, match="score with entropy"):
        policy_gradient_loss(without, torch.zeros(1), entropy_weight=0.1)


@pytest.mark.parametrize("shape", [(), (3,), (2, 1), (3, 2)])
def test_advantage_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="one number a summary"):
        policy_gradient_loss(scored(), torch.zeros(shape))


def test_rewards_that_would_broadcast_are_refused() -> None:
    with pytest.raises(ValueError, match=r"rewards are \(2,\), greedy rewards \(2, 1\)"):
        self_critical_advantage(torch.zeros(2), torch.zeros(2, 1))


def test_leave_one_out_compares_within_a_document() -> None:
    # Document 1: 1, 2, 6 beside the means 4, 3.5, 1.5 of the others; document 2: all alike.
    reward = torch.tensor([1.0, 2.0, 6.0, 9.0, 9.0, 9.0])
    advantage = leave_one_out_advantage(reward, repeats=3)
    assert advantage.tolist() == [-3, -1.5, 4.5, 0, 0, 0]


@pytest.mark.parametrize(("shape", "repeats"), [((4,), 1), ((5,), 2), ((4, 2), 2)])
def test_leave_one_out_of_nothing_is_refused(shape: tuple[int, ...], repeats: int) -> None:
    with pytest.raises(ValueError, match="2 or more summaries of each document"):
        leave_one_out_advantage(torch.zeros(shape), repeats=repeats)


def test_moving_average_takes_rewards_in_after_it_was_taken_from_them() -> None:
    baseline = MovingAverage(decay=0.75)
    # No past: nothing is learned from. Then 4, then 0.75 * 4 + 0.25 * 8 = 5.
    assert baseline.advantage(torch.tensor([3.0, 5.0])).tolist() == [0, 0]
    assert baseline.advantage(torch.tensor([8.0, 8.0])).tolist() == [4, 4]
    assert baseline.advantage(torch.tensor([5.0])).tolist() == [0]


def test_moving_average_of_all_processes_is_that_of_their_rewards_together() -> None:
    baseline = MovingAverage(decay=0)
    baseline.advantage(torch.tensor([1.0]), gathered=torch.tensor([1.0, 3.0]))
    assert baseline.advantage(torch.tensor([5.0])).tolist() == [3]


def test_moving_average_continues_from_its_state() -> None:
    first, second = MovingAverage(), MovingAverage()
    second.load_state_dict(first.state_dict())
    assert second.mean is None
    first.advantage(torch.tensor([3.0]))
    second.load_state_dict(first.state_dict())
    reward = torch.tensor([1.0])
    assert second.advantage(reward).tolist() == first.advantage(reward).tolist() == [-2]


def test_decay_of_one_would_never_learn() -> None:
    with pytest.raises(ValueError, match=r"\[0, 1\), got 1"):
        MovingAverage(decay=1)


def test_normalised_advantages_have_mean_zero_and_deviation_one() -> None:
    # 1, 3: mean 2, deviation 1. With a mask the real ones only.
    assert normalize_advantage(torch.tensor([1.0, 3.0])).tolist() == pytest.approx(
        [-1, 1], abs=1e-5
    )
    masked = normalize_advantage(
        torch.tensor([[1.0, torch.nan], [3.0, 3.0]]), torch.tensor([[TRUE, FALSE], [TRUE, FALSE]])
    )
    assert masked.flatten().tolist() == pytest.approx([-1, 0, 1, 0], abs=1e-5)


def test_advantages_all_alike_normalise_to_nothing() -> None:
    assert normalize_advantage(torch.tensor([2.0, 2.0])).tolist() == [0, 0]


# Against the exact gradient, without chance: sums over all summaries, or over all pairs of them.

GAMES = [Toy.random(torch.Generator().manual_seed(seed)) for seed in range(4)]
each_game = pytest.mark.parametrize("toy", GAMES, ids=range(len(GAMES)))


def advantages(toy: Toy) -> dict[str, Tensor]:
    """Of every summary, by baseline."""
    moving = MovingAverage(decay=0.0)
    moving.advantage((toy.probabilities @ toy.rewards)[None])
    return {
        "none": toy.rewards,
        "self-critical": self_critical_advantage(
            toy.rewards, toy.greedy_reward.expand_as(toy.rewards)
        ),
        "moving average": moving.advantage(toy.rewards),
        "value of the prefix": toy.rewards[:, None] - toy.values(toy.summaries),
    }


def mean_and_variance(toy: Toy, advantage: Tensor) -> tuple[Tensor, float]:
    gradients = policy_gradients(toy, torch.arange(len(toy.summaries)), advantage)
    mean = torch.einsum("n,n...->...", toy.probabilities, gradients)
    spread = (gradients - mean).square().flatten(1).sum(dim=1)
    return mean, float(toy.probabilities @ spread)


@each_game
@pytest.mark.parametrize("baseline", list(advantages(GAMES[0])))
def test_expected_gradient_is_exact_whatever_the_baseline(toy: Toy, baseline: str) -> None:
    mean, _ = mean_and_variance(toy, advantages(toy)[baseline])
    torch.testing.assert_close(mean, toy.exact_gradient, atol=1e-12, rtol=1e-9)


@each_game
def test_baselines_reduce_variance_and_the_prefix_value_most(toy: Toy) -> None:
    variance = {name: mean_and_variance(toy, a)[1] for name, a in advantages(toy).items()}
    assert variance["self-critical"] < variance["none"]
    assert variance["moving average"] < variance["none"] / 4
    assert variance["value of the prefix"] < min(
        variance["moving average"], variance["self-critical"]
    )


def expected_over_pairs(toy: Toy, advantage_of: object) -> Tensor:
    """Expected gradient when two summaries of the document are drawn, by summing over all pairs."""
    count = len(toy.summaries)
    pairs = torch.cartesian_prod(torch.arange(count), torch.arange(count))  # (1600, 2)
    drawn = pairs.flatten()
    advantage = advantage_of(toy.rewards[drawn])  # type: ignore[operator]
    gradients = policy_gradients(toy, drawn, advantage).unflatten(0, (-1, 2)).mean(dim=1)
    return torch.einsum("n,n...->...", toy.probabilities[pairs].prod(dim=1), gradients)


def test_leave_one_out_adds_no_bias() -> None:
    mean = expected_over_pairs(GAMES[0], lambda r: leave_one_out_advantage(r, repeats=2))
    torch.testing.assert_close(mean, GAMES[0].exact_gradient, atol=1e-12, rtol=1e-9)


def test_a_mean_with_the_summary_itself_in_it_would_halve_the_gradient() -> None:
    # Why one is left out: against the mean of both, half of each reward cancels.
    def with_itself(reward: Tensor) -> Tensor:
        pairs = reward.view(-1, 2)
        return (pairs - pairs.mean(dim=1, keepdim=True)).flatten()

    mean = expected_over_pairs(GAMES[0], with_itself)
    torch.testing.assert_close(mean, GAMES[0].exact_gradient / 2, atol=1e-12, rtol=1e-9)


def test_normalising_a_small_batch_bends_the_gradient() -> None:
    # In a batch of two, normalised advantages are 1 and -1 whatever the rewards: their order is all
    # that is left of them.
    def normalised(reward: Tensor) -> Tensor:
        return torch.cat([normalize_advantage(pair) for pair in reward.split(2)])

    mean, exact = expected_over_pairs(GAMES[0], normalised), GAMES[0].exact_gradient
    cosine = float((mean * exact).sum() / mean.norm() / exact.norm())
    assert 0.9 < cosine < 0.999


@pytest.mark.parametrize("repeats", [2, 4])
def test_mean_over_draws_is_exact_within_its_error(repeats: int) -> None:
    toy, rows = GAMES[1], 16_000
    drawn = toy.draw(rows, torch.Generator().manual_seed(0))
    advantage = leave_one_out_advantage(toy.rewards[drawn], repeats=repeats)
    gradients = policy_gradients(toy, drawn, advantage).unflatten(0, (-1, repeats)).mean(dim=1)
    accuracy = Accuracy.of(gradients, toy.exact_gradient)
    assert accuracy.standard_error < 0.04
    assert accuracy.bias < 2 * accuracy.standard_error


def test_more_summaries_a_document_make_a_better_baseline() -> None:
    # With K draws the baseline is a mean of K - 1: its own variance adds 1 / (K - 1) of the reward's.
    toy, rows = GAMES[1], 16_000
    drawn = toy.draw(rows, torch.Generator().manual_seed(0))
    deviation = {}
    for repeats in (2, 4, 16):
        advantage = leave_one_out_advantage(toy.rewards[drawn], repeats=repeats)
        gradients = policy_gradients(toy, drawn, advantage).unflatten(0, (-1, repeats)).mean(dim=1)
        # For one drawn summary, to compare at equal cost.
        deviation[repeats] = Accuracy.of(gradients, toy.exact_gradient).deviation * math.sqrt(
            repeats
        )
    assert deviation[16] < deviation[4] < deviation[2]
