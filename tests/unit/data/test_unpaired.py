"""Documents and headlines that share a row are refused."""

from __future__ import annotations

import pytest

from summae.data.unpaired import check_disjoint
from summae.errors import InputError


def test_disjoint_ids_pass() -> None:
    check_disjoint(["a", "b"], ["c"])
    check_disjoint([], ["c"])


def test_shared_ids_are_counted_and_named() -> None:
    with pytest.raises(InputError, match=r"2 headlines belong .*ids b, c.*drop_shared"):
        check_disjoint(["a", "c", "b"], ["b", "c", "c"])
