"""What is kept of the run that made the shipped model: its curves, settings and hashes. Written to evaluation/training.md.

    python scripts/training_log.py RUN

`scripts/publish_model.py` calls it, too. The picture beside it is evaluation/training.svg.
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

OUTPUT, PICTURE = TABLES / "training.md", TABLES / "training.svg"
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
    write(parser.parse_args().run)


def write(run: Path) -> None:
    """The table, the picture, the settings and the hashes of a finished run."""
    steps = read_lines(run / "log" / "metrics.jsonl")
    picture(steps)
    settings = yaml.safe_load((run / "settings.yaml").read_text(encoding="utf-8"))
    lines = [
        "# Training of the default model",
        "",
        "Written by `python scripts/publish_model.py RUN`. Validation: greedy, torch; F1 × 100.",
        "",
        "![Loss and validation scores by step](training.svg)",
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
    OUTPUT.write_text("\n".join(lines) + "\n", encoding="utf-8")


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


def picture(steps: list[dict[str, Any]]) -> None:
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
        figure.savefig(PICTURE, metadata={"Date": None})


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
