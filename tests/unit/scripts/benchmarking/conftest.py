"""Reports of three recipes that differ in who takes part."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("accelerate")

from benchmarking.measuring import Report, measure
from summae.config import from_mapping
from summae.data.pack import TokenPack
from summae.recipes.settings import PipelineSettings


@pytest.fixture(scope="session")
def reports(
    tiny_pack: TokenPack, tiny_config: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Report]:
    """By recipe, of three measured steps."""
    folder = tmp_path_factory.mktemp("pack")
    tiny_pack.save(folder)
    return {
        recipe: measure(
            from_mapping(PipelineSettings, {"recipe": recipe, **tiny_config}),
            folder,
            warm_up=1,
            steps=3,
        )
        for recipe in ("mined", "reinforced", "reward_tuned")
    }
