"""Files as scripts meet them: where the repository's own lie, how all are read, written and quoted."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TABLES = ROOT / "evaluation"
"""What scripts find out."""
NEWS = ROOT / "data" / "news.jsonl"
"""Made-up news with headlines, which nobody was trained on."""

_FOLDERS = re.compile(r"""[^\s=,\[\]{}'"]*[/\\](?=[^\s=,\[\]{}'"/\\])""")
"""What stands before the name of a file, in a list or behind an equals sign as well."""


def read_json(file: Path) -> Any:
    """Whatever the file holds."""
    return json.loads(file.read_text(encoding="utf-8"))


def read_lines(file: Path) -> list[dict[str, Any]]:
    """The objects of a file with one on each line."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def write_json(file: Path, values: Any) -> None:
    """Write all of it or, if killed meanwhile, nothing."""
    aside = file.with_suffix(".new")
    aside.write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    aside.replace(file)


def weights_hash(checkpoint: Path) -> str:
    """Twelve hexadecimal digits that change with any weight of a model."""
    return hashlib.sha256((checkpoint / "model.safetensors").read_bytes()).hexdigest()[:12]


def as_typed(script: str, *words: object) -> str:
    """The command that runs one of our scripts, as it may be printed: files by their names.

    >>> as_typed("benchmark.py", "runs/zh-news", "--repeats", 5)
    'python scripts/benchmark.py zh-news --repeats 5'
    """
    return shlex.join(["python", f"scripts/{script}", *(_FOLDERS.sub("", str(w)) for w in words)])
