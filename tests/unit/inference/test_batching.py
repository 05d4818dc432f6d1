"""Windows keep order, memory and what came before an error; batches waste little padding."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from summae.errors import InputError
from summae.inference.batching import batches_by_length, window_size, windows


def test_windows_keep_the_order_and_the_rest() -> None:
    assert list(windows(range(5), 2)) == [[0, 1], [2, 3], [4]]


def test_an_endless_stream_is_read_one_window_at_a_time() -> None:
    numbers = count()
    assert next(windows(numbers, 3)) == [0, 1, 2]
    assert next(numbers) == 3


def test_an_error_comes_after_what_was_read_before_it() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise InputError("line 2 is broken")

    found = windows(items(), 10)
    assert next(found) == [1]
    with pytest.raises(InputError, match="line 2"):
        next(found)


def test_batches_hold_every_position_once_and_similar_lengths_together() -> None:
    lengths = [5, 90, 6, 88, 7]
    batches = batches_by_length(lengths, batch_size=2)
    assert sorted(position for batch in batches for position in batch) == [0, 1, 2, 3, 4]
    # Sorted, padding costs 2 + 1 + 0 tokens; in the order of arrival it would cost 85 + 82 + 0.
    padding = sum(max(lengths[p] for p in b) * len(b) - sum(lengths[p] for p in b) for b in batches)
    assert padding == 3


def test_a_window_has_two_batches_for_each_job_and_never_fewer_than_eight() -> None:
    assert [window_size(32, jobs) for jobs in (1, 4, 5, 16)] == [256, 256, 320, 1024]
