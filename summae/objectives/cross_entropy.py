"""Teacher forcing: the negative log-likelihood of a target, a mean over its real tokens.

And R-Drop beside it: two passes over the same batch, between which only dropout differs, shall agree.
"""

from __future__ import annotations

from torch import Tensor

from summae.objectives.loss import Loss


def cross_entropy(
    logits: Tensor, labels: Tensor, *, smoothing: float = 0.0, ignored: int = -100
) -> Loss:
    """Mean negative log-likelihood of `labels` in nats per token, smoothed for training.

    Args:
        logits: Scores before softmax, (B, T, V).
        labels: Target ids, `ignored` at padding, (B, T).
        smoothing: Share of probability spread over the vocabulary (Szegedy et al., 2016,
            https://arxiv.org/abs/1512.00567).
        ignored: Label of padding.

    Returns:
        The smoothed loss; its part `nll` is the plain one. It weighs as much as it has real tokens;
        without a single one it is 0 and weighs nothing.
    """
    return _likelihood(logits.float().log_softmax(dim=-1), labels, smoothing, ignored)


def r_drop(
    logits: Tensor,
    labels: Tensor,
    *,
    weight: float,
    smoothing: float = 0.0,
    ignored: int = -100,
) -> Loss:
    """Cross-entropy of two passes, and how far apart their distributions are.

    The divergence is the mean of the two Kullback-Leibler divergences, and the gradient passes
    through both sides (Liang et al., 2021, https://arxiv.org/abs/2106.14448). The value is half of
    theirs, so that it is the plain cross-entropy where the passes agree.

    Args:
        logits: Scores before softmax, all rows of the first pass, then all of the second, (2B, T, V).
        labels: Target ids, `ignored` at padding, (B, T).
        weight: Of the divergence, α in the paper.
        smoothing: As in `cross_entropy`.
        ignored: Label of padding.

    Returns:
        The loss; its parts are `nll`, a mean over both passes, and `divergence` in nats per token.
        It weighs as much as the labels have real tokens.

    Raises:
        ValueError: The logits are not two rows for each of the labels'.
    """
    if len(logits) != 2 * len(labels):
        raise ValueError(
            f"two passes over {len(labels)} rows make {2 * len(labels)} rows of logits, got "
            f"{len(logits)}; give the batch twice, one after the other"
        )
    log_probs = logits.float().log_softmax(dim=-1)  # (2B, T, V)
    both = _likelihood(log_probs, labels.repeat(2, 1), smoothing, ignored)
    real = labels != ignored
    count = real.sum()
    one, other = log_probs.chunk(2)
    # KL(p, q) + KL(q, p) is the sum over words of (p - q)(log p - log q).
    apart = 0.5 * ((one.exp() - other.exp()) * (one - other)).sum(dim=-1)  # (B, T)
    divergence = _mean_of(apart, real, count)
    parts = {**both.parts, "divergence": divergence.detach()}
    return Loss(both.value + 0.5 * weight * divergence, parts, weight=count)


def _likelihood(log_probs: Tensor, labels: Tensor, smoothing: float, ignored: int) -> Loss:
    real = labels != ignored
    count = real.sum()
    chosen = log_probs.gather(-1, labels.clamp(min=0)[..., None])[..., 0]  # (B, T)
    nll = -_mean_of(chosen, real, count)
    value = nll
    if smoothing:
        uniform = -_mean_of(log_probs.mean(dim=-1), real, count)
        value = (1 - smoothing) * nll + smoothing * uniform
    return Loss(value, {"nll": nll.detach()}, weight=count)


def _mean_of(values: Tensor, real: Tensor, count: Tensor) -> Tensor:
    """Mean over real places; padding is filled, as picking the others would wait for the GPU."""
    return values.masked_fill(~real, 0.0).sum() / count.clamp(min=1)
