"""Random ids cost what news would."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarking.packs import random_pack


def test_random_texts_have_the_lengths_of_news() -> None:
    pack = random_pack(2)
    documents, headlines = (np.diff(r.offsets) for r in (pack.documents, pack.headlines))
    assert (documents == 128).mean() == pytest.approx(0.74, abs=0.03)
    assert np.percentile(documents, 5) == pytest.approx(42, abs=5)
    assert headlines.mean() == pytest.approx(10, abs=1)
    assert set(pack.headline_source) == {0, 1}
