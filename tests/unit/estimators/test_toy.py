"""The yardstick itself: what the tests of the estimators take for exact is exact."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from summae.estimators.toy import END, Accuracy, Toy


@pytest.fixture(scope="module")
def toy() -> Toy:
    return Toy.random(torch.Generator().manual_seed(3))


def test_every_summary_stands_once_and_nothing_follows_its_end(toy: Toy) -> None:
    # One of no word, 3 of one word, 9 of two, and 3 * 3 * 3 of three; an end fills what follows.
    assert len(toy.summaries) == 1 + 3 + 9 + 27
    assert len({tuple(ids) for ids in toy.summaries.tolist()}) == 40
    for first, second, third in toy.summaries.tolist():
        assert first != END or (second, third) == (END, END)
        assert second != END or third == END


def test_probabilities_sum_to_one_and_are_those_of_the_draws(toy: Toy) -> None:
    assert float(toy.probabilities.sum()) == pytest.approx(1)
    rows = 20_000
    drawn = toy.draw(rows, torch.Generator().manual_seed(0))
    shares = torch.bincount(drawn, minlength=40) / rows
    errors = (toy.probabilities * (1 - toy.probabilities) / rows).sqrt()
    assert ((shares - toy.probabilities).abs() < 4.5 * errors).all()


def test_exact_gradient_agrees_with_finite_differences(toy: Toy) -> None:
    def expected(table: torch.Tensor) -> float:
        moved = Toy(table, toy.first, toy.second)
        return float(moved.probabilities @ moved.rewards)

    for place in ((0, END, 1), (1, 2, 0), (2, 3, 3)):
        step = torch.zeros_like(toy.table)
        step[place] = 1e-5
        slope = (expected(toy.table + step) - expected(toy.table - step)) / 2e-5
        assert float(toy.exact_gradient[place]) == pytest.approx(slope, abs=1e-8)


def test_reward_does_not_see_what_follows_the_end(toy: Toy) -> None:
    ended = toy.one_hot(torch.tensor([[1, END, END], [1, END, 3]]))
    assert toy.reward(ended)[0] == toy.reward(ended)[1]
    # Half an end hides half of what follows.
    assert toy.reward(ended.mean(dim=0, keepdim=True)) == toy.reward(ended)[:1]
    half = toy.one_hot(torch.tensor([[1, END, 3], [1, 2, 3]])).mean(dim=0, keepdim=True)
    assert toy.reward(half) not in toy.reward(ended)


def test_value_of_a_prefix_is_the_mean_reward_of_what_begins_with_it(toy: Toy) -> None:
    ids = torch.tensor([[2, 1, 3]])
    values = toy.values(ids)[0]
    assert float(values[0]) == pytest.approx(float(toy.probabilities @ toy.rewards))
    begins = (toy.summaries[:, :2] == ids[:, :2]).all(dim=1)
    share = toy.probabilities[begins]
    assert float(values[2]) == pytest.approx(float(share @ toy.rewards[begins] / share.sum()))


def test_accuracy_of_a_cloud_by_hand() -> None:
    # Exact (2, 0). The cloud (1, 3), (1, -1) has its middle at (1, 1), at distance sqrt 2: in
    # lengths of 2 squared, 2 / 4. Each point is 2 from the middle: variance 4 / 4 = 1, so a middle
    # of two points is off by sqrt 1/2 by chance, and nothing is left for bias: 2 / 4 - 1 / 2 = 0.
    exact = torch.tensor([2.0, 0.0])
    accuracy = Accuracy.of(torch.tensor([[1.0, 3.0], [1.0, -1.0]]), exact)
    assert accuracy.deviation == pytest.approx(1)
    assert accuracy.standard_error == pytest.approx(0.5**0.5)
    assert accuracy.bias == pytest.approx(0)
    assert accuracy.cosine == pytest.approx(0.5**0.5)
    still = Accuracy.of(torch.tensor([[4.0, 0.0], [4.0, 0.0]]), exact)
    assert (still.bias, still.cosine, still.deviation) == (1, 1, 0)
