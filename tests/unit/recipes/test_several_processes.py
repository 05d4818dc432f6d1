"""Two processes train each recipe together as one process does alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")

import recipe_runs
import sharded_runs
from recipe_runs import logged
from safetensors.torch import load_file

from summae.data.pack import TokenPack
from summae.models.generator import load_generator

pytestmark = pytest.mark.usefixtures("fresh_accelerator", "one_thread")

# What relaxed draws is too much to be sent with a batch, so it alone is not the same.
RECIPES = (
    *("supervised", "reconstructor", "discriminator"),
    *("back_translation", "reinforced", "wgan", "reward_tuned"),
    *("mined", "denoising", "language_model", "semi_supervised"),
)


@pytest.fixture(scope="module")
def together(
    in_two_processes: Callable[[str, Path], None],
    pack_with_pairs: TokenPack,
    tiny_generator: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """The runs of two processes."""
    folder = _prepared(tmp_path_factory.mktemp("together"), pack_with_pairs, tiny_generator)
    in_two_processes(recipe_runs.__file__, folder)
    return folder


def _prepared(folder: Path, pack: TokenPack, start: str, recipes: Sequence[str] = RECIPES) -> Path:
    pack.save(folder / "pack")
    (folder / "runs.json").write_text(json.dumps({name: sections(start) for name in recipes}))
    return folder


def sections(start: str) -> dict[str, Any]:
    """Batches of five: shares of three and two. Steps so small that rounding stays rounding."""
    slow = {"learning_rate": 1e-3}
    return {
        "start": start,
        "mixture": {"batch_size": 5},
        "optimizer": slow,
        "reconstructor": {"optimizer": slow},
        "discriminator": {"optimizer": slow},
        "training": {"steps": 3, "log_every": 1, "validate_every": 3, "preview_every": 0},
    }


@pytest.mark.parametrize("recipe", RECIPES)
def test_losses_and_weights_are_those_of_one_process(
    recipe: str, together: Path, pack_with_pairs: TokenPack, tiny_generator: str, tmp_path: Path
) -> None:
    alone = recipe_runs.settings_of(recipe, tmp_path, **sections(tiny_generator))
    ours = recipe_runs.settings_of(recipe, together, **sections(tiny_generator))
    recipe_runs.play(alone, pack_with_pairs)
    players = set(json.loads(_state(tmp_path / recipe))["players"])
    assert players
    for player in players:
        for name in (f"{player}/loss", f"{player}/gradient"):
            values = logged(alone, name)
            assert len(values) > 0
            assert logged(ours, name) == pytest.approx(values, rel=1e-4, abs=1e-4), name
    checkpoint = Path("checkpoints", "step-00000003")
    for file in (tmp_path / recipe / checkpoint).glob("model*.safetensors"):
        found = load_file(together / recipe / checkpoint / file.name)
        for name, weight in load_file(file).items():
            # The same bias on all keys changes nothing: their gradient is mere rounding, and AdamW
            # makes a full step of it.
            if name.endswith("k_proj.bias"):
                continue
            torch.testing.assert_close(found[name], weight, rtol=0, atol=2e-5, msg=name)


def test_sharded_games_play_the_same_and_are_saved_whole(
    together: Path,
    in_two_processes: Callable[[str, Path], None],
    pack_with_pairs: TokenPack,
    tiny_generator: str,
    tmp_path: Path,
) -> None:
    recipes = ("reinforced", "wgan", "relaxed")
    folder = _prepared(tmp_path, pack_with_pairs, tiny_generator, recipes)
    in_two_processes(sharded_runs.__file__, folder)
    for recipe in recipes:
        saved = load_file(folder / recipe / "last" / "model.safetensors")
        if recipe == "relaxed":
            load_generator(folder / recipe / "last", vocab_size=len(pack_with_pairs.vocabulary))
            continue
        for name, weight in load_file(together / recipe / "last" / "model.safetensors").items():
            if not name.endswith("k_proj.bias"):
                torch.testing.assert_close(saved[name], weight, rtol=0, atol=2e-5, msg=name)


def _state(run: Path) -> str:
    return (run / "checkpoints" / "step-00000003" / "state.json").read_text("utf-8")
