"""The nearest vectors, against the whole matrix of inner products."""

from __future__ import annotations

import numpy as np
import pytest

from summae.errors import InputError
from summae.inference import nearest as module
from summae.inference.nearest import close_pairs, nearest, neighbours


def unit(rows: int, seed: int = 0, width: int = 8) -> module.Floats:
    vectors = np.random.default_rng(seed).standard_normal((rows, width), np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


@pytest.fixture(params=[3, 1024])
def block(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BLOCK", request.param)


@pytest.mark.usefixtures("block")
def test_the_largest_products_come_falling() -> None:
    queries, vectors = unit(5, seed=1), unit(40)
    scores, places = nearest(queries, vectors, 4)
    products = queries @ vectors.T
    assert np.array_equal(places, np.argsort(-products, axis=1)[:, :4])
    assert scores == pytest.approx(-np.sort(-products, axis=1)[:, :4])


def test_of_equals_the_earlier_comes_first_and_no_more_come_than_there_are() -> None:
    vectors = np.array([[1, 0], [0, 1], [1, 0]], np.float32)
    _scores, places = nearest(vectors[:1], vectors, 9)
    assert places.tolist() == [[0, 2, 1]]
    assert nearest(vectors[:1], vectors[:0], 2)[1].shape == (1, 0)


@pytest.mark.usefixtures("block")
def test_nobody_is_a_neighbour_of_itself() -> None:
    vectors = unit(20)
    vectors[7] = vectors[3]
    scores, places = neighbours(vectors, 5)
    products = vectors @ vectors.T
    np.fill_diagonal(products, -2)
    assert scores == pytest.approx(-np.sort(-products, axis=1)[:, :5], abs=1e-6)
    assert (places != np.arange(20)[:, None]).all()
    assert (places[3, 0], places[7, 0]) == (7, 3)


@pytest.mark.parametrize("rows", [0, 1])
def test_one_alone_has_no_neighbour(rows: int) -> None:
    assert neighbours(unit(rows), 3)[0].size == 0


def test_more_copies_than_places_still_leave_each_out_of_its_own_list() -> None:
    same = np.ones((9, 2), np.float32)
    _scores, places = neighbours(same, 2)
    assert places.shape == (9, 2)
    assert (places != np.arange(9)[:, None]).all()


@pytest.mark.usefixtures("block")
def test_each_close_pair_comes_once_nearest_first() -> None:
    vectors = unit(30)
    scores, pairs = close_pairs(vectors, 0.4)
    products = np.triu(vectors @ vectors.T, k=1)
    expected = np.argwhere(products >= 0.4)
    assert sorted(map(tuple, pairs.tolist())) == sorted(map(tuple, expected.tolist()))
    assert (np.diff(scores) <= 0).all()
    assert scores == pytest.approx(products[pairs[:, 0], pairs[:, 1]], abs=1e-6)


def test_too_many_pairs_ask_for_a_higher_threshold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PAIRS", 40)
    with pytest.raises(InputError, match="more than 40 pairs are alike by 0.9"):
        close_pairs(np.ones((10, 1), np.float32), 0.9)  # 45 pairs


def test_an_index_finds_what_an_exact_search_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("faiss")
    vectors = np.concatenate([unit(300), unit(300) + np.float32(0.01)])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    exact = set(map(tuple, close_pairs(vectors, 0.99)[1].tolist()))
    near = neighbours(vectors, 1)
    monkeypatch.setattr(module, "MANY", 100)
    assert module.uses_index(600)
    indexed = set(map(tuple, close_pairs(vectors, 0.99)[1].tolist()))
    assert indexed <= exact
    assert len(indexed) > 0.97 * len(exact)
    assert (neighbours(vectors, 1)[1] == near[1]).mean() > 0.97
