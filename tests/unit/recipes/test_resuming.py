"""A game that is killed in the middle of a step ends as one that was left alone, bit for bit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")

from recipe_runs import play
from safetensors.torch import load_file

from summae.data.game import GameDataset
from summae.data.pack import TokenPack
from summae.recipes.experiment import build_experiment
from summae.recipes.settings import PipelineSettings
from summae.training.trainer import Trainer

pytestmark = pytest.mark.usefixtures("fresh_accelerator", "one_thread")
MakeSettings = Callable[..., PipelineSettings]


class KilledError(Exception):
    pass


def all_weights(settings: PipelineSettings) -> dict[str, Any]:
    """Of every player and of whatever else the last checkpoint holds, by file and name."""
    folder = Path(settings.output, "checkpoints", "step-00000004")
    found = {}
    for file in [*folder.glob("*.safetensors"), *folder.glob("custom_checkpoint_*.pkl")]:
        is_pickle = file.suffix == ".pkl"
        state = torch.load(file, weights_only=True) if is_pickle else load_file(file)
        found |= {f"{file.name}/{name}": weight for name, weight in state.items()}
    return found


@pytest.mark.parametrize(
    ("recipe", "files"), [("reinforced", 3), ("wgan", 3), ("back_translation", 4), ("relaxed", 1)]
)
def test_resumed_game_ends_with_the_weights_of_an_undisturbed_one(
    recipe: str,
    files: int,
    pack_with_pairs: TokenPack,
    tiny_settings: MakeSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # With dropout, so that the random state counts, too.
    dropout = {"generator": {"dropout": 0.1}, "reconstructor": {"shape": {"dropout": 0.1}}}
    undisturbed = tiny_settings(recipe, output=str(tmp_path / "undisturbed"), **dropout)
    killed = tiny_settings(recipe, output=str(tmp_path / "killed"), **dropout)
    play(undisturbed, pack_with_pairs)

    experiment = build_experiment(killed, pack_with_pairs)
    turns = len(experiment.batches) // killed.training.steps  # type: ignore[arg-type]
    make_batch = GameDataset.__getitem__

    def make_batch_or_die(dataset: GameDataset, number: int) -> Any:
        if number == 4 * turns - 1:  # the last turn of the fourth and last step
            raise KilledError
        return make_batch(dataset, number)

    monkeypatch.setattr(GameDataset, "__getitem__", make_batch_or_die)
    with pytest.raises(KilledError):
        Trainer(experiment.unit, experiment.batches, killed.training, Path(killed.output)).fit()
    monkeypatch.undo()
    assert play(killed, pack_with_pairs).step == 4  # from step 2 on

    ours, theirs = all_weights(killed), all_weights(undisturbed)
    assert len({name.partition("/")[0] for name in theirs}) == files
    assert ours.keys() == theirs.keys()
    for name, weight in theirs.items():
        assert torch.equal(ours[name], weight), name


def test_teachers_are_no_copies_of_their_students(
    pack_with_pairs: TokenPack, tiny_settings: MakeSettings
) -> None:
    # Else the comparison above would prove nothing about them.
    settings = tiny_settings("back_translation")
    play(settings, pack_with_pairs)
    folder = Path(settings.output, "checkpoints", "step-00000004")
    teacher = torch.load(folder / "custom_checkpoint_0.pkl", weights_only=True)
    student = load_file(folder / "model.safetensors")
    shared = teacher.keys() & student.keys()
    assert any(not torch.equal(teacher[name], student[name]) for name in shared)
