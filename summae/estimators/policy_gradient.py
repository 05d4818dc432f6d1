"""REINFORCE: make drawn summaries likelier by how much better they were than expected.

Sample without gradient, score the drawn ids with one teacher-forced pass, and weight their
log-probabilities with the advantage: the reward less a baseline. A baseline that does not look at
the drawn summary itself changes the variance of the gradient and not its mean. Which one pays, on
a game small enough to know the exact gradient, stands in evaluation/estimators.md.
"""

from __future__ import annotations

import torch
from torch import Tensor

from summae.models.outputs import Scored


def policy_gradient_loss(
    scored: Scored, advantage: Tensor, *, entropy_weight: float = 0.0
) -> Tensor:
    """A scalar whose gradient is, on average, minus that of the expected reward.

    (Williams, 1992, https://doi.org/10.1007/BF00992696.) A sum over a summary's tokens, because
    the probability of a summary is a product over them, and a mean over summaries.

    Args:
        scored: Log-probabilities of the drawn tokens, with gradient; what stands at padding is
            never read.
        advantage: How much better than expected each summary was, (B,), or each token, (B, T). It
            is a number here: no gradient flows into it.
        entropy_weight: What a nat of the policy's entropy is worth, as a mean over each summary's
            tokens, so that length earns nothing. It keeps early training from settling on one
            summary (Mnih et al., 2016, https://arxiv.org/abs/1602.01783), and shifts the optimum.

    Returns:
        Scalar; its *gradient* is meaningful, its value is not a measure of progress.

    Raises:
        ValueError: The advantage has another shape, or entropy is asked for and not there.
    """
    padding = ~scored.mask
    weights = _per_token(advantage.detach(), scored.mask).masked_fill(padding, 0.0)  # (B, T)
    # Padding may hold -inf, and -inf * 0 is nan: fill, do not multiply.
    log_probs = scored.log_probs.masked_fill(padding, 0.0)  # (B, T)
    loss = -(weights * log_probs).sum(dim=1).mean()
    if entropy_weight:
        loss = loss - entropy_weight * mean_entropy(scored)
    return loss


def mean_entropy(scored: Scored) -> Tensor:
    """Entropy of the next token in nats: a mean over each summary's tokens, then over summaries.

    Args:
        scored: Summaries with the entropy of each token, (B, T); one without tokens counts as 0.

    Raises:
        ValueError: They were scored without entropy.
    """
    if scored.entropy is None:
        raise ValueError("an entropy bonus needs the entropy of each token: score with entropy.")
    entropy = scored.entropy.masked_fill(~scored.mask, 0.0)  # (B, T)
    return (entropy.sum(dim=1) / scored.mask.sum(dim=1).clamp(min=1)).mean()


def self_critical_advantage(reward: Tensor, greedy_reward: Tensor) -> Tensor:
    """What a drawn summary earned above the greedy one of the same document, (B,).

    The policy at its most confident is the baseline, so no value network is trained
    (Rennie et al., 2017, https://arxiv.org/abs/1612.00563).

    Raises:
        ValueError: The shapes differ; (B,) less (B, 1) would silently be (B, B).
    """
    if reward.shape != greedy_reward.shape:
        raise ValueError(
            "each drawn summary is compared with the greedy one of its document: rewards are "
            f"{tuple(reward.shape)}, greedy rewards {tuple(greedy_reward.shape)}."
        )
    return (reward - greedy_reward).detach()


def leave_one_out_advantage(reward: Tensor, *, repeats: int) -> Tensor:
    """What each of K summaries of a document earned above the mean of the other K - 1.

    (Kool et al., 2019, https://openreview.net/forum?id=r1lgTGL5DE; RLOO in Ahmadian et al., 2024,
    https://arxiv.org/abs/2402.14740.)

    Args:
        reward: The K summaries of one document stand together, as `repeat_interleave` leaves
            them, (B * K,).
        repeats: K, at least 2.

    Returns:
        (B * K,), in the same order.

    Raises:
        ValueError: There is nothing to leave one out of.
    """
    if repeats < 2 or reward.dim() != 1 or len(reward) % repeats:
        raise ValueError(
            "leave-one-out compares 2 or more summaries of each document, standing together: got "
            f"rewards {tuple(reward.shape)} for repeats={repeats}."
        )
    groups = reward.detach().view(-1, repeats)  # (B, K)
    others = (groups.sum(dim=1, keepdim=True) - groups) / (repeats - 1)
    return (groups - others).flatten()


def normalize_advantage(
    advantage: Tensor, mask: Tensor | None = None, *, epsilon: float = 1e-6
) -> Tensor:
    """Advantages with mean 0 and standard deviation 1 over the batch.

    Makes the step size independent of the reward's scale. Not free: mean and deviation look at
    the drawn summaries themselves, so the gradient becomes one of another length and, in a small
    batch, of a slightly other direction.

    Args:
        advantage: (B,) or (B, T).
        mask: Real tokens, for advantages per token, (B, T); the others become 0.
        epsilon: Added to the deviation: where all advantages are equal, 0 comes out.
    """
    advantage = advantage.detach()
    real = advantage if mask is None else advantage[mask]
    normal = (advantage - real.mean()) / (real.std(correction=0) + epsilon)
    return normal if mask is None else normal.masked_fill(~mask, 0.0)


class MovingAverage:
    """The mean reward of the batches so far, older ones fading, as the baseline of the next.

    Has `state_dict`, so it can be checkpointed beside the models.

    Args:
        decay: What a batch counts of what the batch after it counts, in [0, 1).
    """

    def __init__(self, decay: float = 0.95) -> None:
        if not 0 <= decay < 1:
            raise ValueError(f"decay is a share in [0, 1), got {decay}.")
        self.decay = decay
        self.mean: float | None = None
        """Mean so far; None before the first batch."""

    def advantage(self, reward: Tensor, *, gathered: Tensor | None = None) -> Tensor:
        """What each summary earned above the past; only then becomes these rewards past.

        In this order, because a baseline that knows the reward it is taken from adds bias. The
        first batch has no past and teaches nothing: its advantages are 0.

        Args:
            reward: (B,).
            gathered: Rewards of all processes where there are several, so that all keep one mean.
        """
        seen = float((reward if gathered is None else gathered).detach().mean())
        if self.mean is None:
            self.mean = seen
            return torch.zeros_like(reward)
        advantage = reward.detach() - self.mean
        self.mean = self.decay * self.mean + (1 - self.decay) * seen
        return advantage

    def state_dict(self) -> dict[str, float | None]:
        """What has been learned; the decay is a setting."""
        return {"mean": self.mean}

    def load_state_dict(self, state: dict[str, float | None]) -> None:
        """Continue where `state_dict` was taken."""
        self.mean = state["mean"]


def _per_token(advantage: Tensor, mask: Tensor) -> Tensor:
    if advantage.shape == mask.shape[:1]:
        return advantage[:, None].expand(mask.shape)
    if advantage.shape == mask.shape:
        return advantage
    raise ValueError(
        f"an advantage is one number a summary {tuple(mask.shape[:1])} or a token "
        f"{tuple(mask.shape)}, got {tuple(advantage.shape)}."
    )
