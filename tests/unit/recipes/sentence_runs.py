"""Sentence encoders so small that a step costs milliseconds; run as a script, it trains some."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from summae.config import from_mapping
from summae.data.sentences_pack import SentencePack
from summae.recipes.experiment import build_experiment
from summae.recipes.representation_settings import RepresentationSettings
from summae.training.checkpoints import TrainState
from summae.training.trainer import Trainer

VALUES: dict[str, Any] = {
    "encoder": {"width": 16, "heads": 2, "feed_forward": 32, "output": 16, "dropout": 0.1},
    "batches": {"sentences_per_batch": 20},
    "optimizer": {"learning_rate": 1e-3},
    "training": {"steps": 4, "warmup_steps": 1, "log_every": 1, "validate_every": 2}
    | {"save_every": 2, "schedule": "constant"},
}


def settings_of(recipe: str, folder: Path, **sections: Any) -> RepresentationSettings:
    """Settings of a recipe whose runs lie in `folder`; what is given by section comes last."""
    values: dict[str, Any] = {"recipe": recipe, "output": str(folder / recipe), **VALUES}
    for name, section in sections.items():
        values[name] = {**values.get(name, {}), **section} if name in VALUES else section
    return from_mapping(RepresentationSettings, values)


def play(settings: RepresentationSettings, pack: SentencePack) -> TrainState:
    """Train as the pipeline would."""
    experiment = build_experiment(settings, pack)
    return Trainer(
        experiment.unit, experiment.batches, settings.training, Path(settings.output)
    ).fit()


if __name__ == "__main__":
    its_folder = Path(sys.argv[1])
    its_pack = SentencePack.load(its_folder / "pack")
    for its_recipe in (its_folder / "recipes.txt").read_text("utf-8").split():
        its_settings = settings_of(its_recipe, its_folder, encoder={"dropout": 0.0})
        play(its_settings, its_pack)
