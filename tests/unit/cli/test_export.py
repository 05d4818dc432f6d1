"""`summae export`: a run or a checkpoint in, a runtime folder and one line of proof out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

pytest.importorskip("torch")

from summae.cli.export import main
from summae.inference.model_folder import open_model_folder

if TYPE_CHECKING:
    from summae.data.sentences_pack import SentencePack


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


def test_whitening_is_for_sentence_encoders(
    tiny_checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [str(tiny_checkpoint), str(tmp_path / "out"), "--whiten", str(tmp_path)]
    assert main(words) == 1
    assert (
        "--whiten is for sentence encoders, which have an encoder.json" in capsys.readouterr().err
    )


def test_whitened_encoder_keeps_its_name_and_says_how_much(
    tiny_sentences: SentencePack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from summae import SentenceEncoder
    from summae.representations.checkpoint import save_encoder
    from summae.representations.encoders import build_encoder
    from summae.representations.shape import EncoderShape

    tiny_sentences.save(tmp_path / "pack")
    shape = EncoderShape(width=8, feed_forward=12, output=4)
    encoders = [build_encoder(shape, len(tiny_sentences.vocabulary), seed=n) for n in (1, 2)]
    save_encoder(tmp_path / "run" / "best", encoders, shape, tiny_sentences, {})
    words = [str(tmp_path / "run"), str(tmp_path / "out"), "--whiten", str(tmp_path / "pack")]
    assert main(words) == 0
    manifest = json.loads((tmp_path / "out" / "encoder.json").read_text("utf-8"))
    assert (manifest["name"], manifest["whitening"]) == ("run", 0.5)
    plain = [str(tmp_path / "run"), str(tmp_path / "plain")]
    assert main(plain) == 0
    texts = ["今年首个台风周五登陆", "市图书馆新馆本周六开放", "主场球队获胜"]
    spread = [
        SentenceEncoder.from_pretrained(tmp_path / name).encode(texts).mean(axis=0)
        for name in ("out", "plain")
    ]
    # Half-way from a narrow cone to all sides.
    assert np.linalg.norm(spread[0]) < np.linalg.norm(spread[1])
    assert main([*plain[:1], str(tmp_path / "x"), "--whiten", str(tmp_path / "absent")]) == 1
    assert "no complete sentence pack" in capsys.readouterr().err
