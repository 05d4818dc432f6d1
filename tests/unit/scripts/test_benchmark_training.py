"""The benchmark of training measures each recipe in a process of its own and writes both files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("accelerate")

import benchmark_training
from summae.errors import InputError
from summae.recipes.settings import PipelineSettings


def test_recipes_are_measured_and_both_files_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [str(folder / "base.yaml"), "--pack", str(folder / "pack"), "--steps", "2"]
    words += ["--recipes", "mined", "--warm-up", "1", "--output", str(folder / "speed.md")]
    monkeypatch.setattr("sys.argv", ["benchmark_training.py", *words])
    benchmark_training.main()
    text, told = ((folder / name).read_text("utf-8") for name in ("speed.md", "speed.json"))
    assert text.startswith("# Speed of training\n\n`python scripts/benchmark_training.py base.yaml")
    assert "| mined | " in text
    (report,) = json.loads(told)["runs"]
    assert (report["recipe"], report["steps"]) == ("mined", 2)
    assert report["flops_per_second"] > 0
    assert report["ceiling"] > 0
    assert str(folder) not in text + told


def test_an_unknown_recipe_is_refused() -> None:
    with pytest.raises(SystemExit, match="takes all or some of .*, got 'nobody'"):
        benchmark_training._chosen("mined,nobody")


def test_a_recipe_that_refuses_is_left_out_and_costs_nothing_else(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [str(folder / "base.yaml"), "--recipes", "mined,wgan", "--output", str(folder / "s.md")]
    monkeypatch.setattr("sys.argv", ["benchmark_training.py", *words])

    def refuse(settings: PipelineSettings, arguments: object) -> object:
        raise InputError(f"no pairs for {settings.recipe}")

    monkeypatch.setattr(benchmark_training, "_in_own_process", refuse)
    with pytest.raises(SystemExit, match="nothing was measured"):
        benchmark_training.main()
    told = capsys.readouterr().err
    assert "mined is left out: no pairs for mined" in told
    assert "wgan is left out: no pairs for wgan" in told
