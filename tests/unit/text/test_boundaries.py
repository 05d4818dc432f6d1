"""Which clauses lead up to another, as documents tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from summae.errors import InputError, ModelError
from summae.text.boundaries import Boundaries

DOCUMENTS = (
    "气象台今天表示，北方降温。山区有小雪。",
    "由于冷空气，北方多地降温。道路有结冰。",
) * 40


@pytest.fixture(scope="module")
def boundaries() -> Boundaries:
    return Boundaries.train(DOCUMENTS, fewest=20)


def test_what_always_leads_on_is_known_by_its_ends(boundaries: Boundaries) -> None:
    assert boundaries.ends_incomplete("专家今天表示") > 1  # by its last characters
    assert boundaries.ends_incomplete("由于大风") > 1  # by its first ones
    assert boundaries.ends_incomplete("北方降温") < 0


def test_the_last_clause_decides(boundaries: Boundaries) -> None:
    assert boundaries.ends_incomplete("由于冷空气，北方降温") == boundaries.ends_incomplete(
        "北方降温"
    )


def test_what_nobody_has_seen_is_nothing(boundaries: Boundaries) -> None:
    assert boundaries.ends_incomplete("熊猫") == 0 == boundaries.ends_incomplete("")
    assert Boundaries().ends_incomplete("气象台今天表示") == 0


def test_digits_are_alike() -> None:
    boundaries = Boundaries.train(["3日上午，北方降温。山区有雪。"] * 30, fewest=20)
    assert boundaries.ends_incomplete("8日上午") == boundaries.ends_incomplete("3日上午") > 0


def test_it_comes_back_from_its_file(boundaries: Boundaries, tmp_path: Path) -> None:
    boundaries.save(tmp_path / "boundaries.json")
    assert Boundaries.load(tmp_path / "boundaries.json") == boundaries


def test_no_clauses_and_broken_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there are none"):
        Boundaries.train(["北方降温。"])
    (tmp_path / "boundaries.json").write_text("[]", encoding="utf-8")
    with pytest.raises(ModelError, match=r"boundaries\.json cannot be read"):
        Boundaries.load(tmp_path / "boundaries.json")
