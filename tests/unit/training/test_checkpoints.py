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


def test_checkpoint_of_other_networks_is_refused(
    world: tuple[accelerate.Accelerator, torch.nn.Linear], tmp_path: Path
) -> None:
    Checkpoints(tmp_path, ["generator"]).save(world[0], TrainState(step=1))
    wider, accelerator = torch.nn.Linear(3, 1), accelerate.Accelerator(cpu=True)
    accelerator.prepare(wider, torch.optim.AdamW(wider.parameters()))
    with pytest.raises(ModelError, match="not fit .*Linear\\): resume with the settings it was st"):
        Checkpoints(tmp_path, ["generator"]).resume(accelerator)


def test_the_one_to_go_back_to_is_kept_as_well(
    world: tuple[accelerate.Accelerator, torch.nn.Linear], tmp_path: Path
) -> None:
    checkpoints = Checkpoints(tmp_path, ["generator"], kept=2)
    for step in (1, 2, 3, 4):
        checkpoints.save(world[0], TrainState(step=step, quiet_step=1))
    assert [path.name[-1] for path in checkpoints.all()] == ["1", "3", "4"]
    checkpoints.save(world[0], TrainState(step=5, quiet_step=4))
    assert [path.name[-1] for path in checkpoints.all()] == ["4", "5"]


def test_going_back_forgets_what_came_after(
    world: tuple[accelerate.Accelerator, torch.nn.Linear], tmp_path: Path
) -> None:
    accelerator, module = world
    checkpoints = Checkpoints(tmp_path, ["generator"], kept=3)
    saved = []
    for step in (1, 2, 3):
        with torch.no_grad():
            module.weight.fill_(step)
        checkpoints.save(accelerator, TrainState(step=step, batches=2 * step, history=[{"a": 1.0}]))
        saved.append(module.weight.clone())
    state = checkpoints.go_back(accelerator, 1, {"roll_backs": 1, "rate_share": 0.5})
    assert torch.equal(module.weight, saved[0])
    expected = TrainState(step=1, batches=2, history=[{"a": 1.0}], roll_backs=1, rate_share=0.5)
    assert state == expected
    assert checkpoints.resume(accelerator) == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == ["step-00000001"]


def test_a_half_removed_checkpoint_does_not_look_whole(
    world: tuple[accelerate.Accelerator, torch.nn.Linear],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    checkpoints = Checkpoints(tmp_path, ["generator"])
    for step in (1, 2):
        checkpoints.save(world[0], TrainState(step=step))

    with monkeypatch.context() as patch:
        patch.setattr("summae.training.checkpoints.shutil.rmtree", lambda *_, **__: None)
        checkpoints.go_back(world[0], 1, {})
    assert [path.name[-1] for path in checkpoints.all()] == ["1"]
    assert len(list(tmp_path.iterdir())) == 2  # left over, under another name,
    checkpoints.save(world[0], TrainState(step=2))
    assert [path.name[-1] for path in sorted(tmp_path.iterdir())] == ["1", "2"]  # and cleaned up


def test_a_checkpoint_of_before_alarms_and_averages_is_read(
    world: tuple[accelerate.Accelerator, torch.nn.Linear], tmp_path: Path
) -> None:
    checkpoints = Checkpoints(tmp_path, ["generator"])
    state_file = checkpoints.save(world[0], TrainState(step=7)) / "state.json"
    about = json.loads(state_file.read_text("utf-8"))
    known = ("step", "batches", "seconds", "best", "best_step", "players", "processes")
    state_file.write_text(json.dumps({name: about[name] for name in known}), encoding="utf-8")
    assert checkpoints.resume(world[0]) == TrainState(step=7)


@pytest.mark.parametrize("saved", [True, False])
def test_averages_begun_or_given_up_half_way_are_refused(
    world: tuple[accelerate.Accelerator, torch.nn.Linear], tmp_path: Path, saved: bool
) -> None:
    Checkpoints(tmp_path, ["generator"], averaged=saved).save(world[0], TrainState(step=1))
    expected = "with averages.*ema_decay above 0" if saved else "without averages.*ema_decay 0"
    with pytest.raises(ModelError, match=expected):
        Checkpoints(tmp_path, ["generator"], averaged=not saved).resume(world[0])
