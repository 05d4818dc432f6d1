from __future__ import annotations

import math
from pathlib import Path

import pytest

from summae.errors import InputError, ModelError
from summae.text.frequencies import BigramIdf

DOCUMENTS = ("北方降温，北方有雪", "北方多云", "南方有雨")


def test_what_stands_in_fewer_documents_is_more_telling() -> None:
    idf = BigramIdf.train(DOCUMENTS, fewest=1)
    # Of three documents two have 北方, one has 降温; nothing is counted twice in one.
    common, rare, unseen = idf([("北", "方"), ("降", "温"), ("冰", "雹")])
    assert common == pytest.approx(math.log(4 / 3), abs=0.03)
    assert rare == pytest.approx(math.log(4 / 2), abs=0.03)
    assert unseen == pytest.approx(math.log(4 / 2), abs=0.03)


def test_rare_bigrams_are_left_out_and_count_as_unseen() -> None:
    idf = BigramIdf.train(DOCUMENTS, fewest=2)
    assert len(idf) == 2  # 北方 and 方有
    assert idf([("降", "温")])[0] == idf.unseen


def test_it_comes_back_from_its_file(tmp_path: Path) -> None:
    idf = BigramIdf.train(DOCUMENTS, fewest=1)
    idf.save(tmp_path / "idf.npz")
    bigrams = [("北", "方"), ("降", "温"), ("冰", "雹")]
    assert BigramIdf.load(tmp_path / "idf.npz")(bigrams).tolist() == idf(bigrams).tolist()


def test_no_documents_and_broken_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there are none"):
        BigramIdf.train([])
    (tmp_path / "idf.npz").write_bytes(b"")
    with pytest.raises(ModelError, match=r"idf\.npz cannot be read"):
        BigramIdf.load(tmp_path / "idf.npz")
