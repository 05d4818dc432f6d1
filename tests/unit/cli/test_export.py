"""`summae export`: a run or a checkpoint in, a runtime folder and one line of proof out."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

pytest.importorskip("torch")

from summae.cli.export import main
from summae.inference.model_folder import open_model_folder


@pytest.fixture
def run(tiny_checkpoint: Path, tmp_path: Path) -> Path:
    """A run whose best model is the tiny checkpoint."""
    shutil.copytree(tiny_checkpoint, tmp_path / "zh-sport" / "best")
    return tmp_path / "zh-sport"


def test_best_model_of_a_run_is_exported_under_the_name_of_the_run(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(run), str(tmp_path / "out")]) == 0
    folder = open_model_folder(tmp_path / "out", verify=True)
    assert folder.name == "zh-sport"
    size = sum(file.stat().st_size for file in folder.path.iterdir()) / 1e6
    said = capsys.readouterr().err
    assert f"out: {size:.1f} MB; float32 greedy output equal on 6 of 6 probes, int8 on " in said


def test_checkpoint_and_name_can_be_chosen(run: Path, tmp_path: Path) -> None:
    arguments = [str(run / "best"), str(tmp_path / "out"), "--name", "mine"]
    assert main([*arguments, "--quantization", "float32"]) == 0
    assert open_model_folder(tmp_path / "out").name == "mine"


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (["absent", "out"], 1, "no model 'absent'"),
        (["absent"], 2, "Missing argument 'OUTPUT'"),
        (["absent", "out", "--quantization", "int4"], 2, "'int4' is not one of"),
    ],
)
def test_wrong_arguments_end_in_one_clear_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, complaint: str
) -> None:
    assert main(arguments) == code
    assert complaint in capsys.readouterr().err


def test_help_goes_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert "CHECKPOINT OUTPUT" in capsys.readouterr().out
