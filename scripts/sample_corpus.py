"""Split the sample texts into documents and headlines that were never paired, to train on.

python scripts/sample_corpus.py [FOLDER]

Half of data/news.jsonl gives its documents, the other half its headlines. Of an event that is
reported twice, each half gets one report: such events are what mining finds.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from repository import NEWS, ROOT, read_lines

FOLDER = ROOT / "runs" / "sample"


def main() -> None:
    """Write the files that configs/sample.yaml reads."""
    for path in write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER):
        print(path)


def write(folder: Path) -> tuple[Path, Path]:
    """Write `documents.jsonl` and `headlines.jsonl` into `folder`."""
    seen: Counter[str] = Counter()
    halves: tuple[list[dict[str, str]], list[dict[str, str]]] = ([], [])
    for number, item in enumerate(read_lines(NEWS)):
        event = item["event"]
        halves[seen[event] % 2 if event else number % 2].append(item)
        seen[event] += 1
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / "documents.jsonl", folder / "headlines.jsonl"
    for path, rows, kind in zip(paths, halves, ("document", "summary"), strict=True):
        kept = ("id", "date", "event", kind)
        texts = [json.dumps({name: row[name] for name in kept}, ensure_ascii=False) for row in rows]
        path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return paths


if __name__ == "__main__":
    main()
