"""What the networks hand to objectives and estimators: named tensors with their masks."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor
from transformers.utils.generic import ModelOutput


@dataclass(frozen=True)
class Sampled:
    """Summaries as they were drawn, hard words only; no gradient passes through them.

    With several summaries a document, rows are ordered by document: all of the first, then all of
    the second.
    """

    ids: Tensor
    """Drawn tokens, `</s>` included if it came in time, pad after it; int64, (B, T)."""
    mask: Tensor
    """True at drawn tokens, `</s>` included; bool, (B, T)."""
    prefix_ids: Tensor
    """What the decoder was given before the first draw: `<s>` and, mostly, a length token; int64, (B, P)."""


@dataclass(frozen=True)
class Scored:
    """How likely a network finds given summaries, token by token."""

    log_probs: Tensor
    """Log-probability in nats of each token after those before it, with gradient; anything, even
    -inf, where the mask is False; (B, T)."""
    mask: Tensor
    """True at real tokens, `</s>` included; bool, (B, T)."""
    entropy: Tensor | None = None
    """Entropy in nats of the distribution that each token was drawn from, with gradient; (B, T)."""


@dataclass(frozen=True)
class SoftWords:
    """Summaries whose words are distributions, so that a gradient passes through them."""

    probabilities: Tensor
    """One distribution over the vocabulary a word; rows sum to 1; (B, T, V)."""
    ids: Tensor
    """The likeliest word of each, int64, (B, T)."""
    mask: Tensor
    """True up to and with the first `</s>` among `ids`; bool, (B, T)."""


@dataclass
class DiscriminatorOutput(ModelOutput):
    """How much each token, after those before it, looks like a person's."""

    scores: Tensor
    """One score a token before any sigmoid, higher is more like a person; (B, T)."""
    # All fields of a ModelOutput but the first must default to None; a discriminator always sets it.
    mask: Tensor = None  # type: ignore[assignment]
    """True at real tokens; bool, (B, T)."""
