"""The configurations in configs/ load, and their headline sources have their shares."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from summae.config import load_config
from summae.recipes.any_settings import load_settings
from summae.recipes.settings import PipelineSettings

FOLDER = Path(__file__).parents[2] / "configs"
# An experiment of one of the scripts names configurations and is none.
CONFIGS = sorted(
    path
    for path in FOLDER.glob("*.yaml")
    if not re.search(r"^ *config: ", path.read_text(encoding="utf-8"), re.MULTILINE)
)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_configuration_loads(path: Path) -> None:
    settings = load_settings(path)
    # One whose pack another makes names no sources itself.
    if isinstance(settings, PipelineSettings) and settings.data.headlines:
        assert len(settings.mixture.source_shares) in (0, len(settings.data.headlines))


def test_the_configuration_for_own_texts_takes_any_number_of_sources() -> None:
    (own,) = (path for path in CONFIGS if path.stem == "own")
    settings = load_config(PipelineSettings, own, ["data.headlines=titles.txt"])
    assert settings.data.headlines == ("titles.txt",)
    assert settings.mixture.source_shares == ()
