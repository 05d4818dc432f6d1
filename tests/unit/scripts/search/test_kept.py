"""What is kept of a run comes back as it was, for the documents that it was measured on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from search.cost import Cost
from search.kept import Kept, Record, Written, search_key
from summae.errors import ConfigError
from summae.inference.options import DecodingOptions

GREEDY = search_key(DecodingOptions(beam_size=1))
RECORD = Record(
    settings={"recipe": "supervised", "training": {"steps": 7}},
    cost=Cost(flops_per_document=2e9, source_tokens=90.0, target_tokens=14.5, parameters=7),
    pairs=8,
    flops_before=1.5,
    outcome={"steps": 7, "minutes": 0.25},
    revision="0123456789ab",
    bytes=None,
    losses=np.array([12.25, 0.5]),
    written={
        GREEDY: Written(
            {kind: np.array([0.12344, 1.0]) for kind in ("rouge_1", "rouge_2", "rouge_l")}, 18.5
        )
    },
    pace={GREEDY: 0.75},
)


def test_a_record_comes_back(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "runs", "rows")
    assert kept.of("tokens read 64", 1) is None
    kept.keep("tokens read 64", 1, RECORD)
    found = kept.of("tokens read 64", 1)
    assert found is not None
    assert replace(found, losses=RECORD.losses, written={}) == replace(RECORD, written={})
    assert found.losses.tolist() == [12.25, 0.5]
    written = found.written[GREEDY]
    assert written.mean_length == 18.5
    assert written.f1["rouge_2"] == pytest.approx([0.1234, 1.0], abs=1e-9)  # to four digits
    assert kept.of("tokens read 64", 2) is None


def test_scores_of_other_documents_are_refused(tmp_path: Path) -> None:
    Kept(tmp_path, "rows").keep("default", 1, RECORD)
    with pytest.raises(ConfigError, match=r"measured on other documents \(rows\)"):
        Kept(tmp_path, "other").of("default", 1)


def test_searches_are_told_apart() -> None:
    assert search_key(DecodingOptions(beam_size=2)) != GREEDY
    assert search_key(DecodingOptions(beam_size=1)) == GREEDY
    # What is as usual is not part of the key, lest a new setting make all that is kept strange.
    usual = DecodingOptions()
    assert search_key(DecodingOptions(beam_size=1, patience=usual.patience)) == GREEDY
