"""Every row once per epoch, wherever epochs, groups and batches end; alike rows together."""

from __future__ import annotations

import numpy as np
import pytest

from summae.data.order import EpochOrder
from summae.data.settings import BatchSettings


def order(total: int, *, batch_size: int = 4, group: int = 3, seed: int = 1) -> EpochOrder:
    lengths = np.arange(total) % 10
    settings = BatchSettings(batch_size=batch_size, bucket_batches=group)
    return EpochOrder(lengths, settings, seed=seed)


# One epoch is: less than a batch, whole groups, whole batches, neither.
@pytest.mark.parametrize("total", [3, 24, 20, 31])
def test_each_epoch_has_every_row_once(total: int) -> None:
    made = order(total)
    drawn = np.concatenate([made.rows(number) for number in range(60)])  # 240 rows
    for start in range(0, len(drawn) - total + 1, total):
        assert sorted(drawn[start : start + total]) == list(range(total))


def test_epochs_and_seeds_differ() -> None:
    first = np.concatenate([order(24).rows(number) for number in range(6)])
    second = np.concatenate([order(24).rows(number) for number in range(6, 12)])
    other = np.concatenate([order(24, seed=2).rows(number) for number in range(6)])
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, other)


def test_a_batch_depends_on_its_number_alone() -> None:
    in_order, alone = order(31), order(31)
    ninth = [in_order.rows(number) for number in range(10)][9]
    assert np.array_equal(ninth, alone.rows(9))


def test_rows_of_a_batch_are_alike_in_length() -> None:
    # Lengths 0 to 11 in batches of four sorted together: 0-3, 4-7, 8-11, in any order.
    made = EpochOrder(np.arange(12), BatchSettings(batch_size=4, bucket_batches=3), seed=1)
    batches = sorted(sorted(made.rows(number).tolist()) for number in range(3))
    assert batches == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]


def test_rows_are_alike_in_target_length_first() -> None:
    # Four batches are two bands by target (0 or 1), each of two batches by source.
    source = np.array([1, 1, 9, 9, 1, 1, 9, 9])
    target = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    settings = BatchSettings(batch_size=2, bucket_batches=4)
    made = EpochOrder(source, settings, seed=1, target_lengths=target)
    batches = sorted(sorted(made.rows(number).tolist()) for number in range(4))
    assert batches == [[0, 1], [2, 3], [4, 5], [6, 7]]


def test_batches_come_in_no_order_of_length() -> None:
    made = EpochOrder(np.arange(160), BatchSettings(batch_size=10, bucket_batches=16), seed=1)
    longest = [int(made.rows(number).max()) for number in range(16)]
    assert sorted(longest) == list(range(9, 160, 10))
    assert longest != sorted(longest)


def by_tokens(lengths: list[int], *, batch_size: int, group: int) -> EpochOrder:
    settings = BatchSettings(batch_size=batch_size, bucket_batches=group, even="tokens")
    return EpochOrder(np.array(lengths), settings, seed=1)


def test_batches_even_by_tokens_hold_more_of_the_short_rows() -> None:
    # 24 tokens for two batches: twelve rows of one token, one of twelve.
    made = by_tokens([1] * 12 + [4] * 3, batch_size=15, group=1)
    assert len(made.rows(0)) == 15
    made = by_tokens([1] * 12 + [6] * 2, batch_size=7, group=2)
    batches = sorted(sorted(made.rows(number).tolist()) for number in range(2))
    assert batches == [list(range(12)), [12, 13]]


def test_tokens_written_count_as_well_as_those_read() -> None:
    settings = BatchSettings(batch_size=2, bucket_batches=2, even="tokens")
    # Rows of 2, 2, 2 and 6 tokens, eight of them written.
    made = EpochOrder(np.ones(4, int), settings, seed=1, target_lengths=np.array([1, 1, 1, 5]))
    batches = sorted(sorted(made.rows(number).tolist()) for number in range(2))
    assert batches == [[0, 1, 2], [3]]


@pytest.mark.parametrize("total", [3, 24, 20, 31])
def test_each_epoch_is_whole_when_batches_are_even_by_tokens(total: int) -> None:
    made = by_tokens([1 + 5 * (row % 7) for row in range(total)], batch_size=4, group=3)
    drawn = np.concatenate([made.rows(number) for number in range(60)])  # 20 groups of 12
    assert len(drawn) == 240
    for start in range(0, len(drawn) - total + 1, total):
        assert sorted(drawn[start : start + total]) == list(range(total))


def test_no_batch_is_empty_however_long_one_row_is() -> None:
    for lengths in ([1, 1, 1, 900], [900, 1, 1, 1], [5, 5, 5, 5]):
        made = by_tokens(lengths, batch_size=1, group=4)
        assert [len(made.rows(number)) for number in range(8)] == [1] * 8
