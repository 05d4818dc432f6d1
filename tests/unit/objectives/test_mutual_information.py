"""Bounds of mutual information by hand, on Gaussians whose information is known, and in their order."""

from __future__ import annotations

import math
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from summae.objectives.contrastive import info_nce
from summae.objectives.mutual_information import (
    auroc,
    donsker_varadhan,
    jsd,
    reversed_gradient,
)

CORRELATION = 0.8
INFORMATION = -0.5 * math.log(1 - CORRELATION**2)
"""Of two Gaussians so correlated, in nats: 0.51."""


def best_scores(x: Any, y: Any) -> Any:
    """log p(x, y) - log p(x)p(y) of the two Gaussians."""
    r = CORRELATION
    square = (r * x) ** 2 + (r * y) ** 2 - 2 * r * x * y
    return INFORMATION - square / (2 * (1 - r**2))


def gaussians(count: int) -> tuple[Any, Any]:
    draw = torch.Generator().manual_seed(5)
    x, noise = torch.randn(2, count, generator=draw)
    return x, CORRELATION * x + math.sqrt(1 - CORRELATION**2) * noise


def test_jensen_shannon_is_what_a_person_gets_with_pencil_and_paper() -> None:
    # A score of ln 3 gives a pair 3/4, one of -ln 3 a stranger 3/4: -ln(3/4) each.
    loss = jsd(torch.tensor([math.log(3)]), torch.tensor([-math.log(3)]))
    assert loss.value.item() == pytest.approx(2 * math.log(4 / 3))
    assert loss.parts["bound"].item() == pytest.approx(math.log(2) - math.log(4 / 3))
    assert loss.parts["accuracy"].item() == 1
    blind = jsd(torch.zeros(3), torch.zeros(2, 3))
    assert blind.value.item() == pytest.approx(2 * math.log(2))
    assert blind.parts["bound"].item() == pytest.approx(0.0, abs=1e-6)
    assert blind.weight == 3


def test_donsker_varadhan_is_what_a_person_gets_with_pencil_and_paper() -> None:
    # Mean score of pairs 2; of exp of the strangers' (1 + 3) / 2.
    loss = donsker_varadhan(torch.tensor([1.0, 3.0]), torch.tensor([[0.0], [math.log(3)]]))
    assert loss.parts["bound"].item() == pytest.approx(2 - math.log(2))
    assert loss.value.item() == pytest.approx(math.log(2) - 2)
    assert loss.weight == 2


def test_best_critic_finds_the_information_of_correlated_gaussians() -> None:
    x, y = gaussians(100_000)
    joint, product = best_scores(x, y), best_scores(x, y.roll(1))
    assert donsker_varadhan(joint, product).parts["bound"].item() == pytest.approx(
        INFORMATION, abs=0.02
    )
    # Any other critic finds less; that of Donsker and Varadhan may be shifted at will.
    for estimate in (jsd, donsker_varadhan):
        best = estimate(joint, product).parts["bound"]
        assert estimate(0.5 * joint, 0.5 * product).parts["bound"] < best - 0.01
        shifted = estimate(joint + 1, product + 1).parts["bound"]
        assert shifted.item() == pytest.approx(best.item(), abs=1e-4) or estimate is jsd
        assert shifted < best + 1e-4


def test_what_is_independent_has_no_information_whatever_the_critic_says() -> None:
    x, y = gaussians(100_000)
    strange, stranger = best_scores(x, y.roll(1)), best_scores(x, y.roll(2))
    assert donsker_varadhan(strange, stranger).parts["bound"] < 0
    assert jsd(strange, stranger).parts["bound"] < 0


def test_bounds_of_the_same_scores_have_their_order() -> None:
    # With pairs among the strangers, the mean of logarithms (InfoNCE) is at most the logarithm of
    # the mean (Donsker-Varadhan); and each has its ceiling, which a perfect critic reaches.
    draw = torch.Generator().manual_seed(5)
    pairs = torch.eye(16).bool()
    for scale in (0.1, 1.0, 10.0, 1000.0):
        scores = scale * (torch.randn(16, 16, generator=draw) + 3 * pairs)
        nce = info_nce(scores, pairs).parts["bound"]
        assert donsker_varadhan(scores[pairs], scores).parts["bound"] <= nce + 1e-5
        assert nce <= math.log(16) + 1e-5
        assert jsd(scores[pairs], scores[~pairs]).parts["bound"] <= math.log(2) + 1e-5
    perfect = 1000.0 * (2 * pairs.float() - 1)
    assert jsd(perfect[pairs], perfect[~pairs]).parts["bound"].item() == pytest.approx(math.log(2))


@pytest.mark.parametrize("estimate", [jsd, donsker_varadhan])
def test_without_strangers_nothing_counts_and_nothing_breaks(estimate: Any) -> None:
    scores = torch.randn(3, generator=torch.Generator().manual_seed(5)).requires_grad_()
    loss = estimate(scores, scores[:0])
    loss.value.backward()
    assert loss.weight == 0
    assert scores.grad is not None
    assert scores.grad.isfinite().all()
    # Processes that have some log the same parts.
    assert loss.parts.keys() == estimate(scores, scores).parts.keys()
    assert all(part.isfinite() for part in loss.parts.values())


def test_reversed_gradient_climbs_what_is_behind_it() -> None:
    values = torch.tensor([1.0, 2.0], requires_grad=True)
    factor = torch.tensor(3.0, requires_grad=True)
    turned = reversed_gradient(values, 0.5)
    assert torch.equal(turned, values)
    (factor * turned).sum().backward()
    assert values.grad is not None
    assert factor.grad is not None
    assert values.grad.tolist() == [-1.5, -1.5]  # -0.5 * 3
    assert factor.grad.item() == 3  # 1 + 2, as ever


def test_area_under_the_curve_is_that_of_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    draw = torch.Generator().manual_seed(5)
    # Whole numbers, so that many are alike.
    joint = torch.randint(0, 9, (4, 10), generator=draw).float() + 2
    product = torch.randint(0, 9, (200,), generator=draw).float()
    labels = [1] * 40 + [0] * 200
    scores = torch.cat([joint.flatten(), product])
    assert auroc(joint, product).item() == pytest.approx(metrics.roc_auc_score(labels, scores))
    assert auroc(product, product).item() == pytest.approx(0.5)
