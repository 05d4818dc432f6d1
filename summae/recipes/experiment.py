"""What a recipe hands to the trainer, and where each recipe is found by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from torch.utils.data import Dataset

from summae.errors import ModelError
from summae.recipes.any_settings import AnyPack, AnySettings
from summae.recipes.positions import check_positions
from summae.recipes.settings import PipelineSettings
from summae.training.unit import TrainUnit


@dataclass(frozen=True)
class Experiment:
    """A method and what it learns from."""

    unit: TrainUnit
    batches: Dataset[Any]
    """Item n is batch n of the run; each turn of a player consumes one."""


Build = Callable[[Any, Any], Experiment]
"""Settings and pack are of the kind that the recipe is for."""
Check = Callable[[Any, Any], None]


def build_experiment(settings: AnySettings, pack: AnyPack) -> Experiment:
    """The experiment of the recipe that `settings.recipe` names: `build` of the module so named.

    Raises:
        ModelError: A checkpoint that the settings name has another tokenizer than the pack.
        ConfigError: A network has too few positions.
        SummaeError: The recipe refuses its settings.
    """
    _check_networks(settings, pack)
    build: Build = _module(settings).build
    return build(settings, pack)


def check_experiment(settings: AnySettings, pack: AnyPack) -> None:
    """Find out, before hours of other stages, that the recipe would refuse its settings.

    Raises:
        SummaeError: As `build_experiment` would, as far as that can be told without any model.
    """
    _check_networks(settings, pack)
    check: Check | None = getattr(_module(settings), "check", None)
    if check is not None:
        check(settings, pack)


def _check_networks(settings: AnySettings, pack: AnyPack) -> None:
    _check_tokenizers(settings, pack)
    if isinstance(settings, PipelineSettings):
        check_positions(settings)


def _check_tokenizers(settings: AnySettings, pack: AnyPack) -> None:
    """Refuse checkpoints that mean other words by the same ids; what another stage makes is not there yet."""
    for name, checkpoint in _checkpoints(settings):
        # Whoever learned beside a generator lies in a folder of its own inside the generator's.
        for folder in (checkpoint, checkpoint.parent):
            file = folder / "tokenizer.model"
            if file.is_file():
                if file.read_bytes() != pack.tokenizer_model:
                    raise ModelError(
                        f"{name} is {checkpoint}, which has another tokenizer than the token pack: "
                        f"make the pack with data.tokenizer set to {file}, or name a checkpoint that "
                        "was trained from this pack"
                    )
                break


def _checkpoints(settings: Any, where: str = "") -> Iterator[tuple[str, Path]]:
    """Every checkpoint that the settings name, with the name of the setting."""
    for field in fields(settings):
        value = getattr(settings, field.name)
        if is_dataclass(value):
            yield from _checkpoints(value, f"{where}{field.name}.")
        elif field.name in ("start", "independent") and value:
            yield where + field.name, Path(value)


def _module(settings: AnySettings) -> Any:
    return import_module(f"summae.recipes.{settings.recipe}")
