"""From a finished run to the model in the package: export, training log, card. Run once per release.

    python scripts/publish_model.py runs/zh-news
    python scripts/results.py CORPORA --only ranking,doubt,clauses
    python scripts/results.py CORPORA

The second call fits the search to the model, the third measures it and writes the card anew.
"""

from __future__ import annotations

import argparse
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import yaml

import model_card
import training_log
from model_card import MODEL, TRAINING
from repository import read_json, read_lines, write_json


def main() -> None:
    """Export, then write the training log and the card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--checkpoint", choices=["best", "last"], default="best")
    arguments = parser.parse_args()
    publish(arguments.run / arguments.checkpoint)
    training_log.write(arguments.run)
    write_json(TRAINING, facts(arguments.run))
    model_card.main()


def publish(source: Path) -> None:
    """Runtime folder, and beside it the checkpoint for fine-tuning, in half precision."""
    import torch
    from transformers import AutoModelForSeq2SeqLM

    from summae.inference.export import export

    print(export(source, MODEL, name="zh-news"))
    checkpoint = MODEL / "checkpoint"
    model = AutoModelForSeq2SeqLM.from_pretrained(source, dtype=torch.float16)
    model.save_pretrained(checkpoint)
    for name in ("tokenizer.model", "summae.json"):
        shutil.copy(source / name, checkpoint / name)


def facts(run: Path) -> dict[str, Any]:
    """What the card says of the run; kept, as runs are not."""
    settings = yaml.safe_load((run / "settings.yaml").read_text(encoding="utf-8"))
    return {
        "made": date.today().isoformat(),
        "steps": read_lines(run / "log" / "metrics.jsonl")[-1]["step"],
        "hours": _hours(run),
        "pack": {k: v for k, v in read_json(run / "pack.json").items() if isinstance(v, int)},
        "settings": {name: settings[name] for name in training_log.TOLD},
    }


def _hours(run: Path) -> float:
    newest = sorted((run / "checkpoints").glob("step-*"))[-1]
    state = read_json(newest / "state.json")
    return float(state["seconds"]) / 3600


if __name__ == "__main__":
    main()
