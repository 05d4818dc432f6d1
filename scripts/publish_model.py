"""From a finished run to the model in the package: export, training log, card. Run once per release.

    python scripts/publish_model.py runs/zh-news configs/zh-news.yaml
    python scripts/publish_model.py runs/self-training configs/self-training.yaml --stage 2
    python scripts/results.py CORPORA

A run that started from the model in the package is a stage of its own, told of beside those before. Judges
(scripts/train_judges.py) and the reconstructor are those of the model in the package, unless others are named. The
last call fits the scorer to the model, measures it and writes the card anew.
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
from summae.data.pack import TokenPack


def main() -> None:
    """Export, then write the training log and the card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("config", help="what it was trained with, as the card names it")
    parser.add_argument("--checkpoint", choices=["best", "last"], default="best")
    parser.add_argument("--stage", type=int, default=1)
    parser.add_argument("--judges", type=Path, default=MODEL)
    parser.add_argument("--reconstructor", type=Path, help="a checkpoint")
    arguments = parser.parse_args()
    stages = read_json(TRAINING)[: arguments.stage - 1] if arguments.stage > 1 else []
    if len(stages) != arguments.stage - 1:
        parser.error(
            f"{TRAINING} tells of {len(stages)} stages, which {arguments.stage} cannot follow"
        )
    publish(arguments.run / arguments.checkpoint, arguments.judges, arguments.reconstructor)
    training_log.write(arguments.run, stage=arguments.stage)
    write_json(TRAINING, [*stages, facts(arguments.run, arguments.config)])
    model_card.main()


def publish(source: Path, judges: Path, reconstructor: Path | None) -> None:
    """Runtime folder, and beside it the checkpoint for fine-tuning, in half precision.

    How it was searched and chosen from before stays until it is fitted anew.
    """
    import torch
    from transformers import AutoModelForSeq2SeqLM

    from summae.inference.export import export

    about = MODEL / "summae.json"
    before = read_json(about) if about.exists() else {}
    kept = {name: before[name] for name in ("decoding", "scorer") if name in before}
    print(export(source, MODEL, name="zh-news", judges=judges, reconstructor=reconstructor))
    write_json(about, read_json(about) | kept)
    checkpoint = MODEL / "checkpoint"
    model = AutoModelForSeq2SeqLM.from_pretrained(source, dtype=torch.float16)
    model.save_pretrained(checkpoint)
    for name in ("tokenizer.model", "summae.json"):
        shutil.copy(source / name, checkpoint / name)
    for file in checkpoint.iterdir():
        file.chmod(0o644)


def facts(run: Path, config: str) -> dict[str, Any]:
    """What the card says of the run; kept, as runs are not."""
    settings = yaml.safe_load((run / "settings.yaml").read_text(encoding="utf-8"))
    written = TokenPack.load(settings["pack"] or run / "pack").written
    return {
        "config": config,
        "made": date.today().isoformat(),
        "steps": read_lines(run / "log" / "metrics.jsonl")[-1]["step"],
        "hours": _hours(run),
        "pack": {k: v for k, v in read_json(run / "pack.json").items() if isinstance(v, int)},
        "written": 0 if written is None else len(written),
        "settings": {name: settings[name] for name in training_log.TOLD},
    }


def _hours(run: Path) -> float:
    newest = sorted((run / "checkpoints").glob("step-*"))[-1]
    state = read_json(newest / "state.json")
    return float(state["seconds"]) / 3600


if __name__ == "__main__":
    main()
