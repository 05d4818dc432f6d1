"""New words are put where the map that fits the known ones puts them."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from summae.representations.vocabulary_expansion import expand


def test_linear_map_is_found_again() -> None:
    draw = torch.Generator().manual_seed(1)
    source, new = torch.randn(20, 4, generator=draw), torch.randn(5, 4, generator=draw)
    matrix = torch.randn(4, 3, generator=draw)
    torch.testing.assert_close(expand(source, source @ matrix, new), new @ matrix)


def test_known_words_are_missed_by_as_little_as_can_be() -> None:
    # One dimension: the slope is the sum of x·y over that of x², (1·1 + 2·4) / (1 + 4) = 9/5.
    found = expand(
        torch.tensor([[1.0], [2.0]]), torch.tensor([[1.0], [4.0]]), torch.tensor([[5.0]])
    )
    assert found.item() == pytest.approx(9.0)


def test_fewer_words_than_dimensions_are_met_by_the_smallest_map() -> None:
    # (1, 1) must go to 2; the smallest such map is x + y.
    found = expand(torch.ones(1, 2), torch.tensor([[2.0]]), torch.tensor([[3.0, 4.0]]))
    assert found.item() == pytest.approx(7.0)


def test_rows_of_other_words_are_refused() -> None:
    with pytest.raises(ValueError, match="share N and D"):
        expand(torch.ones(2, 3), torch.ones(3, 3), torch.ones(1, 3))
