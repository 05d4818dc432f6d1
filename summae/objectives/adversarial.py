"""Reading like a person: what discriminators learn, and what they tell the generator.

Two forms (Wang & Lee, 2018, https://arxiv.org/abs/1810.02851). A *critic* of soft words, whose
gradient reaches the generator through them: `critic_loss`, `gradient_penalty`, `generator_score`.
And a discriminator that scores every prefix of hard words, whose verdicts become rewards:
`prefix_discriminator_loss`, `prefix_rewards`.
"""

from __future__ import annotations

from typing import Literal, Protocol, get_args

import torch
from torch import Tensor
from torch.nn import functional as F

from summae.models.outputs import DiscriminatorOutput
from summae.objectives.loss import Loss

PrefixForm = Literal["logistic", "wasserstein"]


class SoftDiscriminator(Protocol):
    """Scores each token of soft words (B, T, V), twice differentiable; masked tokens count nothing."""

    def __call__(self, *, soft: Tensor, mask: Tensor) -> DiscriminatorOutput:
        """Scores and mask, (B, T)."""
        ...


def critic_loss(
    real: DiscriminatorOutput,
    fake: DiscriminatorOutput,
    *,
    penalty: Tensor | None = None,
    penalty_weight: float = 10.0,
) -> Loss:
    """Score what people wrote above what the generator wrote, as far as the slope allows.

    Less the penalty it is minus the critic's estimate of a Wasserstein distance between the two
    (Arjovsky et al., 2017, https://arxiv.org/abs/1701.07875). A sentence's score is a mean over its
    real tokens, so that length alone scores nothing; the loss is a mean over sentences.

    Args:
        real: Scores of human summaries.
        fake: Scores of the generator's.
        penalty: From `gradient_penalty`; without it, something else must bound the slope.
        penalty_weight: Its weight (10 in Gulrajani et al., 2017).

    Returns:
        The loss; parts `real` and `fake` are mean scores, `distance` their difference, `penalty`
        unweighted.
    """
    real_score = sentence_scores(real).mean()
    fake_score = sentence_scores(fake).mean()
    parts = {
        "real": real_score.detach(),
        "fake": fake_score.detach(),
        "distance": (real_score - fake_score).detach(),
    }
    value = fake_score - real_score
    value, parts = _with_penalty(value, parts, penalty, penalty_weight)
    return Loss(value, parts, weight=float(len(real.mask)))


def gradient_penalty(
    discriminator: SoftDiscriminator,
    real_soft: Tensor,
    fake_soft: Tensor,
    real_mask: Tensor,
    fake_mask: Tensor,
    rng: torch.Generator | None = None,
    *,
    shares: Tensor | None = None,
) -> Tensor:
    """How far the slope of a sentence's score is from 1 between real and generated sentences.

    (Gulrajani et al., 2017, https://arxiv.org/abs/1704.00028.) Each real sentence is mixed with a
    generated one, word by word and with one random share for the whole sentence; the slope is the
    norm of the score's gradient with respect to all words of the mixture.

    Lengths differ, so both are aligned at their beginnings, and where only one has a word the other
    adds nothing: the word is faded by its share. That is the straight line between the two as the
    networks see them, for whom padding is zero. Cut to the shorter one instead, a generator that
    writes a word or two would leave the rest of every real sentence without a penalty, and the
    critic free to score it without bound.

    Args:
        discriminator: The critic; it learns from the penalty, so its parameters require gradient.
        real_soft: One-hot words of human summaries, (B, T, V).
        fake_soft: Soft words of the generator, which gets no gradient from here, (B, T', V).
        real_mask: True at real tokens, (B, T).
        fake_mask: Of the generated ones, (B, T').
        rng: Draws the share of the real sentence in each mixture; on any device.
        shares: Or the shares themselves, uniform from 0 to 1, (B,): drawn with the batch, they are
            the same however many processes divide it.

    Returns:
        Mean over sentences of (slope - 1)², with gradient for the critic; unweighted.

    Raises:
        ValueError: There are not as many real sentences as generated ones, or not either of `rng`
            and `shares`.
    """
    if (rng is None) == (shares is None):
        raise ValueError(
            "mixtures need either rng or shares, got " + ("neither" if rng is None else "both")
        )
    if len(real_soft) != len(fake_soft):
        raise ValueError(
            f"each real sentence is mixed with a generated one, got {len(real_soft)} and "
            f"{len(fake_soft)}; take batches of one size"
        )
    tokens = max(real_mask.shape[1], fake_mask.shape[1])
    # Not in half precision, in which the norm of a gradient is mostly noise.
    dtype = torch.promote_types(fake_soft.dtype, torch.float32)
    real, real_mask = _faded_to(tokens, real_soft.to(dtype), real_mask)
    fake, fake_mask = _faded_to(tokens, fake_soft.to(dtype), fake_mask)
    if rng is not None:
        shares = torch.rand(len(real), generator=rng, device=rng.device)
    assert shares is not None
    mixed = torch.lerp(fake, real, shares.to(fake)[:, None, None]).requires_grad_()
    with torch.enable_grad():
        scores = sentence_scores(discriminator(soft=mixed, mask=real_mask | fake_mask))
        # Sentences do not see each other, so the gradient of the sum holds each one's own.
        (slope,) = torch.autograd.grad(scores.sum(), mixed, create_graph=True)  # (B, T, V)
    # The root has no slope at 0, where a sentence without words would put it.
    norm = (slope.square().sum(dim=(1, 2)) + torch.finfo(slope.dtype).tiny).sqrt()  # (B,)
    return (norm - 1).square().mean()


def generator_score(fake: DiscriminatorOutput) -> Loss:
    """Minus the critic's score of the generator's soft summaries, a mean over summaries.

    Freeze the critic while the generator descends it, or the critic learns to please.

    Returns:
        The loss; part `score` is the mean score.
    """
    score = sentence_scores(fake).mean()
    return Loss(-score, {"score": score.detach()}, weight=float(len(fake.mask)))


def prefix_discriminator_loss(
    real: DiscriminatorOutput,
    fake: DiscriminatorOutput,
    *,
    form: PrefixForm = "logistic",
    penalty: Tensor | None = None,
    penalty_weight: float = 10.0,
) -> Loss:
    """Tell from each prefix whether a person is writing or the generator, as early as possible.

    *logistic*, the default, is binary cross-entropy (Goodfellow et al., 2014,
    https://arxiv.org/abs/1406.2661). Its best score of a prefix y₀…yᵢ is log p(y₀…yᵢ) - log q(y₀…yᵢ)
    with p what people write and q what the generator does, so that sᵢ - sᵢ₋₁, the reward of
    `prefix_rewards`, is what the words before make of the token itself: log p(yᵢ | y₀…yᵢ₋₁) -
    log q(yᵢ | y₀…yᵢ₋₁). It has a minimum on hard words, which have no points between them where a
    slope could be bounded. Every prefix counts the same, in a long sentence and in a short one: were
    sentences averaged first, the best score would depend on how long they are going to be.

    *wasserstein* is the paper's: the difference of mean sentence scores, as in `critic_loss`. It
    falls for ever unless the slope is bounded; the paper clips weights to ±0.15, here it takes the
    gradient penalty between one-hot sentences.

    Args:
        real: Scores of the prefixes of human summaries.
        fake: Of the generator's.
        form: Which of the two.
        penalty: From `gradient_penalty`; needed by wasserstein.
        penalty_weight: Its weight.

    Returns:
        The loss; parts `real` and `fake` are mean scores, `accuracy`, of logistic, the share of
        prefixes on the right side of 0 (0.5 where nothing can be told, near 1 the discriminator is
        saturated), `penalty` unweighted.

    Raises:
        ValueError: There is no such form, or nothing bounds wasserstein.
    """
    if form not in get_args(PrefixForm):
        raise ValueError(f"form is one of {', '.join(get_args(PrefixForm))}, got {form!r}.")
    if form == "wasserstein":
        if penalty is None:
            raise ValueError(
                "the wasserstein form falls without bound: give the gradient penalty, or take the "
                "logistic form"
            )
        return critic_loss(real, fake, penalty=penalty, penalty_weight=penalty_weight)
    # By sentences, not by tokens: so the best score is the log-ratio itself, whichever of the two
    # writes longer. With equally many sentences it is the plain mean over all prefixes.
    real_sum, real_right, real_size = _prefix_sums(-real.scores, real.mask)
    fake_sum, fake_right, fake_size = _prefix_sums(fake.scores, fake.mask)
    real_share, fake_share = 1 / len(real.mask), 1 / len(fake.mask)
    value = (real_share * real_sum + fake_share * fake_sum) / (
        real_share * real_size + fake_share * fake_size
    )
    parts = {
        "real": sentence_scores(real).mean().detach(),
        "fake": sentence_scores(fake).mean().detach(),
        "accuracy": (real_right / real_size + fake_right / fake_size) / 2,
    }
    value, parts = _with_penalty(value, parts, penalty, penalty_weight)
    return Loss(value, parts, weight=real_size + fake_size)


def prefix_rewards(scores: Tensor, mask: Tensor, *, discount: float) -> Tensor:
    """What each token did to the score of its prefix and, discounted, what followed did.

    Token i earns rᵢ = sᵢ - sᵢ₋₁ with s₋₁ = 0, and its return is Rᵢ = rᵢ + γ·rᵢ₊₁ + γ²·rᵢ₊₂ + …
    (Wang & Lee, 2018).

    The sum telescopes. At discount γ = 1 it leaves Rᵢ = s_last - sᵢ₋₁: every token is paid the score
    of the finished summary, with the score of the prefix before it as its baseline. The baseline
    does not depend on the token, so on average the gradient is that of the final score alone, and
    verdicts on prefixes change nothing but its variance. For γ < 1, Rᵢ = (1-γ)·(sᵢ + γ·sᵢ₊₁ + … up to
    the last but one) + γ^(last-i)·s_last - sᵢ₋₁: a mean of the scores from here on, the near ones
    counting more, less the score before. At γ = 0 it is the token's own step.

    Args:
        scores: Of each prefix, in the order of its last token; anything at padding; (B, T).
        mask: True at real tokens, which come first, (B, T).
        discount: γ, from 0 to 1.

    Returns:
        Returns Rᵢ without gradient, 0 at padding, (B, T).

    Raises:
        ValueError: The discount is out of range.
    """
    if not 0 <= discount <= 1:
        raise ValueError(f"a discount lies from 0 to 1, got {discount}.")
    scores = scores.detach().masked_fill(~mask, 0.0)
    step = (scores - F.pad(scores, (1, 0))[:, :-1]).masked_fill(~mask, 0.0)  # (B, T)
    returns = torch.zeros_like(step)
    following = torch.zeros_like(step[:, 0])
    for place in range(step.shape[1] - 1, -1, -1):
        following = step[:, place] + discount * following
        returns[:, place] = following
    return returns


def sentence_scores(output: DiscriminatorOutput) -> Tensor:
    """Mean score over the real tokens of each sentence, 0 for one without any, (B,)."""
    mask = output.mask
    scores = output.scores.masked_fill(~mask, 0.0)
    return scores.sum(dim=1) / mask.sum(dim=1).clamp(min=1)


def _prefix_sums(wrong: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Sum of cross-entropies, prefixes judged rightly, and prefixes; `wrong` is the log-odds of erring."""
    losses = F.softplus(wrong.masked_fill(~mask, 0.0)).masked_fill(~mask, 0.0)
    return losses.sum(), ((wrong < 0) & mask).sum(), mask.sum()


def _faded_to(tokens: int, soft: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Detached words, zero at padding, and their mask, both of length `tokens`."""
    missing = tokens - mask.shape[1]
    words = soft.detach().masked_fill(~mask[..., None], 0.0)
    return F.pad(words, (0, 0, 0, missing)), F.pad(mask, (0, missing))


def _with_penalty(
    value: Tensor, parts: dict[str, Tensor], penalty: Tensor | None, weight: float
) -> tuple[Tensor, dict[str, Tensor]]:
    if penalty is None:
        return value, parts
    return value + weight * penalty, {**parts, "penalty": penalty.detach()}
