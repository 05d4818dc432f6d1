"""The configurations in configs/ load, and their headline sources have their shares."""

from __future__ import annotations

from pathlib import Path

import pytest

from summae.config import load_config
from summae.recipes.settings import PipelineSettings

CONFIGS = sorted((Path(__file__).parents[2] / "configs").glob("*.yaml"))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_configuration_loads(path: Path) -> None:
    settings = load_config(PipelineSettings, path)
    assert len(settings.mixture.source_shares) in (0, len(settings.data.headlines))


def test_the_configuration_for_own_texts_takes_any_number_of_sources() -> None:
    (own,) = (path for path in CONFIGS if path.stem == "own")
    settings = load_config(PipelineSettings, own, ["data.headlines=titles.txt"])
    assert settings.data.headlines == ("titles.txt",)
    assert settings.mixture.source_shares == ()
