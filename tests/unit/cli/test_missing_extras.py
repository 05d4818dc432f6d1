"""With the base install alone, every verb ends in one line that names the extra; never a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ABSENT = (
    *("torch", "transformers", "accelerate", "datasets", "sklearn", "scipy", "pandas", "pyarrow"),
    *("jieba", "sumy", "safetensors", "tensorboard"),
)
BASE_INSTALL = f"""
import sys
absent = {ABSENT!r}

class Hiding:
    # Finds what the finder behind it finds, but for the absent packages.
    def __init__(self, finder):
        self.finder = finder
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            return None
        return self.finder.find_spec(name, path, target)
    def __getattr__(self, name):
        return getattr(self.finder, name)

sys.meta_path[:] = [Hiding(finder) for finder in sys.meta_path]
from summae.cli.main import main
code = main(sys.argv[1:])
print("loaded", sorted(set(absent) & set(sys.modules)))
raise SystemExit(code)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A configuration, a checkpoint's files without sense, and rows to evaluate on."""
    (tmp_path / "config.yaml").write_text(
        "output: run\ndata: {documents: [d.jsonl], headlines: [h.txt]}\n"
    )
    (tmp_path / "checkpoint").mkdir()
    for name in ("model.safetensors", "config.json"):
        (tmp_path / "checkpoint" / name).write_bytes(b"{}")
    from summae.text.tokenizer import Tokenizer

    texts = ["今晚有雨，带好雨伞。", "主队昨晚以三比一获胜。"]
    Tokenizer.train(texts, vocabulary_size=400).save(tmp_path / "checkpoint")
    row = {"document": "今晚有雨，带好雨伞。", "summary": "今晚有雨"}
    (tmp_path / "rows.jsonl").write_text(json.dumps(row) + "\n")
    return tmp_path


@pytest.mark.parametrize(
    ("command", "extra"),
    [
        ("train config.yaml", "train"),
        ("pack config.yaml", "train"),
        ("export checkpoint out", "train"),
        ("evaluate rows.jsonl --data rows.jsonl", "eval"),
        ("evaluate absent --data rows.jsonl --no-rankings --unit word", "eval"),
    ],
)
def test_a_verb_without_its_packages_names_the_extra(
    folder: Path, command: str, extra: str
) -> None:
    said = _ended(folder, command)
    assert f"summae {command.split()[0]}: " in said
    assert f"pip install 'summae[{extra}]' (in a clone: pip install '.[{extra}]')" in said


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        ("train absent.yaml", "cannot read the configuration absent.yaml"),
        ("train config.yaml --set training.step=1", "did you mean 'steps'?"),
        ("pack config.yaml --set data.headlines=[]", "name no texts to make one from"),
        ("export absent out", "there is no model 'absent'"),
    ],
)
def test_what_is_wrong_with_the_command_is_told_before_missing_packages(
    folder: Path, command: str, complaint: str
) -> None:
    assert complaint in _ended(folder, command)


def _ended(folder: Path, command: str) -> str:
    """The one line on stderr of a command that failed."""
    finished = subprocess.run(
        [sys.executable, "-c", BASE_INSTALL, *command.split()],
        capture_output=True,
        cwd=folder,
        timeout=120,
        check=False,
        text=True,
    )
    assert (finished.returncode, finished.stdout) == (1, "loaded []\n"), finished.stderr
    assert finished.stderr.count("\n") == 1
    return finished.stderr
