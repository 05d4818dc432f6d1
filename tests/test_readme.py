"""The README says what is true: its example, its results and its paths are checked against the tree."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from summae.cli.main import VERBS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MODEL = ROOT / "summae" / "assets" / "zh-news"

sys.path.insert(0, str(ROOT / "scripts"))
import readme as writer

needs_model = pytest.mark.skipif(not MODEL.is_dir(), reason="the default model is not there")


@needs_model
def test_the_example_is_what_the_model_writes() -> None:
    assert writer.fill(README, "example", writer.example()) == README


@needs_model
def test_the_results_are_those_of_the_evaluation() -> None:
    assert writer.fill(README, "results", writer.results()) == README


def test_what_was_read_is_what_was_counted() -> None:
    assert writer.fill(README, "reading", writer.reading()) == README


@needs_model
def test_the_results_were_measured_on_the_model_that_is_shipped() -> None:
    manifest = json.loads((MODEL / "summae.json").read_text(encoding="utf-8"))
    assert f"zh-news@{manifest['files']['model.bin']['sha256'][:12]}" in README


def test_every_path_it_names_exists() -> None:
    named = re.findall(r"`((?:summae|configs|scripts|data|tests)/[\w./-]+)`", README)
    named += re.findall(r"\]\(((?!http)[\w./-]+)\)", README)
    missing = [path for path in named if not (ROOT / path).exists()]
    assert named
    assert not missing


def test_every_verb_it_names_exists() -> None:
    verbs = set(re.findall(r"summae (train|pack|export|evaluate|\w+) ", "\n".join(_commands())))
    assert verbs
    assert verbs <= set(VERBS)


def test_its_python_is_python() -> None:
    (block,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    compile(block, "README.md", "exec")


def _commands() -> list[str]:
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]
