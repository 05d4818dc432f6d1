"""`summae train`: what it says, how it goes on, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

pytest.importorskip("torch")
pytest.importorskip("accelerate")

from summae.cli.train import main
from summae.data.pack import TokenPack

pytestmark = pytest.mark.usefixtures("fresh_accelerator")


@pytest.fixture
def config(tiny_pack: TokenPack, tmp_path: Path) -> Path:
    """Four steps of a tiny model from a tiny pack."""
    tiny_pack.save(tmp_path / "pack")
    settings = {
        "output": str(tmp_path / "run"),
        "pack": str(tmp_path / "pack"),
        "generator": {
            **{"width": 32, "heads": 4, "feed_forward": 64},
            **{"encoder_layers": 1, "decoder_layers": 1, "max_positions": 64},
        },
        "mixture": {"batch_size": 4, "source_tokens": 24, "pairs_share": 1.0},
        "training": {"steps": 4, "warmup_steps": 2, "save_every": 2, "validate_every": 2},
    }
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return path


def test_trained_run_leaves_a_model_its_settings_and_one_line(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(config), "--set", "training.steps=3"]) == 0
    run = config.parent / "run"
    for folder in ("best", "last"):
        assert {"model.safetensors", "config.json", "tokenizer.model", "summae.json"} <= {
            file.name for file in (run / folder).iterdir()
        }
    settings = yaml.safe_load((run / "settings.yaml").read_text("utf-8"))
    assert settings["training"]["steps"] == 3
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "finished after step 3, best model at step" in printed.err
    assert "(rouge_l 0." in printed.err


def test_run_out_of_time_says_how_to_go_on_and_goes_on(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(config), "--max-minutes", "0.0000001"]) == 0
    said = capsys.readouterr().err
    assert "stopped after step 1, no model validated yet" in said
    assert "run the same command again to go on" in said
    assert main([str(config)]) == 0
    assert "finished after step 4" in capsys.readouterr().err


def test_the_stage_that_was_reached_is_named(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stages = "stages=[{recipe: denoising}, {recipe: mined}]"
    hurried = [str(config), "--set", stages, "--max-minutes", "0.0000001"]
    assert main(hurried) == 0
    said = capsys.readouterr().err
    assert "stage 1 of 2 (1-denoising) stopped after step 1, no model validated yet" in said
    assert main([*hurried, "--resume", "never"]) == 1
    said = capsys.readouterr().err
    assert "run/1-denoising holds checkpoints of an earlier run" in said
    assert main([str(config), "--set", stages]) == 0
    said = capsys.readouterr().err
    assert "stage 2 of 2 (2-mined) finished after step 4, best model at step" in said


def test_a_run_that_patience_ended_is_over(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    patient = ["training.validate_every=1", "training.patience=1", "optimizer.learning_rate=0"]
    assert main([str(config), *(part for value in patient for part in ("--set", value))]) == 0
    said = capsys.readouterr().err
    assert "ended after step 2, 1 validations without a better model" in said
    assert "to go on" not in said


def test_resume_never_refuses_a_run_that_has_checkpoints(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(config), "--resume", "never", "--max-minutes", "0.0000001"]) == 0
    assert main([str(config), "--resume", "never"]) == 1
    assert "holds checkpoints of an earlier run" in capsys.readouterr().err


def test_without_validation_texts_the_last_model_is_the_best(
    config: Path, tiny_pack: TokenPack, capsys: pytest.CaptureFixture[str]
) -> None:
    from dataclasses import replace

    from summae.data.pack import Ragged

    replace(tiny_pack, validation_documents=Ragged.of([]), validation_summaries=[]).save(
        config.parent / "pack"
    )
    assert main([str(config)]) == 0
    said = capsys.readouterr().err
    assert "finished after step 4, best model at step 4\n" in said


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (["--set", "training.step=1"], 1, "did you mean 'steps'?"),
        (["--set", "pack=nowhere"], 1, "there is no token pack in nowhere"),
        (["--set", "mixture.source_shares=[1,1,1]"], 1, "the pack has 2"),
        (
            [
                "--set",
                "mixture.source_shares=[1,1,1]",
                "--set",
                "pack=none",
                "--set",
                "data.documents=d.txt",
                "--set",
                "data.headlines=h.txt",
            ],
            1,
            "give one share for each source",
        ),
        (["--resume", "always"], 2, "'always' is not one of"),
    ],
)
def test_wrong_setting_ends_in_one_clear_line(
    config: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    complaint: str,
) -> None:
    assert main([str(config), *arguments]) == code
    said = capsys.readouterr().err
    assert complaint in said
    assert "Traceback" not in said


def test_missing_configuration_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "absent.yaml")]) == 1
    assert "absent.yaml" in capsys.readouterr().err
