"""A checkpoint is whole or absent, and only its own method may go on from it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
accelerate = pytest.importorskip("accelerate")

from summae.errors import ModelError
from summae.training.checkpoints import Checkpoints, TrainState

pytestmark = pytest.mark.usefixtures("fresh_accelerator")


@pytest.fixture
def world() -> tuple[accelerate.Accelerator, torch.nn.Linear]:
    accelerator = accelerate.Accelerator(cpu=True)
    module = torch.nn.Linear(2, 1)
    prepared, _ = accelerator.prepare(module, torch.optim.AdamW(module.parameters()))
    return accelerator, prepared


def test_weights_state_and_randomness_come_back(
    world: tuple[accelerate.Accelerator, torch.nn.Linear], tmp_path: Path
) -> None:
    accelerator, module = world
    checkpoints = Checkpoints(tmp_path, ["generator"])
    state = TrainState(step=3, batches=6, seconds=1.5, best=0.25, best_step=2)
    checkpoints.save(accelerator, state)
    weight, drawn = module.weight.clone(), torch.rand(3)
    with torch.no_grad():
        module.weight.zero_()
    assert checkpoints.resume(accelerator) == state
    assert torch.equal(module.weight, weight)
    assert torch.equal(torch.rand(3), drawn)


def test_a_run_that_has_validated_nothing_comes_back(
    world: tuple[accelerate.Accelerator, torch.nn.Linear], tmp_path: Path
) -> None:
    checkpoints = Checkpoints(tmp_path, ["generator"])
    checkpoints.save(world[0], TrainState(step=1))
    assert checkpoints.resume(world[0]) == TrainState(step=1, best=float("-inf"))


def test_only_the_newest_are_kept(
    world: tuple[accelerate.Accelerator, torch.nn.Linear], tmp_path: Path
) -> None:
    checkpoints = Checkpoints(tmp_path, ["generator"], kept=2)
    for step in (8, 9, 10, 100):
        checkpoints.save(world[0], TrainState(step=step))
    assert [path.name for path in checkpoints.all()] == ["step-00000010", "step-00000100"]
    resumed = checkpoints.resume(world[0])
    assert resumed is not None
    assert resumed.step == 100


def test_nothing_to_resume_is_no_error(
    world: tuple[accelerate.Accelerator, torch.nn.Linear], tmp_path: Path
) -> None:
    assert Checkpoints(tmp_path / "absent", ["generator"]).resume(world[0]) is None


def test_half_written_checkpoint_is_passed_over_and_written_anew(
    world: tuple[accelerate.Accelerator, torch.nn.Linear], tmp_path: Path
) -> None:
    accelerator, _ = world
    checkpoints = Checkpoints(tmp_path, ["generator"])
    checkpoints.save(accelerator, TrainState(step=1))
    half = tmp_path / ".writing-00000002"
    half.mkdir()
    (half / "model.safetensors").write_bytes(b"half")
    resumed = checkpoints.resume(accelerator)
    assert resumed is not None
    assert resumed.step == 1
    checkpoints.save(accelerator, TrainState(step=2))
    assert not half.exists()
    assert (tmp_path / "step-00000002" / "model.safetensors").stat().st_size > 4


def test_checkpoint_of_another_method_is_refused(
    world: tuple[accelerate.Accelerator, torch.nn.Linear], tmp_path: Path
) -> None:
    Checkpoints(tmp_path, ["generator", "critic"]).save(world[0], TrainState(step=1))
    with pytest.raises(ModelError, match=r"players \['generator', 'critic'\], this run has"):
        Checkpoints(tmp_path, ["generator"]).resume(world[0])


def test_checkpoint_of_another_number_of_processes_is_refused(
    world: tuple[accelerate.Accelerator, torch.nn.Linear], tmp_path: Path
) -> None:
    checkpoints = Checkpoints(tmp_path, ["generator"])
    state_file = checkpoints.save(world[0], TrainState(step=1)) / "state.json"
    about = json.loads(state_file.read_text("utf-8"))
    state_file.write_text(json.dumps(about | {"processes": 4}), encoding="utf-8")
    with pytest.raises(ModelError, match="written by 4 processes.*--num_processes 4"):
        checkpoints.resume(world[0])
