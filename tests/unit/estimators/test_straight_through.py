"""Soft words: what they are by construction, and how far their gradients are from the exact one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

torch = pytest.importorskip("torch")

from torch import Tensor

from summae.estimators.straight_through import (
    annealed_temperature,
    gumbel_softmax,
    soft_words,
    straight_through,
)
from summae.estimators.toy import Accuracy, Toy, relaxed_gradients

LOGITS = torch.tensor([[2.0, 0.0, -1.0, 0.5]])


def seeded(number: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(number)


def relaxations() -> dict[str, Callable[[Tensor], Tensor]]:
    return {
        "soft": soft_words,
        "gumbel": partial(gumbel_softmax, temperature=0.7, generator=seeded()),
        "straight": partial(straight_through, temperature=0.7, generator=seeded()),
    }


@pytest.mark.parametrize("name", relaxations())
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_rows_are_distributions_of_the_kind_that_came(name: str, dtype: torch.dtype) -> None:
    words = relaxations()[name](torch.randn(50, 9, generator=seeded(1)).to(dtype))
    assert words.shape == (50, 9)
    assert words.dtype == dtype
    assert (words >= 0).all()
    torch.testing.assert_close(words.float().sum(dim=1), torch.ones(50), atol=1e-2, rtol=0)


@pytest.mark.parametrize("name", relaxations())
def test_forbidden_word_is_never_written_and_harms_no_gradient(name: str) -> None:
    logits = LOGITS.repeat(100, 1).requires_grad_()
    barred = logits.masked_fill(torch.tensor([True, False, False, False]), -torch.inf)
    words = relaxations()[name](barred)
    assert (words[:, 0] == 0).all()
    (words @ torch.arange(4.0)).sum().backward()
    assert logits.grad is not None
    assert logits.grad.isfinite().all()
    assert logits.grad[:, 1:].abs().sum() > 0


def test_soft_words_are_the_softmax() -> None:
    # e^2, 1 and e^0.5 beside each other at temperature 1, their square roots at 2.
    words = soft_words(LOGITS)
    assert float(words[0, 0] / words[0, 1]) == pytest.approx(7.389, abs=1e-3)
    cool = soft_words(LOGITS, temperature=2.0)
    assert float(cool[0, 0] / cool[0, 1]) == pytest.approx(2.718, abs=1e-3)


@pytest.mark.parametrize("temperature", [0.1, 1.0, 5.0])
def test_words_are_drawn_as_the_softmax_says_at_any_temperature(temperature: float) -> None:
    rows = 20_000
    words = straight_through(
        LOGITS.repeat(rows, 1), temperature=temperature, generator=seeded()
    ).mean(dim=0)
    wanted = LOGITS[0].softmax(dim=0)
    assert ((words - wanted).abs() < 4 * (wanted * (1 - wanted) / rows).sqrt()).all()


def test_straight_through_is_exactly_one_hot_at_the_largest_of_the_softened_draw() -> None:
    logits = torch.randn(500, 30, generator=seeded(1))
    hard = straight_through(logits, temperature=0.5, generator=seeded(2))
    soft = gumbel_softmax(logits, temperature=0.5, generator=seeded(2))
    assert hard.unique().tolist() == [0, 1]
    assert hard.argmax(dim=1).tolist() == soft.argmax(dim=1).tolist()


def test_gradient_of_straight_through_is_that_of_the_softened_draw() -> None:
    # To a linear reader, whose slope is the same everywhere, the two are one.
    worth = torch.randn(4, generator=seeded(1))
    gradients = []
    for relax in (straight_through, gumbel_softmax):
        logits = LOGITS.clone().requires_grad_()
        (relax(logits, temperature=0.7, generator=seeded(2)) @ worth).sum().backward()
        gradients.append(logits.grad)
    torch.testing.assert_close(*gradients)
    assert gradients[0].abs().sum() > 0


def test_same_generator_same_words_and_the_next_ones_differ() -> None:
    logits = torch.zeros(20, 8)
    generator = seeded()
    first = gumbel_softmax(logits, temperature=1.0, generator=generator)
    second = gumbel_softmax(logits, temperature=1.0, generator=generator)
    again = gumbel_softmax(logits, temperature=1.0, generator=seeded())
    assert torch.equal(first, again)
    assert not torch.equal(first, second)


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan")])
def test_temperature_that_is_none_is_refused(temperature: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        soft_words(LOGITS, temperature=temperature)
    with pytest.raises(ValueError, match="above 0"):
        straight_through(LOGITS, temperature=temperature, generator=seeded())


def test_temperature_falls_by_equal_factors_or_equal_steps() -> None:
    # From 1 to 1/16 in 4 steps: halved each time, or 15/64 less each time.
    exponential = [annealed_temperature(s, steps=4, start=1.0, end=1 / 16) for s in range(6)]
    assert exponential == [1, 1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 16]
    linear = [
        annealed_temperature(s, steps=4, start=1.0, end=1 / 16, how="linear") for s in range(6)
    ]
    assert linear == [1, 49 / 64, 34 / 64, 19 / 64, 4 / 64, 4 / 64]


def test_temperature_may_not_fall_to_zero_or_in_an_unknown_way() -> None:
    with pytest.raises(ValueError, match="above 0"):
        annealed_temperature(0, steps=4, end=0.0)
    with pytest.raises(ValueError, match="'exponential' or 'linear', got 'cosine'"):
        annealed_temperature(0, steps=4, how="cosine")  # type: ignore[arg-type]


# How wrong, on a game whose gradient is known. Recorded figures, in lengths of the exact gradient:
#   temperature           2     1     0.5   0.1
#   Gumbel-softmax bias   0.50  0.27  0.12  0.03    deviation  0.3  0.9  1.8  5.8
#   straight-through      0.69  0.51  0.39  0.35    deviation  0.4  0.7  1.4  4.4
TEMPERATURES = (2.0, 1.0, 0.5, 0.1)
Accuracies = dict[Callable[..., Tensor], list[Accuracy]]


@pytest.fixture(scope="module")
def toy() -> Toy:
    return Toy.random(seeded(3))


@pytest.fixture(scope="module")
def accuracies(toy: Toy) -> Accuracies:
    """By relaxation, one a temperature."""
    return {
        relax: [
            Accuracy.of(
                relaxed_gradients(toy, partial(relax, temperature=t, generator=seeded()), 16_000),
                toy.exact_gradient,
            )
            for t in TEMPERATURES
        ]
        for relax in (gumbel_softmax, straight_through)
    }


def test_bias_of_the_gumbel_softmax_vanishes_with_the_temperature(accuracies: Accuracies) -> None:
    found = accuracies[gumbel_softmax]
    assert [a.bias for a in found[:3]] == pytest.approx([0.50, 0.27, 0.12], abs=0.05)
    assert found[3].bias < 3 * found[3].standard_error


def test_bias_of_straight_through_falls_and_does_not_vanish(accuracies: Accuracies) -> None:
    found = accuracies[straight_through]
    assert [a.bias for a in found] == pytest.approx([0.69, 0.51, 0.39, 0.35], abs=0.07)
    assert found[3].bias > 5 * found[3].standard_error
    # It points the right way all the same.
    assert min(a.cosine for a in found) > 0.95


@pytest.mark.parametrize("relax", [gumbel_softmax, straight_through])
def test_variance_rises_as_the_temperature_falls(
    accuracies: Accuracies, relax: Callable[..., Tensor]
) -> None:
    deviations = [a.deviation for a in accuracies[relax]]
    assert deviations == sorted(deviations)
    assert deviations[-1] > 5 * deviations[0]


def test_soft_words_have_no_variance_and_a_bias(toy: Toy) -> None:
    found = Accuracy.of(relaxed_gradients(toy, soft_words, 2), toy.exact_gradient)
    assert found.deviation == pytest.approx(0, abs=1e-12)
    assert found.bias == pytest.approx(0.26, abs=0.01)


def test_what_is_linear_in_each_word_alone_is_differentiated_exactly() -> None:
    # The bias comes from words that depend on each other and from the reward's curvature: one word
    # and a linear reward leave none, neither for soft words nor, on average, for drawn ones.
    worth = torch.tensor([1.0, 3.0, -2.0, 0.5])
    logits = LOGITS.clone().requires_grad_()
    (exact,) = torch.autograd.grad((logits.softmax(dim=-1) @ worth).sum(), logits)
    (soft,) = torch.autograd.grad((soft_words(logits) @ worth).sum(), logits)
    torch.testing.assert_close(soft, exact)
    many = LOGITS.repeat(40_000, 1).requires_grad_()
    words = straight_through(many, temperature=0.05, generator=seeded())
    (gradients,) = torch.autograd.grad((words @ worth).sum(), many)
    found = Accuracy.of(gradients, exact[0])
    assert found.bias < 3 * found.standard_error < 0.3
