"""Every recipe runs: validates, shows previews, saves something that can be loaded again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")

from summae.data.pack import TokenPack
from summae.recipes.experiment import build_experiment
from summae.recipes.settings import PipelineSettings, RecipeName
from summae.training.trainer import Trainer

pytestmark = pytest.mark.usefixtures("fresh_accelerator")
RECIPES = get_args(RecipeName)
BESIDE = {
    "back_translation": {"reconstructor"},
    "reinforced": {"reconstructor", "discriminator"},
    "wgan": {"reconstructor", "discriminator"},
    "relaxed": {"reconstructor"},
    "semi_supervised": {"reconstructor", "discriminator"},
}
"""Players beside the generator, by recipe."""


@pytest.mark.parametrize("recipe", RECIPES)
def test_recipe_trains_and_leaves_a_model(
    recipe: str,
    pack_with_pairs: TokenPack,
    tiny_settings: Callable[..., PipelineSettings],
    tiny_generator: str,
    tmp_path: Path,
) -> None:
    settings = tiny_settings(recipe, start=tiny_generator)
    experiment = build_experiment(settings, pack_with_pairs)
    output = Path(settings.output)
    state = Trainer(experiment.unit, experiment.batches, settings.training, output).fit()
    assert state.step == 4
    lines = (output / "log" / "metrics.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert any(key.startswith("validation/") for row in rows for key in row)
    saved = {path.name for path in (output / "last").iterdir()}
    assert {"config.json", "model.safetensors", "tokenizer.model", "summae.json"} <= saved
    assert saved >= BESIDE.get(recipe, set()), "players beside the generator are saved with it"
    pages = [path.read_text("utf-8") for path in (output / "log" / "previews").glob("*.html")]
    if recipe == "language_model":
        return
    assert len(pages) == 2  # after steps 2 and 4
    document = pack_with_pairs.vocabulary.decode(pack_with_pairs.validation_documents[0][:40])
    assert all(document in page and "<b>summary</b>" in page for page in pages)
    game = {"reconstructor", *BESIDE}
    assert all(("<b>reconstruction</b>" in page) == (recipe in game) for page in pages)
    judged = {"discriminator"} | {n for n, others in BESIDE.items() if "discriminator" in others}
    assert all(("<span" in page) == (recipe in judged) for page in pages)
