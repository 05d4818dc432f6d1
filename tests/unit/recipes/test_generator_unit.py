"""What a saved generator says of itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

from summae.data.pack import TokenPack
from summae.recipes.experiment import build_experiment
from summae.recipes.settings import PipelineSettings


def saved(settings: PipelineSettings, pack: TokenPack, folder: Path) -> dict[str, Any]:
    build_experiment(settings, pack).unit.save(folder)
    about: dict[str, Any] = json.loads((folder / "summae.json").read_text("utf-8"))
    return about["decoding"]


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_open_lengths_are_told_where_they_were_taught_and_handed_on(
    share: float,
    pack_with_pairs: TokenPack,
    tiny_settings: Callable[..., PipelineSettings],
    tmp_path: Path,
) -> None:
    mined = tiny_settings("mined", mixture={"open_length_share": share})
    assert saved(mined, pack_with_pairs, tmp_path / "mined")["open_length"] is (share > 0)
    further = tiny_settings("supervised", start=str(tmp_path / "mined"))
    assert saved(further, pack_with_pairs, tmp_path / "further")["open_length"] is (share > 0)
