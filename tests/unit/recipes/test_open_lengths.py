"""A saved generator begins with the token of an open length only where its run taught what that means."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("accelerate")

from summae.data.pack import TokenPack
from summae.recipes.experiment import build_experiment
from summae.recipes.settings import PipelineSettings

MakeSettings = Callable[..., PipelineSettings]

OPEN = {"mixture": {"open_length_share": 0.5}}
STATED = {"mixture": {"open_length_share": 0.0}}
NO_PAIRS = {"reinforced": {"pairs_weight": 0.0}}


def says_open(directory: Path) -> bool:
    about = json.loads((directory / "summae.json").read_text("utf-8"))
    return bool(about["decoding"]["open_length"])


@pytest.mark.parametrize(
    ("recipe", "sections", "is_open"),
    [
        ("mined", OPEN, True),
        ("mined", STATED, False),
        ("supervised", OPEN, False),
        ("denoising", OPEN, False),
        ("reinforced", OPEN, True),
        ("reinforced", OPEN | NO_PAIRS, False),
        ("reinforced", STATED, False),
    ],
)
def test_what_the_run_taught_is_told_whatever_the_start_knew(
    recipe: str,
    sections: dict[str, Any],
    is_open: bool,
    pack_with_pairs: TokenPack,
    tiny_settings: MakeSettings,
    tmp_path: Path,
) -> None:
    start = tmp_path / "start"
    build_experiment(tiny_settings("mined", **OPEN), pack_with_pairs).unit.save(start)
    assert says_open(start)
    settings = tiny_settings(recipe, start=str(start), **sections)
    build_experiment(settings, pack_with_pairs).unit.save(tmp_path / "end")
    assert says_open(tmp_path / "end") is is_open
