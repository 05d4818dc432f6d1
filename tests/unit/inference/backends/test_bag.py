"""A bag by numpy: what it adds up, and what storing it costs."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from summae.errors import ModelError
from summae.inference.backends.bag import BagPart, encode_by, read_parts, restored, stored
from summae.inference.encoder_folder import open_encoder_folder

RANDOM = np.random.default_rng(7)
WORDS, BIGRAMS, WIDTH = 20, 5, 4


def part(bigrams: int = BIGRAMS) -> BagPart:
    shapes = [((6, WIDTH), (6,)), ((3, 6), (3,))]
    return BagPart(
        RANDOM.standard_normal((WORDS + bigrams, WIDTH), np.float32),
        bigrams,
        tuple(
            (RANDOM.standard_normal(w, np.float32), RANDOM.standard_normal(b, np.float32))
            for w, b in shapes
        ),
    )


def by_hand(bag: BagPart, sentence: list[int]) -> NDArray[np.float64]:
    rows = [bag.table[token] for token in sentence]
    if bag.bigrams:
        pairs = pairwise(sentence)
        rows += [bag.table[WORDS + (a * 1_000_003 + b) % bag.bigrams] for a, b in pairs]
    mean = np.mean(np.array(rows, np.float64), axis=0)
    (first, first_bias), (second, second_bias) = bag.layers
    hidden = np.maximum(first @ mean + first_bias, 0)
    return np.asarray(second @ hidden + second_bias)


@pytest.mark.parametrize("bigrams", [0, BIGRAMS])
def test_a_vector_is_the_perceptron_of_the_mean(bigrams: int) -> None:
    bags = [part(bigrams), part(bigrams)]
    sentences = [[3, 1, 4, 1, 5], [9, 2, 6], [5, 3], [8]]
    found = encode_by(bags, sentences)
    assert (found.shape, found.dtype) == ((4, 6), np.float32)
    for row, sentence in zip(found, sentences, strict=True):
        expected = np.concatenate([by_hand(bag, sentence) for bag in bags])
        assert row == pytest.approx(expected, abs=1e-5)


def test_one_linear_map_has_no_ramp_behind_it() -> None:
    bag = BagPart(np.eye(2, dtype=np.float32), 0, ((-np.eye(2, dtype=np.float32), np.zeros(2)),))
    # The mean of rows (1, 0) and (0, 1), negated.
    assert encode_by([bag], [[0, 1]]).tolist() == [[-0.5, -0.5]]


def test_padding_and_neighbours_do_not_matter() -> None:
    bag = part()
    long, short = list(range(1, 19)), [4, 2]
    together = encode_by([bag], [long, short])
    assert together[1] == pytest.approx(encode_by([bag], [short])[0], abs=1e-6)


def test_order_matters_to_bigrams_alone() -> None:
    with_pairs, without = part(), part(bigrams=0)
    assert encode_by([without], [[1, 2, 3]]) == pytest.approx(encode_by([without], [[3, 2, 1]]))
    changed = np.abs(encode_by([with_pairs], [[1, 2, 3]]) - encode_by([with_pairs], [[3, 2, 1]]))
    assert changed.max() > 1e-3


@pytest.mark.parametrize(("in_8_bits", "steps"), [(True, 127 * 2), (False, 2048)])
def test_storing_rounds_each_number_by_half_a_step_at_most(in_8_bits: bool, steps: int) -> None:
    bag = part()
    bag.table[3] = 0  # has no largest number to be a share of
    kept = restored(stored(bag, 0, in_8_bits=in_8_bits), 0, BIGRAMS)
    largest = np.abs(bag.table).max(axis=1, keepdims=True)
    assert (np.abs(kept.table - bag.table) <= largest / steps * 1.001).all()
    assert kept.layers[1][0] == pytest.approx(bag.layers[1][0], abs=2e-3)


def test_layers_that_do_not_fit_are_refused() -> None:
    arrays = stored(part(), 0, in_8_bits=True)
    arrays["0.weight.1"] = arrays["0.weight.1"][:, :-1]
    with pytest.raises(ValueError, match=r"layer 1 has shape \(3, 5\) after width 6"):
        restored(arrays, 0, BIGRAMS)


def test_a_file_that_is_none_is_a_model_error(tmp_path: Path, tiny_encoder: Path) -> None:
    (tmp_path / "weights.npz").write_bytes(b"PK nothing")
    folder = replace(open_encoder_folder(tiny_encoder), path=tmp_path)
    with pytest.raises(ModelError, match="weights.npz cannot be read"):
        read_parts(folder)
