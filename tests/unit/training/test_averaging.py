"""The moving average by hand."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from summae.training.averaging import WeightAverage


def weight(value: float, dtype: torch.dtype = torch.float32) -> torch.nn.Parameter:
    return torch.nn.Parameter(torch.tensor([value], dtype=dtype))


def standing_in(average: WeightAverage, parameter: torch.nn.Parameter) -> float:
    with average.in_place():
        return parameter.item()


def test_it_forgets_the_start_quickly_and_is_then_slow() -> None:
    # Decays 1/10, 2/11, then 0.2, the bound; from 0, with the weight at 1 all the time:
    # 0.9; 0.9 * 2/11 + 9/11; that * 0.2 + 0.8.
    parameter = weight(0.0)
    average = WeightAverage([parameter], decay=0.2)
    with torch.no_grad():
        parameter.fill_(1.0)
    found = []
    for _ in range(3):
        average.update()
        found.append(standing_in(average, parameter))
    second = 0.9 * 2 / 11 + 9 / 11
    assert found == pytest.approx([0.9, second, second * 0.2 + 0.8])


def test_the_weights_are_back_afterwards_even_after_an_error() -> None:
    parameter = weight(0.1)
    average = WeightAverage([parameter], decay=0.5)
    with torch.no_grad():
        parameter.fill_(0.7)
    before = parameter.detach().clone()

    def fail() -> None:
        with average.in_place():
            assert parameter.item() == pytest.approx(0.1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert torch.equal(parameter, before)


def test_small_differences_add_up_in_bfloat16() -> None:
    # A thousandth of 1/128 rounds to nothing beside 1; after 5000 updates most has arrived.
    parameter = weight(1.0, torch.bfloat16)
    average = WeightAverage([parameter], decay=0.999)
    with torch.no_grad():
        parameter.fill_(1 + 1 / 128)
    for _ in range(5000):
        average.update()
    assert standing_in(average, parameter) == 1 + 1 / 128


def test_it_comes_back_from_its_state_to_the_bit() -> None:
    torch.manual_seed(0)
    parameter = torch.nn.Parameter(torch.randn(5))
    one, other = (WeightAverage([parameter], decay=0.9) for _ in range(2))
    with torch.no_grad():
        parameter.normal_()
    one.update()
    other.load_state_dict(one.state_dict())
    with torch.no_grad():
        parameter.normal_()
    for average in (one, other):
        average.update()
    with one.in_place():
        expected = parameter.detach().clone()
    with other.in_place():
        assert torch.equal(parameter, expected)
