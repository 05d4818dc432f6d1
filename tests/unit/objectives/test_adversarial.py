"""Critics and prefix discriminators by hand, and what their optima and sums promise."""

from __future__ import annotations

import itertools
import math
from collections import Counter

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from torch.nn import functional as F

from summae.models.discriminator import build_discriminator
from summae.models.outputs import DiscriminatorOutput
from summae.objectives.adversarial import (
    critic_loss,
    generator_score,
    gradient_penalty,
    prefix_discriminator_loss,
    prefix_rewards,
)

NAN = float("nan")


def judged(rows: list[list[float]]) -> DiscriminatorOutput:
    """Scores with nan for padding, which nothing may read."""
    scores = torch.tensor(rows)
    return DiscriminatorOutput(scores=scores, mask=~scores.isnan())


def first(lengths: list[int], tokens: int) -> torch.Tensor:
    return torch.arange(tokens) < torch.tensor(lengths)[:, None]


# Sentence means 2 and 5, together 3.5; generated ones 1 and 0, together 0.5.
REAL = judged([[1.0, 3.0, NAN], [4.0, 5.0, 6.0]])
FAKE = judged([[1.0, NAN, NAN], [0.0, 1.0, -1.0]])


def test_critic_loss_is_the_difference_of_mean_sentence_scores() -> None:
    loss = critic_loss(REAL, FAKE, penalty=torch.tensor(0.25), penalty_weight=8.0)
    assert loss.value.item() == pytest.approx(0.5 - 3.5 + 8 * 0.25)
    parts = {name: part.item() for name, part in loss.parts.items()}
    assert parts == pytest.approx({"real": 3.5, "fake": 0.5, "distance": 3.0, "penalty": 0.25})
    assert loss.weight == 2
    assert critic_loss(REAL, FAKE).value.item() == pytest.approx(-3.0)


def test_generator_climbs_the_score_of_its_real_tokens() -> None:
    scores = torch.tensor([[1.0, 2.0], [3.0, NAN]], requires_grad=True)
    mask = torch.tensor([[True, True], [True, False]])
    loss = generator_score(DiscriminatorOutput(scores=scores, mask=mask))
    loss.value.backward()
    # -(1.5 + 3) / 2; a step down the gradient raises each score by its share of the mean.
    assert loss.value.item() == pytest.approx(-2.25)
    assert loss.parts["score"].item() == pytest.approx(2.25)
    assert scores.grad is not None
    torch.testing.assert_close(scores.grad, torch.tensor([[-0.25, -0.25], [-0.5, 0.0]]))


class LinearCritic:
    """Scores token i by its words times `weight[i]`, and remembers what it was shown."""

    def __init__(self, weight: torch.Tensor) -> None:
        self.weight = weight  # (T, V)

    def __call__(self, *, soft: torch.Tensor, mask: torch.Tensor) -> DiscriminatorOutput:
        self.soft, self.mask = soft, mask
        return DiscriminatorOutput(scores=(soft * self.weight).sum(dim=-1), mask=mask)


def mixture_inputs() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    real = F.one_hot(torch.tensor([[0, 1, 0], [1, 1, 1]]), 2)
    fake = torch.tensor([[[0.3, 0.7], [0.9, 0.1]], [[0.6, 0.4], [0.5, 0.5]]])
    return real, fake, first([3, 2], 3), first([1, 2], 2)


def test_penalty_of_a_linear_critic_by_hand() -> None:
    # Weights (3, 4) at each token, norm 5. A mean over N tokens has slope sqrt(N·5²)/N = 5/sqrt(N):
    # the pairs have 3 and 2 tokens, so ((5/√3 - 1)² + (5/√2 - 1)²) / 2.
    critic = LinearCritic(torch.tensor([[3.0, 4.0]] * 3))
    penalty = gradient_penalty(critic, *mixture_inputs(), torch.Generator())
    expected = ((5 / math.sqrt(3) - 1) ** 2 + (5 / math.sqrt(2) - 1) ** 2) / 2
    assert penalty.item() == pytest.approx(expected, rel=1e-6)


def test_tail_of_the_longer_sentence_is_not_free() -> None:
    # The first real sentence has 3 tokens, its generated one 1; weight at the third token alone.
    weight = torch.tensor([[0.0, 0.0], [0.0, 0.0], [3.0, 4.0]], requires_grad=True)
    real, fake, real_mask, fake_mask = (part[:1] for part in mixture_inputs())
    penalty = gradient_penalty(
        LinearCritic(weight), real, fake, real_mask, fake_mask, torch.Generator()
    )
    assert penalty.item() == pytest.approx((5 / 3 - 1) ** 2, rel=1e-6)
    (gradient,) = torch.autograd.grad(penalty, weight)
    assert gradient[2].norm() > 0


def test_mixtures_lie_on_the_line_between_the_two() -> None:
    real, fake, real_mask, fake_mask = mixture_inputs()
    critic = LinearCritic(torch.ones(3, 2))
    before = torch.random.get_rng_state()
    gradient_penalty(critic, real, fake, real_mask, fake_mask, torch.Generator().manual_seed(1))
    mixed = critic.soft.detach()
    gradient_penalty(critic, real, fake, real_mask, fake_mask, torch.Generator().manual_seed(1))
    assert torch.equal(critic.soft, mixed)
    assert torch.equal(torch.random.get_rng_state(), before)
    assert critic.mask.tolist() == [[True, True, True], [True, True, False]]
    # First sentence: real word 0 against (0.3, 0.7), so word 0 has 0.3 + 0.7·share; from the second
    # token on the generated one has ended, and the real word is faded to its share.
    share = (mixed[0, 0, 0].item() - 0.3) / 0.7
    assert 0 < share < 1
    torch.testing.assert_close(mixed[0, 1:], torch.tensor([[0.0, share], [share, 0.0]]))
    # The second sentence has a share of its own: real word 1 against (0.6, 0.4).
    other = (mixed[1, 0, 1].item() - 0.4) / 0.6
    assert 0 < other < 1
    assert other != pytest.approx(share)
    assert mixed[1, 2].tolist() == [0.0, 0.0]


def test_shares_may_come_with_the_batch() -> None:
    # 0 is the generated sentence itself, 1 the real one.
    real, fake, real_mask, fake_mask = mixture_inputs()
    critic = LinearCritic(torch.ones(3, 2))
    gradient_penalty(critic, real, fake, real_mask, fake_mask, shares=torch.tensor([0.0, 1.0]))
    torch.testing.assert_close(critic.soft[0, 0], fake[0, 0])
    torch.testing.assert_close(critic.soft[1, :2], real[1, :2].float())
    with pytest.raises(ValueError, match="either rng or shares, got neither"):
        gradient_penalty(critic, real, fake, real_mask, fake_mask)


def test_penalty_teaches_the_critic_and_not_the_generator() -> None:
    real, fake, real_mask, fake_mask = mixture_inputs()
    fake.requires_grad_()
    weight = torch.ones(3, 2, requires_grad=True)
    gradient_penalty(
        LinearCritic(weight), real, fake, real_mask, fake_mask, torch.Generator()
    ).backward()
    assert fake.grad is None
    assert weight.grad is not None


def test_flat_critic_is_penalised_and_not_broken() -> None:
    # Slope 0: (0 - 1)² = 1, and the gradient of the norm at 0 is no nan.
    weight = torch.zeros(3, 2, requires_grad=True)
    penalty = gradient_penalty(LinearCritic(weight), *mixture_inputs(), torch.Generator())
    penalty.backward()
    assert penalty.item() == pytest.approx(1.0)
    assert weight.grad is not None
    assert weight.grad.isfinite().all()


def test_each_real_sentence_needs_a_generated_one() -> None:
    real, fake, real_mask, fake_mask = mixture_inputs()
    with pytest.raises(ValueError, match="2 and 1"):
        gradient_penalty(
            LinearCritic(torch.ones(3, 2)), real, fake[:1], real_mask, fake_mask[:1],
            torch.Generator(),
        )  # fmt: skip


def test_trained_critic_estimates_the_wasserstein_distance() -> None:
    # All real sentences are one point, all generated ones another, 2 tokens with other words: they
    # are sqrt(4) = 2 apart, and no critic of slope 1 can score them further apart than that.
    real_ids, fake_ids = torch.tensor([[4, 5]] * 4), torch.tensor([[6, 7]] * 4)
    mask = torch.ones(4, 2, dtype=torch.bool)
    real, fake = F.one_hot(real_ids, 8).float(), F.one_hot(fake_ids, 8).float()
    critic = build_discriminator("convolutional", vocab_size=8, width=16, layers=1)
    optimizer = torch.optim.Adam(critic.parameters(), lr=5e-3, betas=(0.5, 0.9))
    rng = torch.Generator().manual_seed(0)
    for _ in range(60):
        loss = critic_loss(
            critic(soft=real, mask=mask),
            critic(soft=fake, mask=mask),
            penalty=gradient_penalty(critic, real, fake, mask, mask, rng),
        )
        optimizer.zero_grad()
        loss.value.backward()
        optimizer.step()
    assert 1.8 < loss.parts["distance"].item() < 2.3


# Sentences over words a and b, `.` ends them; every prefix that one side writes the other does, too.
PEOPLE = ["a.", "ab.", "ab.", "b."]
GENERATOR = ["a.", "a.", "a.", "ab.", "b.", "b.", "b.", "b."]


def prefixes_of(sentence: str) -> list[str]:
    return [sentence[: end + 1] for end in range(len(sentence))]


def shares(sentences: list[str]) -> dict[str, float]:
    """Of sentences that begin with each prefix."""
    counts = Counter(itertools.chain.from_iterable(map(prefixes_of, sentences)))
    return {prefix: count / len(sentences) for prefix, count in counts.items()}


def test_best_logistic_score_is_the_log_ratio_of_the_prefix() -> None:
    people, generator = shares(PEOPLE), shares(GENERATOR)
    prefixes = sorted(people)
    table = torch.tensor(
        [math.log(people[prefix] / generator[prefix]) for prefix in prefixes], requires_grad=True
    )

    def scored(sentences: list[str]) -> DiscriminatorOutput:
        rows = [[prefixes.index(p) for p in prefixes_of(s)] for s in sentences]
        index = torch.tensor([row + [0] * (3 - len(row)) for row in rows])
        return DiscriminatorOutput(scores=table[index], mask=first([len(row) for row in rows], 3))

    # Convex in the scores, so the place without slope is the best; 4 sentences against 8.
    loss = prefix_discriminator_loss(scored(PEOPLE), scored(GENERATOR))
    (slope,) = torch.autograd.grad(loss.value, table)
    torch.testing.assert_close(slope, torch.zeros(len(prefixes)), atol=1e-7, rtol=0)
    # And a step is the log-ratio of the word after its prefix: b after a, 2 of 3 against 1 of 4.
    step = table[prefixes.index("ab")] - table[prefixes.index("a")]
    assert step.item() == pytest.approx(math.log((2 / 3) / (1 / 4)), abs=1e-6)


def test_logistic_loss_and_accuracy_by_hand() -> None:
    # Real scores ln 3 and 0 (a tie is no success), generated -ln 3 and ln 3: cross-entropies
    # ln(4/3), ln 2, ln(4/3), ln 4; right are 1 of 2 and 1 of 2.
    log3 = math.log(3)
    loss = prefix_discriminator_loss(judged([[log3, 0.0, NAN]]), judged([[-log3, log3, NAN]]))
    expected = (2 * math.log(4 / 3) + math.log(2) + math.log(4)) / 4
    assert loss.value.item() == pytest.approx(expected, abs=1e-6)
    assert loss.parts["accuracy"].item() == pytest.approx(0.5)
    assert loss.parts["real"].item() == pytest.approx(log3 / 2)
    assert float(loss.weight) == 4
    with_penalty = prefix_discriminator_loss(
        judged([[log3, 0.0]]), judged([[-log3, log3]]), penalty=torch.tensor(2.0)
    )
    assert with_penalty.value.item() == pytest.approx(expected + 20, abs=1e-5)


def test_weights_put_the_halves_of_a_batch_together() -> None:
    whole = prefix_discriminator_loss(REAL, FAKE)
    halves = [
        prefix_discriminator_loss(
            *(
                DiscriminatorOutput(scores=side.scores[row], mask=side.mask[row])
                for side in (REAL, FAKE)
            )
        )
        for row in (slice(0, 1), slice(1, 2))
    ]
    total = sum(float(half.weight) * half.value for half in halves)
    assert float(total) / sum(float(half.weight) for half in halves) == pytest.approx(
        whole.value.item()
    )


def test_padding_gets_no_gradient_and_no_nan() -> None:
    scores = torch.tensor([[1.0, NAN]], requires_grad=True)
    output = DiscriminatorOutput(scores=scores, mask=torch.tensor([[True, False]]))
    prefix_discriminator_loss(output, FAKE).value.backward()
    assert scores.grad is not None
    assert scores.grad[0, 0] < 0
    assert scores.grad[0, 1] == 0


def test_wasserstein_form_is_the_critics_and_wants_a_bound() -> None:
    penalty = torch.tensor(0.5)
    loss = prefix_discriminator_loss(REAL, FAKE, form="wasserstein", penalty=penalty)
    assert torch.equal(loss.value, critic_loss(REAL, FAKE, penalty=penalty).value)
    with pytest.raises(ValueError, match="falls without bound"):
        prefix_discriminator_loss(REAL, FAKE, form="wasserstein")
    with pytest.raises(ValueError, match="logistic, wasserstein, got 'hinge'"):
        prefix_discriminator_loss(REAL, FAKE, form="hinge")  # type: ignore[arg-type]


SCORES = torch.tensor([[1.0, 3.0, 2.0, NAN], [-1.0, NAN, NAN, NAN]])


@pytest.mark.parametrize(
    ("discount", "expected"),
    [
        # Steps 1, 2, -1; halved from the back: -1; 2 - 0.5 = 1.5; 1 + 0.75 = 1.75.
        (0.5, [1.75, 1.5, -1.0, 0.0]),
        # No discount: last score 2 less the score before the token, 0, 1, 3.
        (1.0, [2.0, 1.0, -1.0, 0.0]),
        # All discount: the steps themselves.
        (0.0, [1.0, 2.0, -1.0, 0.0]),
    ],
)
def test_prefix_rewards_by_hand(discount: float, expected: list[float]) -> None:
    rewards = prefix_rewards(SCORES, ~SCORES.isnan(), discount=discount)
    torch.testing.assert_close(rewards, torch.tensor([expected, [-1.0, 0.0, 0.0, 0.0]]))


def test_discounted_return_is_a_mean_of_coming_scores_less_the_one_before() -> None:
    scores = torch.randn(1, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    rewards = prefix_rewards(scores, torch.ones(1, 6, dtype=torch.bool), discount=0.7)
    for i in range(6):
        weights = [0.3 * 0.7**k for k in range(5 - i)] + [0.7 ** (5 - i)]
        assert sum(weights) == pytest.approx(1.0)
        coming = sum(w * float(scores[0, i + k]) for k, w in enumerate(weights))
        before = float(scores[0, i - 1]) if i else 0.0
        assert float(rewards[0, i]) == pytest.approx(coming - before)


def test_without_discount_prefixes_are_a_baseline_for_the_final_score() -> None:
    # All four texts of two binary words: the exact expected gradient is that of the last score.
    logits = torch.tensor([0.3, -0.5, 0.8], dtype=torch.float64, requires_grad=True)
    one = F.logsigmoid(logits)
    zero = F.logsigmoid(-logits)
    prefix_score = {"0": 0.4, "1": -1.3, "00": 2.0, "01": -0.7, "10": 0.1, "11": 1.9}
    by_prefix = by_last = torch.zeros((), dtype=torch.float64)
    for first_word, second_word in itertools.product((0, 1), repeat=2):
        text = f"{first_word}{second_word}"
        log_probs = [
            (one if first_word else zero)[0],
            (one if second_word else zero)[1 + first_word],
        ]
        chance = (log_probs[0] + log_probs[1]).exp().detach()
        scores = torch.tensor([[prefix_score[text[:1]], prefix_score[text]]])
        rewards = prefix_rewards(scores, torch.ones(1, 2, dtype=torch.bool), discount=1.0)[0]
        by_prefix = by_prefix + chance * (rewards[0] * log_probs[0] + rewards[1] * log_probs[1])
        by_last = by_last + chance * prefix_score[text] * (log_probs[0] + log_probs[1])
    torch.testing.assert_close(
        torch.autograd.grad(by_prefix, logits, retain_graph=True)[0],
        torch.autograd.grad(by_last, logits)[0],
        atol=1e-6,
        rtol=1e-6,
    )


def test_rewards_are_numbers_and_the_discount_a_share() -> None:
    scores = torch.ones(1, 2, requires_grad=True)
    mask = torch.ones(1, 2, dtype=torch.bool)
    assert not prefix_rewards(scores, mask, discount=0.9).requires_grad
    with pytest.raises(ValueError, match="from 0 to 1, got 1.5"):
        prefix_rewards(scores, mask, discount=1.5)
