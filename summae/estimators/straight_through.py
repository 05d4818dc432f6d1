"""Words made soft, so that a gradient passes through the choice of a word.

Each function turns logits (B, V) into rows that sum to 1 (B, V); bind its settings with `partial`
and it is a `relax` of relaxed decoding:

    relax = partial(straight_through, temperature=0.5, generator=generator)

Their gradients are biased, by how much depends on the temperature: see evaluation/estimators.md.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor


def soft_words(logits: Tensor, *, temperature: float = 1.0) -> Tensor:
    """The distribution itself in place of a word drawn from it; no randomness, no variance.

    What a network reads that way no text looks like: a critic tells the two apart at once, and a
    reconstructor finds the document in the small probabilities.

    Args:
        logits: Scores of the next word, forbidden ones -inf, (B, V).
        temperature: Below 1 sharper, above 1 flatter.

    Returns:
        (B, V), rows sum to 1.
    """
    _check(temperature)
    return (_exactly(logits) / temperature).softmax(dim=-1).to(logits.dtype)


def gumbel_softmax(logits: Tensor, *, temperature: float, generator: torch.Generator) -> Tensor:
    """A softened draw: its largest entry is at a word drawn from the distribution.

    As the temperature falls it nears a one-hot word, its gradient loses bias and gains variance
    (Jang et al., 2017, https://arxiv.org/abs/1611.01144; Maddison et al., 2017,
    https://arxiv.org/abs/1611.00712).

    Args:
        logits: Scores of the next word, forbidden ones -inf, (B, V).
        temperature: In (0, inf); 0.1 to 1 are usual.
        generator: Source of the draw, on the device of the logits.

    Returns:
        (B, V), rows sum to 1.
    """
    _check(temperature)
    exact = _exactly(logits)
    waiting = torch.empty_like(exact).exponential_(generator=generator)
    # An exact 0 would become infinite noise and then nan.
    noise = -waiting.clamp_(min=torch.finfo(exact.dtype).tiny).log_()
    return ((exact + noise) / temperature).softmax(dim=-1).to(logits.dtype)


def straight_through(logits: Tensor, *, temperature: float, generator: torch.Generator) -> Tensor:
    """A drawn word, one-hot, whose gradient is that of the softened draw (Jang et al., 2017).

    What reads it sees words only, as after training; the price is a bias that does not vanish with
    the temperature, because the slope is taken as if the reader were linear between two words.

    Args:
        logits: Scores of the next word, forbidden ones -inf, (B, V).
        temperature: Of the softened draw; decides the gradient and not which word is drawn.
        generator: Source of the draw, on the device of the logits.

    Returns:
        (B, V), rows exactly one-hot.
    """
    soft = gumbel_softmax(logits, temperature=temperature, generator=generator)
    hard = torch.zeros_like(soft).scatter_(-1, soft.argmax(dim=-1, keepdim=True), 1.0)
    # In this order the added term is exactly 0; hard + soft - soft would be off by a rounding.
    return hard + (soft - soft.detach())


def annealed_temperature(
    step: int,
    *,
    steps: int,
    start: float = 1.0,
    end: float = 0.1,
    how: Literal["exponential", "linear"] = "exponential",
) -> float:
    """The temperature at a step, falling from `start` to `end` over `steps` and staying there.

    >>> [annealed_temperature(step, steps=2, start=1.0, end=0.25) for step in (0, 1, 2, 9)]
    [1.0, 0.5, 0.25, 0.25]

    Args:
        step: Counted from 0.
        steps: Steps from `start` to `end`.
        start: Temperature of step 0.
        end: Temperature from step `steps` on.
        how: Equal factors or equal differences in equal times.

    Raises:
        ValueError: A temperature is not above 0, or `how` is neither.
    """
    _check(start)
    _check(end)
    if how not in ("exponential", "linear"):
        raise ValueError(f"temperature falls 'exponential' or 'linear', got {how!r}.")
    done = min(max(step / steps, 0.0), 1.0) if steps else 1.0
    if how == "linear":
        return start + done * (end - start)
    return float(start * (end / start) ** done)


def _exactly(logits: Tensor) -> Tensor:
    """At least 32 bits: 8 bits of mantissa cannot hold the noise."""
    return logits.to(torch.promote_types(logits.dtype, torch.float32))


def _check(temperature: float) -> None:
    if not temperature > 0:
        raise ValueError(
            f"a temperature is above 0, got {temperature}. For hard words use straight_through."
        )
