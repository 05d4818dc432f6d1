"""What the runtime and its int8 weights cost beside the checkpoint in float32. Written to evaluation/runtimes.md.

    python scripts/runtime_table.py zh-news runs/zh-news/best corpora/pairs-valid.parquet

Three systems search alike, with the model's own settings: the runtime as it is shipped, the same in
float32, and the training checkpoint under torch. They take turns, one thread each, so that their
speeds can be compared.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from repository import TABLES, as_typed
from summae import Summarizer
from summae.evaluation.rouge import RougeScores, score
from summae.evaluation.rows import evenly, read_rows
from summae.evaluation.significance import compare
from summae.inference.export import export
from summae.text.normalize import normalize

OUTPUT = TABLES / "runtimes.md"
TURN = 50
"""Documents that a system summarises before the next has its turn."""


class System:
    """One way to run the model, and what became of it.

    Args:
        name: What the table calls it.
        folder: Runtime folder or checkpoint.
        weights: The file that makes its size.
        like: Whose search, scorer and judges it takes over.
    """

    def __init__(self, name: str, folder: Path, weights: str, like: Summarizer) -> None:
        self.name = name
        self.megabytes = (folder / weights).stat().st_size / 1e6
        self.summaries: list[str] = []
        self.seconds = 0.0
        self._summarizer = Summarizer.from_pretrained(folder, threads=1)
        own = self._summarizer.folder
        self._summarizer.folder = replace(
            own, decoding=like.folder.decoding, scorer=like.folder.scorer
        )
        self._summarizer.judges = like.judges

    def write(self, documents: Sequence[str]) -> None:
        """Summarise a few more."""
        started = time.perf_counter()
        written = self._summarizer.summarize(documents, batch_size=TURN)
        self.seconds += time.perf_counter() - started
        self.summaries += [summary.text for summary in written]


def main() -> None:
    """Summarise with each system in turn and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("checkpoint", type=Path, help="what it was exported from")
    parser.add_argument("data", type=Path)
    parser.add_argument("--limit", type=int, default=1000)
    arguments = parser.parse_args()
    rows = read_rows(arguments.data)
    rows = rows.take(evenly(len(rows), arguments.limit))
    shipped = Summarizer.from_pretrained(arguments.model)
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "float32"
        export(arguments.checkpoint, full, quantization="float32")
        systems = [
            System("as shipped: CTranslate2, int8", shipped.folder.path, "model.bin", shipped),
            System("CTranslate2, in float32", full, "model.bin", shipped),
            System("torch, in float32", arguments.checkpoint, "model.safetensors", shipped),
        ]
        for system in systems:
            system.write(rows.documents[:2])  # what comes first pays for the start
            system.summaries, system.seconds = [], 0.0
        for start in range(0, len(rows), TURN):
            for system in systems:
                system.write(rows.documents[start : start + TURN])
    given = [arguments.model, arguments.checkpoint, arguments.data, "--limit", arguments.limit]
    references = [normalize(text) for text in rows.references]
    lines = [
        "# One model, three runtimes",
        "",
        f"`{as_typed('runtime_table.py', *given)}`: {len(rows):,} documents, searched alike. ROUGE F1 × "
        "100; the difference in ROUGE-L with its 95 % interval by paired bootstrap over documents; share "
        "of summaries that are those of the last row; speed of one thread as a ratio to the last row's, in "
        "turns; size of the weights on disk, where those of a checkpoint in half precision stay so.",
        "",
        "| runtime | R-1 | R-2 | R-L | R-L minus torch's | the same | relative speed | MB |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
        *table(systems, references),
    ]
    OUTPUT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines[4:]))


def table(systems: Sequence[System], references: Sequence[str]) -> list[str]:
    """A row for each system, compared with the last."""
    scores: list[RougeScores] = [score(system.summaries, references) for system in systems]
    *_, last = systems
    lines = []
    for system, found in zip(systems, scores, strict=True):
        rouge = " | ".join(f"{100 * f1:.1f}" for f1 in found.mean_f1().values())
        behind, same = "", ""
        if system is not last:
            apart = compare(found.rouge_l.f1, scores[-1].rouge_l.f1)
            behind = f"{100 * apart.mean:+.2f} [{100 * apart.low:.2f}, {100 * apart.high:.2f}]"
            pairs = zip(system.summaries, last.summaries, strict=True)
            same = f"{sum(ours == theirs for ours, theirs in pairs) / len(system.summaries):.1%}"
        lines.append(
            f"| {system.name} | {rouge} | {behind} | {same} | {last.seconds / system.seconds:.1f} | "
            f"{system.megabytes:.1f} |"
        )
    return lines


if __name__ == "__main__":
    main()
