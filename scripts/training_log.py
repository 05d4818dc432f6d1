"""What is kept of a run that made the shipped model: its curves, settings and hashes. Written to evaluation/training.md.

    python scripts/training_log.py RUN [--stage 2]

`scripts/publish_model.py` calls it, too. The picture beside it is evaluation/training.svg; a second stage,
which started from what the first had made, is told in training-2.md and training-2.svg.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path
from typing import Any

import yaml
from matplotlib import rc_context
from matplotlib.figure import Figure

from repository import ROOT, TABLES, read_lines

FOLDER = TABLES
KINDS = {"rouge_1": "ROUGE-1", "rouge_2": "ROUGE-2", "rouge_l": "ROUGE-L"}
TOLD = ("generator", "mixture", "optimizer", "training")
"""Sections of the settings that the log shows."""
WEIGHTS = "model.safetensors"
SHIPPED = ROOT / "summae" / "assets" / "zh-news" / "model.bin"
REPRODUCIBLE = {"svg.hashsalt": "summae", "svg.fonttype": "none", "font.size": 9}


def main() -> None:
    """Write the log of one run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--stage", type=int, default=1)
    arguments = parser.parse_args()
    write(arguments.run, stage=arguments.stage)


def file_of(stage: int) -> str:
    """Name of a stage's log, without its ending."""
    return "training" if stage == 1 else f"training-{stage}"


def write(run: Path, *, stage: int = 1) -> None:
    """The table, the picture, the settings and the hashes of a finished run."""
    steps = read_lines(run / "log" / "metrics.jsonl")
    name = file_of(stage)
    picture(steps, FOLDER / f"{name}.svg")
    settings = yaml.safe_load((run / "settings.yaml").read_text(encoding="utf-8"))
    lines = [
        "# Training of the default model" + f", stage {stage}" * (stage > 1),
        "",
        "Written by `python scripts/publish_model.py RUN CONFIG`. Validation: greedy, torch; F1 × 100.",
        "",
        f"![Loss and validation scores by step]({name}.svg)",
        "",
        *table(steps),
        "",
        "```yaml",
        yaml.safe_dump({name: settings[name] for name in TOLD}, sort_keys=False).strip(),
        "```",
        "",
        "First twelve digits of SHA-256 of what went in and came out:",
        "",
        "| file | hash |",
        "|---|---|",
        *(f"| {name} | `{digest}` |" for name, digest in hashes(run, settings).items()),
    ]
    (FOLDER / f"{name}.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def table(steps: list[dict[str, Any]]) -> list[str]:
    """Loss and scores at each validation."""
    losses = {row["step"]: row["generator/nll"] for row in steps if "generator/nll" in row}
    lines = [
        "| step | nll, nats/token | R-1 | R-2 | R-L | mean length |",
        "|---:|---:|---:|---:|---:|---:|",
    ]
    for row in validations(steps):
        figures = " | ".join(f"{100 * row[f'validation/{kind}']:.1f}" for kind in KINDS)
        lines.append(
            f"| {row['step']} | {losses.get(row['step'], float('nan')):.2f} | {figures} | "
            f"{row['validation/characters']:.1f} |"
        )
    return lines


def validations(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows at which summaries were measured; of two at one step, the later."""
    return list({row["step"]: row for row in steps if "validation/rouge_l" in row}.values())


def picture(steps: list[dict[str, Any]], file: Path) -> None:
    """Loss by step, and beside it the scores of greedy summaries."""
    losses = {row["step"]: row["generator/nll"] for row in steps if "generator/nll" in row}
    measured = validations(steps)
    with rc_context(REPRODUCIBLE):
        figure = Figure(figsize=(8, 3), layout="constrained")
        left, right = figure.subplots(1, 2)
        left.plot(list(losses), list(losses.values()), linewidth=0.8)
        left.set(title="Loss", xlabel="step", ylabel="nats per token")
        for kind, name in KINDS.items():
            scores = [100 * row[f"validation/{kind}"] for row in measured]
            right.plot([row["step"] for row in measured], scores, marker="o", label=name)
        right.set(title="Validation", xlabel="step", ylabel="F1 × 100")
        right.legend()
        figure.savefig(file, metadata={"Date": None})


def hashes(run: Path, settings: dict[str, Any]) -> dict[str, str]:
    """Of the files of the pack, of the weights that it became, and of what is shipped of them."""
    pack = Path(settings["pack"] or run / "pack")
    files = {
        **{f"pack/{file.name}": file for file in sorted(pack.glob("*")) if file.is_file()},
        **{f"{name}/{WEIGHTS}": run / name / WEIGHTS for name in ("best", "last")},
        "shipped model.bin": SHIPPED,
    }
    return {
        name: hashlib.sha256(file.read_bytes()).hexdigest()[:12] for name, file in files.items()
    }


if __name__ == "__main__":
    main()
