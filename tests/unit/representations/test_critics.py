"""Critics score every pair, and learn what Gaussians know of each other."""

from __future__ import annotations

import math
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from summae.objectives.mutual_information import donsker_varadhan
from summae.representations.critics import BilinearCritic, PerceptronCritic


@pytest.mark.parametrize("kind", [BilinearCritic, PerceptronCritic])
def test_each_score_is_of_its_own_pair_alone(kind: Any) -> None:
    draw = torch.Generator().manual_seed(3)
    vectors, others = torch.randn(4, 3, generator=draw), torch.randn(5, 2, generator=draw)
    critic = kind(3, 2)
    scores = critic(vectors, others)
    assert scores.shape == (4, 5)
    torch.testing.assert_close(critic(vectors[2:3], others[4:5])[0, 0], scores[2, 4])
    assert critic(vectors, others[:0]).shape == (4, 0)


def test_bilinear_score_is_a_product_through_a_matrix() -> None:
    critic = BilinearCritic(2, 2)
    critic.weight.data = torch.tensor([[0.0, 2.0], [1.0, 0.0]])
    # (1, 3) W = (3, 2); times (5, 7): 15 + 14.
    assert critic(torch.tensor([[1.0, 3.0]]), torch.tensor([[5.0, 7.0]])).item() == 29


@pytest.mark.parametrize("correlation", [0.0, 0.9])
def test_trained_critic_comes_near_the_information_of_gaussians(correlation: float) -> None:
    wanted = -0.5 * math.log(1 - correlation**2)  # 0 and 0.83 nats
    draw = torch.Generator().manual_seed(3)
    torch.manual_seed(3)
    critic = PerceptronCritic(1, 1, width=32)
    optimizer = torch.optim.Adam(critic.parameters(), lr=0.01)

    def bound(count: int) -> Any:
        x, noise = torch.randn(2, count, 1, generator=draw)
        y = correlation * x + math.sqrt(1 - correlation**2) * noise
        scores, pairs = critic(x, y), torch.eye(count).bool()
        return donsker_varadhan(scores[pairs], scores[~pairs])

    for _ in range(200):
        optimizer.zero_grad()
        bound(64).value.backward()
        optimizer.step()
    with torch.no_grad():
        found = bound(1000).parts["bound"].item()
    assert found == pytest.approx(wanted, abs=0.15)
    assert found < wanted + 0.05
