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
        The smoothed loss; its part `nll` is the plain one.
    """
    real = labels != ignored
    log_probs = logits.float().log_softmax(dim=-1)  # (B, T, V)
    chosen = log_probs.gather(-1, labels.clamp(min=0)[..., None])[..., 0]  # (B, T)
    nll = -chosen[real].mean()
    value = nll
    if smoothing:
        value = (1 - smoothing) * nll - smoothing * log_probs.mean(dim=-1)[real].mean()
    return Loss(value, {"nll": nll.detach()})
