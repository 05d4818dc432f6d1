"""From a finished run to the sentence encoder in the package: export and card. Run once per release.

    python scripts/publish_encoder.py runs/encoders/quick-thought/seed-1
    python scripts/embedding_table.py CORPORA --encoder zh-sentences=summae/assets/zh-sentences …
    python scripts/publish_encoder.py runs/encoders/quick-thought/seed-1 --card-only

The scores of the card come from evaluation/embeddings.json, where the encoder stands under its name.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from repository import ROOT, TABLES, read_json
from summae.cli.export import main as export

NAME = "zh-sentences"
ENCODER = ROOT / "summae" / "assets" / NAME
RESULTS = TABLES / "embeddings.json"


def main() -> None:
    """Export unless told otherwise, then write the card."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", type=Path)
    parser.add_argument("--card-only", action="store_true")
    arguments = parser.parse_args()
    if not arguments.card_only:
        pack = yaml.safe_load((arguments.run / "settings.yaml").read_text("utf-8"))["pack"]
        words = [str(arguments.run), str(ENCODER), "--name", NAME, "--whiten", pack]
        if export(words):
            raise SystemExit(1)
    (ENCODER / "README.md").write_text(card(arguments.run), encoding="utf-8")


def card(run: Path) -> str:
    """What it is, what it learned from, how good it is, what it cannot do."""
    settings = yaml.safe_load((run / "settings.yaml").read_text(encoding="utf-8"))
    pack, encoder = read_json(run / "pack.json"), read_json(ENCODER / "encoder.json")
    training, shape = settings["training"], encoder["shape"]
    minutes = read_json(run / "run.json")["outcome"]["minutes"]
    size = sum(file.stat().st_size for file in ENCODER.iterdir() if file.name != "README.md") / 1e6
    seen = training["steps"] * settings["batches"]["sentences_per_batch"]
    lines = [
        f"# {NAME}: vectors of Chinese sentences",
        "",
        "The default sentence encoder of summae. Reads a Chinese sentence, simplified or traditional, and",
        "gives a vector of length 1; runs on numpy alone. Apache-2.0.",
        "",
        "| | |",
        "|---|---|",
        f"| made | {date.fromtimestamp((run / 'best' / 'encoder.json').stat().st_mtime)}, "
        "`summae train configs/quick-thought.yaml`, then `summae export … --whiten PACK` |",
        f"| method | quick-thought (Logeswaran & Lee, 2018): two encoders that find the neighbours of a "
        f"sentence among those of {settings['batches']['sentences_per_batch']} |",
        f"| shape | two bags of {encoder['vocabulary']:,} pieces, width {shape['width']}, each through a "
        f"perceptron of {shape['feed_forward']}; {encoder['dimensions']} dimensions together |",
        "| whitened | by half (Su et al., 2021), so that the cosine of unrelated sentences is about 0 |",
        f"| reads | {encoder['max_tokens']} tokens of a sentence, about 80 characters, and no order of words |",
        f"| learned from | {pack['documents'] - pack['held_out']:,} documents, no headline; {seen:,} sentences "
        f"read in {training['steps']:,} steps, {minutes:.0f} minutes on one core |",
        f"| size | {size:.1f} MB ({encoder['storage']}) |",
        "",
        "Documents: Chinese television, wire, web and overseas press, 2012–2026. The texts themselves are",
        "not part of this package.",
        "",
        *(scores() if RESULTS.exists() else []),
        "## Limits",
        "",
        "It knows what a sentence is about, not what it says of it: word order is not read, and “A beats B”",
        "has the vector of “B beats A”. To find a document by its headline, counted characters do better",
        "(the table above): names and numbers are what is asked for there, and few of them have a place in",
        "512 numbers. News of these years is what it has seen; poems and code are strange to it.",
    ]
    return "\n".join(lines) + "\n"


def scores() -> list[str]:
    """The encoder beside what it is held to."""
    found: dict[str, Any] = read_json(RESULTS)
    width = read_json(ENCODER / "encoder.json")["dimensions"]
    shown = {NAME, "TF-IDF", f"LSA-{width}", "untrained"}
    columns = [one for one in found["embedders"] if one["name"] in shown]
    lines = [
        "## Scores",
        "",
        f"`evaluation/embeddings.md`, from `{found['command'].partition(' --')[0]} …`.",
        "",
        "| task | chance | " + " | ".join(one["name"] for one in columns) + " |",
        "|---|" + "---:|" * (1 + len(columns)),
    ]
    for task, chance in found["chance"].items():
        cells = [one["tasks"].get(task, {}).get("mean") for one in columns]
        told = ["" if cell is None else f"{cell:.3f}" for cell in cells]
        lines.append(f"| {task} | {chance:.3f} | " + " | ".join(told) + " |")
    return [*lines, ""]


if __name__ == "__main__":
    main()
