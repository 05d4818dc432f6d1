"""A generator to start from, and settings of recipes that cost nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("accelerate")

sys.path.insert(0, str(Path(__file__).parent))
import recipe_runs

from summae.config import from_mapping
from summae.data.pack import TokenPack
from summae.recipes.settings import PipelineSettings

MakeSettings = Callable[..., PipelineSettings]


@pytest.fixture
def tiny_settings(tmp_path: Path) -> MakeSettings:
    """Settings of a recipe; what is given by section comes last."""

    def make(recipe: str, **sections: Any) -> PipelineSettings:
        return recipe_runs.settings_of(recipe, tmp_path, **sections)

    return make


@pytest.fixture(scope="session")
def tiny_generator(tiny_pack: TokenPack, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A checkpoint to start from."""
    from summae.models.generator import build_generator
    from summae.models.shape import GeneratorShape

    folder = tmp_path_factory.mktemp("start")
    # Configurations read up to 96 tokens of a document, and `</s>`.
    shape = from_mapping(GeneratorShape, {**recipe_runs.SHAPE, "max_positions": 128})
    model = build_generator(shape, vocab_size=len(tiny_pack.vocabulary), seed=3)
    model.save_pretrained(folder)
    return str(folder)


@pytest.fixture
def saved_pack(tiny_pack: TokenPack, tmp_path: Path) -> Path:
    """A pack of the test's own, to be written into."""
    tiny_pack.save(tmp_path / "pack")
    return tmp_path / "pack"


@pytest.fixture
def model_folder(tmp_path: Path) -> Path:
    """What has a hash like a model; who reads it has to be made up."""
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "weights").write_bytes(b"1")
    return tmp_path / "model"
