"""Training that is killed and started again ends with the weights of a run that was left alone."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")

from safetensors.torch import load_file

from summae.config import load_config
from summae.data.pack import TokenPack
from summae.recipes.pipeline import PipelineSettings, train

pytestmark = pytest.mark.usefixtures("fresh_accelerator", "one_thread")


@pytest.fixture
def config(tiny_pack: TokenPack, tmp_path: Path) -> Path:
    """Nine steps with dropout, a checkpoint after every third, the best model found half-way."""
    tiny_pack.save(tmp_path / "pack")
    settings = {
        "pack": str(tmp_path / "pack"),
        "generator": {
            **{"width": 32, "heads": 4, "feed_forward": 64, "dropout": 0.1},
            **{"encoder_layers": 1, "decoder_layers": 1, "max_positions": 64},
        },
        "mixture": {"batch_size": 4, "source_tokens": 24, "pairs_share": 1.0},
        "training": {"steps": 9, "warmup_steps": 2, "save_every": 3, "validate_every": 2},
    }
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return path


def trained(config: Path, name: str, *overrides: str) -> dict[str, torch.Tensor]:
    """Weights of the run `name` after it was trained, or trained further, here."""
    output = config.parent / name
    train(load_config(PipelineSettings, config, [f"output={output}", *overrides]))
    weights: dict[str, torch.Tensor] = load_file(output / "last" / "model.safetensors")
    return weights


# Trains, and kills itself: at the eighth batch, or with half of the second checkpoint written.
KILLED = """
import os, signal, sys
from accelerate import Accelerator
from summae.config import load_config
from summae.data.mixture import MixtureDataset
from summae.recipes.pipeline import PipelineSettings, train

moment, config, *overrides = sys.argv[1:]
make_batch, save_state = MixtureDataset.__getitem__, Accelerator.save_state

def make_batch_or_die(dataset, number):
    if moment == "batch" and number == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return make_batch(dataset, number)

def save_half_or_die(accelerator, folder):
    if moment == "checkpoint" and folder.endswith("6"):
        with open(folder + "/model.safetensors", "wb") as file:
            file.write(b"half")
        os.kill(os.getpid(), signal.SIGKILL)
    return save_state(accelerator, folder)

MixtureDataset.__getitem__ = make_batch_or_die
Accelerator.save_state = save_half_or_die
train(load_config(PipelineSettings, config, overrides))
"""


@pytest.mark.parametrize(
    ("moment", "precision", "last_whole"),
    [("batch", "bf16", "step-00000006"), ("checkpoint", "no", "step-00000003")],
)
def test_killed_training_ends_with_the_weights_of_an_undisturbed_one(
    config: Path, moment: str, precision: str, last_whole: str
) -> None:
    override = f"training.precision={precision}"
    undisturbed = trained(config, "undisturbed", override)
    killed = subprocess.run(
        [
            sys.executable,
            "-c",
            KILLED,
            moment,
            config,
            f"output={config.parent / 'killed'}",
            override,
        ],
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    checkpoints = sorted((config.parent / "killed" / "checkpoints").glob("step-*"))
    assert checkpoints[-1].name == last_whole
    assert not (config.parent / "killed" / "last").exists()

    resumed = trained(config, "killed", override)
    assert resumed.keys() == undisturbed.keys()
    for name, weight in undisturbed.items():
        assert torch.equal(resumed[name], weight), name
    for run in ("undisturbed", "killed"):
        state = (config.parent / run / "checkpoints" / "step-00000009" / "state.json").read_text()
        assert '"batches": 9' in state


def test_a_setting_that_changed_on_the_way_is_told(
    config: Path, caplog: pytest.LogCaptureFixture
) -> None:
    short = ("training.max_minutes=0.0000001", f"output={config.parent / 'run'}")
    train(load_config(PipelineSettings, config, short))
    assert "another" not in caplog.text
    train(load_config(PipelineSettings, config, [*short, "optimizer.learning_rate=0.5"]))
    told = [line for line in caplog.messages if " has another " in line]
    assert [line.partition(" has ")[2] for line in told] == [
        "another optimizer.learning_rate than before: 0.5, not 0.001"
    ]
    # Settings of before that cannot be read hinder nothing.
    (config.parent / "run" / "settings.yaml").write_text("{torn", encoding="utf-8")
    assert train(load_config(PipelineSettings, config, short)).step == 3


def test_sessions_with_a_time_limit_continue_one_another(config: Path) -> None:
    undisturbed = trained(config, "undisturbed")
    settings = [f"output={config.parent / 'short'}", "training.max_minutes=0.0000001"]
    stood = [train(load_config(PipelineSettings, config, settings)).step for _ in range(2)]
    assert stood == [1, 2]  # each session's time is up after its first step
    resumed = trained(config, "short")
    for name, weight in undisturbed.items():
        assert torch.equal(resumed[name], weight), name


def test_another_seed_gives_other_weights(config: Path) -> None:
    # Else the comparisons above would prove nothing.
    one, other = trained(config, "one"), trained(config, "other", "training.seed=2")
    assert any(not torch.equal(one[name], other[name]) for name in one)


@pytest.mark.filterwarnings("ignore:This DataLoader will create")  # on one core
def test_batches_that_workers_prepare_are_the_same(config: Path) -> None:
    alone, helped = trained(config, "alone"), trained(config, "helped", "training.workers=2")
    assert alone.keys() == helped.keys()
    assert all(torch.equal(alone[name], helped[name]) for name in alone)


@pytest.mark.parametrize("precision", ["bf16", "no"])
def test_the_command_in_two_processes_trains_one_model_and_one_speaks(
    config: Path, precision: str
) -> None:
    settings = ["generator.dropout=0", f"training.precision={precision}", "mixture.batch_size=5"]
    words = [part for setting in settings for part in ("--set", setting)]
    launch = ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    command = [sys.executable, *launch, "-m", "summae", "train", str(config), *words]
    output = config.parent / "both"
    done = subprocess.run(
        [*command, "--set", f"output={output}"], capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("finished after step 9") == 1, done.stderr
    trained(config, "alone", *settings)
    alone, both = (last_loss(config.parent / name) for name in ("alone", "both"))
    assert both == pytest.approx(alone, rel=1e-4 if precision == "no" else 1e-2)


def last_loss(output: Path) -> float:
    lines = (output / "log" / "metrics.jsonl").read_text("utf-8").splitlines()
    losses: list[float] = [
        row["generator/loss"] for row in map(json.loads, lines) if "generator/loss" in row
    ]
    return losses[-1]
