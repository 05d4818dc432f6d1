"""Judges are loaded from a model's folder, as far as they are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from summae.errors import ModelError
from summae.inference.judges import BOUNDARIES, HEADLINES, IDF, Judges
from summae.text.boundaries import Boundaries
from summae.text.frequencies import BigramIdf
from summae.text.ngrams import NGramModel

TEXTS = ("北方今晚降温", "北方有雪", "山区有雪")
LEADING = "气象台今天表示，北方今晚降温。"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    NGramModel.train(TEXTS, fewest=(1, 1, 1)).save(tmp_path / HEADLINES)
    BigramIdf.train(TEXTS, fewest=1).save(tmp_path / IDF)
    Boundaries.train([LEADING], fewest=1).save(tmp_path / BOUNDARIES)
    return tmp_path


def test_a_folder_without_judges_has_none(tmp_path: Path) -> None:
    judges = Judges.load(tmp_path)
    assert (judges.headlines, judges.idf) == (None, None)
    assert judges.boundaries.ends_incomplete("气象台今天表示") == 0


def test_all_judges_are_loaded_as_they_were_saved(folder: Path) -> None:
    judges = Judges.load(folder)
    assert judges.headlines is not None
    assert judges.idf is not None
    trained = NGramModel.train(TEXTS, fewest=(1, 1, 1))
    assert judges.headlines.log_probs(TEXTS)[0].tolist() == trained.log_probs(TEXTS)[0].tolist()
    bigrams = [("北", "方"), ("降", "温")]
    assert judges.idf(bigrams).tolist() == BigramIdf.train(TEXTS, fewest=1)(bigrams).tolist()
    assert judges.boundaries == Boundaries.train([LEADING], fewest=1)
    assert judges.boundaries.ends_incomplete("气象台今天表示") > 0


@pytest.mark.parametrize("missing", [HEADLINES, IDF, BOUNDARIES])
def test_one_judge_does_without_the_others(folder: Path, missing: str) -> None:
    (folder / missing).unlink()
    judges = Judges.load(folder)
    lacking = (judges.headlines is None, judges.idf is None, judges.boundaries == Boundaries())
    assert lacking == tuple(name == missing for name in (HEADLINES, IDF, BOUNDARIES))


@pytest.mark.parametrize("name", ["headlines.npz", "idf.npz", "boundaries.json"])
@pytest.mark.parametrize("content", [b"", b"PK nothing", b"[]", b"{}"])
def test_a_broken_file_is_named(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(ModelError, match=f"{folder / name} cannot be read"):
        Judges.load(folder)
