"""What a recipe hands to the trainer, and where each recipe is found by its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from torch.utils.data import Dataset

from summae.recipes.any_settings import AnyPack, AnySettings
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
    """The experiment of the recipe that `settings.recipe` names: `build` of the module so named."""
    build: Build = _module(settings).build
    return build(settings, pack)


def check_experiment(settings: AnySettings, pack: AnyPack) -> None:
    """Find out, before hours of other stages, that the recipe would refuse its settings.

    Raises:
        SummaeError: As `build_experiment` would, as far as that can be told without any model.
    """
    check: Check | None = getattr(_module(settings), "check", None)
    if check is not None:
        check(settings, pack)


def _module(settings: AnySettings) -> Any:
    return import_module(f"summae.recipes.{settings.recipe}")
