"""The files in configs/accelerate/ are understood by accelerate and say what they seem to."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

pytest.importorskip("torch")
config_args = pytest.importorskip("accelerate.commands.config.config_args")
launch = pytest.importorskip("accelerate.commands.launch")

FILES = sorted((Path(__file__).parents[2] / "configs" / "accelerate").glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_accelerate_knows_every_key(path: Path) -> None:
    config = config_args.load_config_from_file(str(path))  # refuses an unknown one
    assert config.num_processes == 4
    options = {action.dest for action in launch.launch_command_parser()._actions}
    assert set(config.fsdp_config) <= options
    assert set(yaml.safe_load(path.read_text("utf-8"))) <= options | {
        *("compute_environment", "distributed_type", "use_cpu", "fsdp_config")
    }


@pytest.mark.parametrize(("name", "uses_fsdp"), [("ddp", False), ("fsdp", True)])
def test_the_launcher_takes_them_for_what_they_are(name: str, uses_fsdp: bool) -> None:
    (path,) = (path for path in FILES if path.stem == name)
    words = ["--config_file", str(path), "--num_processes", "8", "-m", "summae", "train", "x.yaml"]
    arguments, *_ = launch._validate_launch_command(
        launch.launch_command_parser().parse_args(words)
    )
    assert (arguments.use_fsdp, arguments.multi_gpu) == (uses_fsdp, not uses_fsdp)
    assert (arguments.num_processes, arguments.mixed_precision) == (8, "no")
    if uses_fsdp:
        assert arguments.fsdp_version == 2
