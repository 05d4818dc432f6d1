"""Recipes so small that a step costs milliseconds; run as a script, it plays some of them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from summae.config import from_mapping
from summae.data.pack import TokenPack
from summae.recipes.experiment import build_experiment
from summae.recipes.settings import PipelineSettings
from summae.training.checkpoints import TrainState
from summae.training.trainer import Trainer

SHAPE = {
    **{"width": 32, "heads": 4, "feed_forward": 64, "dropout": 0.0},
    **{"encoder_layers": 1, "decoder_layers": 1, "max_positions": 96},
}
PLAIN = {"learning_rate": 5e-3, "label_smoothing": 0.0}
VALUES: dict[str, Any] = {
    "generator": SHAPE,
    "mixture": {"batch_size": 4, "bucket_batches": 2, "source_tokens": 40, "pairs_share": 1.0},
    "optimizer": PLAIN,
    "reconstructor": {"shape": SHAPE, "target": {"max_tokens": 8}, "optimizer": PLAIN},
    "discriminator": {"width": 16, "layers": 1},
    "language_model": {
        "shape": {"width": 32, "heads": 4, "feed_forward": 64, "layers": 1, "dropout": 0.0}
    },
    "writing": {"max_tokens": 8},
    "training": {
        **{"steps": 4, "warmup_steps": 1, "log_every": 2},
        **{"validate_every": 2, "save_every": 2, "preview_every": 2},
    },
}


def settings_of(recipe: str, folder: Path, **sections: Any) -> PipelineSettings:
    """Settings of a recipe whose runs lie in `folder`; what is given by section comes last."""
    values = {"recipe": recipe, "output": str(folder / recipe), **VALUES}
    return from_mapping(PipelineSettings, _merged(values, sections))


def play(settings: PipelineSettings, pack: TokenPack, *, only: str = "") -> TrainState:
    """Train as the pipeline would; or one player alone, while the others stand still."""
    experiment = build_experiment(settings, pack)
    unit: Any = experiment.unit
    if only:
        unit.turns = lambda step: (only,)
    return Trainer(unit, experiment.batches, settings.training, Path(settings.output)).fit()


def logged(settings: PipelineSettings, name: str) -> list[float]:
    """All values of one measure in the log, in order."""
    lines = Path(settings.output, "log", "metrics.jsonl").read_text("utf-8").splitlines()
    return [row[name] for row in map(json.loads, lines) if name in row]


def _merged(values: dict[str, Any], sections: dict[str, Any]) -> dict[str, Any]:
    merged = dict(values)
    for name, section in sections.items():
        both = isinstance(section, dict) and isinstance(values.get(name), dict)
        merged[name] = _merged(values[name], section) if both else section
    return merged


def play_all(folder: Path) -> None:
    """The runs that `runs.json` names, with the pack beside it."""
    pack = TokenPack.load(folder / "pack")
    for recipe, sections in json.loads((folder / "runs.json").read_text("utf-8")).items():
        play(settings_of(recipe, folder, **sections), pack)


if __name__ == "__main__":
    play_all(Path(sys.argv[1]))
