"""How much two things tell of each other, by a critic that knows pairs from strangers.

A critic scores pairs as they occur (from the joint distribution) and pairs put together at random
(from the product of the two). What it finds is a lower bound, and critic and vectors climb it
together: nobody plays against anybody. InfoNCE, the third such bound, is in `contrastive`.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from summae.objectives.loss import Loss


def jsd(joint: Tensor, product: Tensor) -> Loss:
    """Say of each score whether it is of a pair: binary cross-entropy, pairs and strangers alike.

    The estimator of Deep InfoMax (Hjelm et al., 2019, arXiv 1808.06670), -E[softplus(-T)] of pairs
    less E[softplus(T)] of strangers, the best T being log p(x, y) - log p(x)p(y). It knows no nats
    of information, but is never far off and does not depend on how many strangers there are.

    Args:
        joint: Scores T of pairs, any shape.
        product: Of strangers, any shape.

    Returns:
        Minus the estimate, from 2 ln 2 for a critic that knows nothing down to 0; it weighs as much
        as there are pairs, nothing where there are no strangers. Parts: `bound`, a lower bound in
        nats of the Jensen-Shannon divergence of joint and product, at most ln 2; `accuracy`, the
        mean of the shares of both on the right side of 0; `joint` and `product`, mean scores.
    """
    joint, product = joint.float(), product.float()
    value = _mean(F.softplus(-joint)) + _mean(F.softplus(product))
    return _loss(value, math.log(2) - 0.5 * value, joint, product)


def donsker_varadhan(joint: Tensor, product: Tensor) -> Loss:
    """Minus the bound E[T] of pairs less log E[exp T] of strangers (MINE, Belghazi et al., 2018).

    arXiv 1801.04062. It is in nats of mutual information, and tight for the best critic; but of M
    strangers the logarithm of a mean is biased upwards, and not to be relied on beyond log M nats.

    Args:
        joint: Scores T of pairs, any shape.
        product: Of strangers, any shape.

    Returns:
        The loss; weight and parts as those of `jsd`, but that `bound` is of the mutual
        information, and that a score of 0 means nothing to `accuracy`, as T is free to shift.
    """
    joint, product = joint.float(), product.float()
    # Of no strangers it would be -inf.
    strangers = product.flatten() if product.numel() else product.new_zeros(1)
    value = strangers.logsumexp(dim=0) - math.log(len(strangers)) - _mean(joint)
    return _loss(value, -value, joint, product)


def auroc(joint: Tensor, product: Tensor) -> Tensor:
    """Area under the ROC curve: how often a pair scores higher than a stranger, ties half, a scalar.

    Args:
        joint: Scores of pairs, any shape, at least one.
        product: Of strangers, any shape, at least one.
    """
    joint, order = joint.flatten(), product.flatten().sort().values
    below = torch.searchsorted(order, joint)
    upto = torch.searchsorted(order, joint, right=True)
    return (below + upto).double().mean() / (2 * len(order))


def reversed_gradient(values: Tensor, weight: float = 1.0) -> Tensor:
    """`values`, through which the gradient passes back with its sign turned, `weight` times.

    Behind it a critic descends its loss while what stands before it climbs the same loss, in one
    step and by one optimizer (Ganin & Lempitsky, 2015, arXiv 1409.7495).
    """
    reverse: Tensor = _Reversed.apply(values, weight)  # type: ignore[no-untyped-call]
    return reverse


class _Reversed(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, values: Tensor, weight: float) -> Tensor:
        ctx.weight = weight
        return values.view_as(values)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return -ctx.weight * gradient, None


def _loss(value: Tensor, bound: Tensor, joint: Tensor, product: Tensor) -> Loss:
    right = (_mean((joint > 0).float()) + _mean((product <= 0).float())) / 2
    parts = {"bound": bound, "accuracy": right, "joint": _mean(joint), "product": _mean(product)}
    weight = float(joint.numel()) if product.numel() else 0.0
    return Loss(value, {name: part.detach() for name, part in parts.items()}, weight=weight)


def _mean(values: Tensor) -> Tensor:
    """0 of nothing, and part of the graph all the same."""
    return values.sum() / max(1, values.numel())
