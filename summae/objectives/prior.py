"""Reading like the language: how likely a language model of headlines finds a summary.

As a reward for drawn words, or as a divergence for soft ones. Alone, either is best pleased by the
blandest headline there is; beside something that wants the document's content they keep it readable.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from summae.objectives.loss import Loss

_LEAST_LOG_PROB = math.log(torch.finfo(torch.float32).tiny)
"""About -87 nats: a word that the language model forbids costs much, but not infinity."""


def prior_token_rewards(
    log_probs: Tensor, mask: Tensor, *, characters: Tensor | None = None
) -> Tensor:
    """What each token adds to the reward of its summary.

    Args:
        log_probs: Log-probability in nats of each token under the language model; anything, even
            -inf, at padding; (B, T).
        mask: True at real tokens, `</s>` included, (B, T).
        characters: What to divide by: by default the number of tokens. With the characters of each
            summary, (B,), a text is worth the same however it is cut into pieces; a mean over
            tokens can be raised by spelling a word in more pieces, each easier to foretell. A
            summary without characters counts as having one.

    Returns:
        Numbers without gradient whose sum over a row is `prior_reward`, 0 at padding, (B, T).
    """
    size = mask.sum(dim=1) if characters is None else characters
    kept = log_probs.detach().masked_fill(~mask, 0.0)
    return kept / size.clamp(min=1)[:, None]


def prior_reward(log_probs: Tensor, mask: Tensor, *, characters: Tensor | None = None) -> Tensor:
    """Mean log-likelihood of each summary in nats a token, or a character.

    A mean, because a sum pays for stopping early.

    Args:
        log_probs: As in `prior_token_rewards`, (B, T).
        mask: True at real tokens, (B, T).
        characters: Characters of each summary, (B,), to divide by instead of tokens.

    Returns:
        Higher is more like the language, at most 0; without gradient, (B,).
    """
    return prior_token_rewards(log_probs, mask, characters=characters).sum(dim=1)


def prior_loss(probabilities: Tensor, log_probs: Tensor, mask: Tensor) -> Loss:
    """Kullback-Leibler divergence of soft words from what the language model expects next.

    KL(soft words || language model) = cross-entropy - entropy, as in SEQ3 (Baziotis et al., 2019,
    https://arxiv.org/abs/1904.03651). In this direction a summary may choose among what is likely;
    the other would have it hedge between all that is. The entropy keeps soft words from collapsing
    onto the language model's favourite. One-hot words, as straight-through estimators give them, have
    none: for them it is their negative log-likelihood, in value and in gradient.

    Args:
        probabilities: Soft words, with gradient, (B, T, V).
        log_probs: The language model's log-probabilities in nats of the next word after the words
            before it, (B, T, V). The gradient follows into them, too, if they hold one: detach them
            to judge each word by its own place alone.
        mask: True at real tokens, (B, T).

    Returns:
        Mean over real tokens in nats; parts `kl`, `cross_entropy` and `entropy`.
    """
    tokens = mask.sum()
    words = probabilities.float()[mask]  # (tokens, V)
    expected = log_probs.float()[mask].clamp(min=_LEAST_LOG_PROB)
    # Constant for the gradient: as words keep the sum 1, that of Σ p·log p is log p, and where p is 0
    # nothing. Left to itself it would be log 0 at each word that a one-hot word is not.
    own = words.detach().log().masked_fill(words == 0, 0.0)
    cross_entropy = -(words * expected).sum() / tokens.clamp(min=1)
    entropy = -(words * own).sum() / tokens.clamp(min=1)
    divergence = cross_entropy - entropy
    parts = {"kl": divergence, "cross_entropy": cross_entropy, "entropy": entropy}
    return Loss(divergence, {name: part.detach() for name, part in parts.items()}, weight=tokens)
