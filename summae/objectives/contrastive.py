"""Telling what belongs together from what does not: InfoNCE, and what shows how vectors lie.

The diagnostics are those by which a collapse or an explosion is seen before any task shows it.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from summae.objectives.loss import Loss


def info_nce(scores: Tensor, positive: Tensor, allowed: Tensor | None = None) -> Loss:
    """Cross-entropy of finding, among candidates, those that belong to each query.

    A query with several of them shall give each the same probability, as in Quick-thought's code
    (Logeswaran & Lee, 2018, arXiv 1803.02893). With one each, `log M - nll` nats are a lower bound
    of the mutual information of the two (van den Oord et al., 2018, arXiv 1807.03748), which cannot
    say more than log M; with P of them the loss cannot fall below log P, nor the bound rise above
    log M - log P.

    Args:
        scores: Of each query with each candidate, (N, M).
        positive: True where they belong together, (N, M). Queries without any count nothing.
        allowed: False where a candidate is none, as a sentence for itself, (N, M); all by default.

    Returns:
        Mean over the queries with a positive candidate, weighed by their number. Parts, likewise
        means: `nll` in nats; `accuracy`, the share of them whose best candidate is positive;
        `bound`, the log of the number of candidates less `nll`; `score`, the mean magnitude of
        scores, which grows without end where they explode.
    """
    scores = scores.float()
    allowed = torch.ones_like(positive) if allowed is None else allowed
    positive = positive & allowed
    wanted = positive.sum(dim=1)  # (N,)
    counts = wanted > 0
    total = counts.sum()
    # Not -inf: a query without any candidate would make all gradients nan.
    closed = scores.masked_fill(~allowed, torch.finfo(scores.dtype).min)
    log_probs = closed.log_softmax(dim=1).masked_fill(~positive, 0.0)
    nll = -(log_probs.sum(dim=1) / wanted.clamp(min=1)).sum() / total.clamp(min=1)
    with torch.no_grad():
        best = positive.gather(1, closed.argmax(dim=1, keepdim=True)).squeeze(1)
        candidates = allowed.sum(dim=1).clamp(min=1).float().log()
        parts = {
            "nll": nll.detach(),
            "accuracy": _mean(best.float(), counts),
            "bound": _mean(candidates, counts) - nll.detach(),
            "score": _mean(scores.abs(), allowed & counts[:, None]),
        }
    return Loss(nll, parts, weight=total)


def alignment(vectors: Tensor, partners: Tensor) -> Tensor:
    """Mean squared distance of vectors on the unit sphere to those they belong to; 0 is closest.

    Wang & Isola, 2020, arXiv 2005.10242, as `uniformity`.

    Args:
        vectors: (N, D).
        partners: Row n belongs to row n, (N, D).
    """
    gap = F.normalize(vectors, dim=1) - F.normalize(partners, dim=1)
    return gap.square().sum(dim=1).mean()


def uniformity(vectors: Tensor, *, sharpness: float = 2.0) -> Tensor:
    """Log of the mean Gaussian potential of all pairs on the unit sphere: 0 if all vectors are one.

    The lower, the more evenly they are spread; two points can have -8, many in many dimensions
    come near -4.

    Args:
        vectors: At least two, (N, D).
        sharpness: t of the paper.
    """
    distances = torch.pdist(F.normalize(vectors.float(), dim=1)).square()
    return distances.mul(-sharpness).exp().mean().log()


def effective_rank(vectors: Tensor) -> Tensor:
    """In how many directions vectors spread: exp of the entropy of their singular values.

    1 where all point the same way, D where all directions have their share (Roy & Vetterli, 2007;
    a collapse shows here first, Garrido et al., 2022, arXiv 2210.02885).

    Args:
        vectors: (N, D); not centred, for one vector for everything has rank 1.
    """
    # Of vectors that are no numbers any more there are no singular values to tell it by.
    values = torch.linalg.svdvals(vectors.float().nan_to_num())
    shares = values / values.sum().clamp(min=torch.finfo(values.dtype).tiny)
    rank: Tensor = torch.special.entr(shares).sum().exp()
    return rank


def _mean(values: Tensor, where: Tensor) -> Tensor:
    """Mean over the places where it counts, 0 if there is none."""
    return values.masked_fill(~where, 0.0).sum() / where.sum().clamp(min=1)
