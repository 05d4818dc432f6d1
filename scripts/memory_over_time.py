"""Does training need more memory the longer it goes on? Written to evaluation/memory.md.

    python scripts/memory_over_time.py CONFIG --pack FOLDER [--steps 400] [--set KEY=VALUE]

Trains so many steps without validation and looks at memory on the way: what is resident, and what
of that is held. It is flat if what is held at the end is what was held when a quarter was over.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from benchmarking.memory import Memory, memory_now
from repository import TABLES, as_typed
from summae.cli.settings import silence_transformers
from summae.data.pack import TokenPack
from summae.data.sentences_pack import SentencePack
from summae.recipes.any_settings import AnySettings, load_settings
from summae.recipes.experiment import build_experiment
from summae.recipes.settings import PipelineSettings
from summae.training.settings import TrainerSettings
from summae.training.trainer import Trainer

AnyTraining = TypeVar("AnyTraining", bound=TrainerSettings)
FLAT = 0.02
"""Growth that is none: a batch may be longer than all before."""
LOOKS = 20


class WatchedUnit:
    """A training method, looked at every so many steps.

    Args:
        unit: The method.
        every: Steps between looks.
    """

    def __init__(self, unit: Any, *, every: int) -> None:
        self.unit, self.every = unit, every
        self.looks: dict[int, Memory] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.unit, name)

    def turns(self, step: int) -> Sequence[str]:
        """A step begins."""
        if step % self.every == 0:
            self.looks[step] = memory_now()
        turns: Sequence[str] = self.unit.turns(step)
        return turns


def main(argv: Sequence[str] | None = None) -> int:
    """Train, look, and tell."""
    arguments = _arguments(argv)
    silence_transformers()
    settings = load_settings(arguments.config, arguments.set)
    is_of_encoders = not isinstance(settings, PipelineSettings)
    pack = (SentencePack if is_of_encoders else TokenPack).load(arguments.pack)
    with tempfile.TemporaryDirectory() as folder:
        training = _undisturbed(settings.training, arguments.steps)
        settings = replace(settings, output=folder, training=training)  # type: ignore[arg-type]
        experiment = build_experiment(settings, pack)
        unit = WatchedUnit(experiment.unit, every=max(1, arguments.steps // LOOKS))
        Trainer(unit, experiment.batches, training, Path(folder)).fit(resume=False)
    words = sys.argv[1:] if argv is None else argv
    text = markdown(unit.looks, settings, as_typed("memory_over_time.py", *words))
    print(text)
    arguments.output.write_text(text, encoding="utf-8")
    return 0 if is_flat(unit.looks) else 1


def _undisturbed(training: AnyTraining, steps: int) -> AnyTraining:
    """Steps alone: nothing written or validated in between."""
    return replace(
        training,
        steps=steps + 1,
        validate_every=0,
        preview_every=0,
        save_every=10 * steps,
        patience=0,
        on_alarm="tell",
    )


def is_flat(looks: dict[int, Memory]) -> bool:
    """Whether what is held, or resident where that is all one knows, stays as it was at a quarter."""
    steps = sorted(looks)
    early, late = looks[steps[len(steps) // 4]], looks[steps[-1]]
    if early.held is None or late.held is None:
        return late.resident <= (1 + FLAT) * early.resident
    return late.held <= (1 + FLAT) * early.held


def markdown(looks: dict[int, Memory], settings: AnySettings, command: str) -> str:
    """The table and the verdict."""
    steps = sorted(looks)
    early, late = steps[len(steps) // 4], steps[-1]
    verdict = "What is held is flat" if is_flat(looks) else "**Memory grows**"
    lines = [
        "# Memory over time",
        "",
        f"`{command}`: recipe {settings.recipe}, batches of {_batch(settings)}, "
        f"precision {settings.training.precision}. *Held* is "
        "what is allocated and not freed; *resident* also counts what is freed and kept for the next "
        "step, in which gaps form and fill as batches of other lengths come.",
        "",
        "| after step | held, MB | resident, MB |",
        "|---:|---:|---:|",
        *(
            f"| {step} | {_megabytes(looks[step].held)} | {_megabytes(looks[step].resident)} |"
            for step in steps
        ),
        "",
        f"{verdict}: held {_megabytes(looks[early].held)} MB after step {early}, "
        f"{_megabytes(looks[late].held)} MB after step {late}; resident "
        f"{_megabytes(looks[early].resident)} and {_megabytes(looks[late].resident)} MB.",
    ]
    return "\n".join(lines) + "\n"


def _batch(settings: AnySettings) -> str:
    if isinstance(settings, PipelineSettings):
        return f"{settings.mixture.batch_size} documents"
    return f"{settings.batches.sentences_per_batch} sentences"


def _megabytes(number: int | None) -> str:
    return "–" if number is None else f"{number / 1e6:,.0f}"


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("config", type=Path)
    parser.add_argument("--pack", type=Path, required=True, help="token pack")
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--output", type=Path, default=TABLES / "memory.md")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
