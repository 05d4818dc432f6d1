"""Teacher forcing: the negative log-likelihood of a target, a mean over its real tokens."""

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
    real = labels != ignored
    count = real.sum()
    log_probs = logits.float().log_softmax(dim=-1)  # (B, T, V)
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
