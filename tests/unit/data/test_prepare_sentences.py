"""What is held out is the newest of each set, and something else has to be left to learn from."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("datasets")

from summae.data.prepare_sentences import newest, prepare_sentences
from summae.data.settings import SentencePackSettings
from summae.errors import InputError


def marked(sets: list[int], days: list[int], share: float) -> list[int]:
    found = newest(np.array(sets, dtype=np.int16), np.array(days, dtype=np.int32), share)
    return np.flatnonzero(found).tolist()


def test_each_set_gives_its_own_newest() -> None:
    # Half of four and half of two, by date within the set.
    assert marked([0, 1, 0, 0, 1, 0], [9, 2, 1, 8, 1, 3], 0.5) == [0, 1, 3]


def test_documents_without_a_date_are_the_oldest_and_among_equals_the_last_are_the_newest() -> None:
    assert marked([0] * 4, [5, -1, 5, -1], 0.25) == [2]
    assert marked([0] * 4, [-1] * 4, 0.25) == [3]


def test_share_is_rounded_up_but_something_is_left_to_learn_from() -> None:
    assert marked([0] * 30, list(range(30)), 0.05) == [28, 29]
    assert marked([0], [7], 0.5) == []
    assert marked([0] * 4, [1, 2, 3, 4], 0.0) == []


def test_documents_that_all_repeat_the_held_out_ones_are_refused(tmp_path: Path) -> None:
    text = "市图书馆新馆本周六开放，读者可以免费借阅。馆内设有儿童阅览区和自习室，晚上十点闭馆。"
    lines = [json.dumps({"document": f"{text}第{n}天。"}, ensure_ascii=False) for n in range(20)]
    (tmp_path / "docs.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    settings = SentencePackSettings(documents=(str(tmp_path / "docs.jsonl"),), held_out_share=0.2)
    with pytest.raises(InputError, match="all 16 documents to learn from nearly repeat"):
        prepare_sentences(settings, None)
