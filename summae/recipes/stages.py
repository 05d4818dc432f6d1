"""Several experiments in order: what each stage of a configuration stands for; needs no torch.

A stage overrides what it names and starts from what those before it made: from the best generator,
and, where it uses them, with the best language model, reconstructor and discriminator that had a
stage of their own. What it names itself, be it empty, comes first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass, replace
from pathlib import Path
from typing import Any, overload

from summae.config import from_mapping, to_mapping
from summae.errors import ConfigError
from summae.recipes.representation_settings import RepresentationSettings
from summae.recipes.settings import PipelineSettings

_COMMON = ("output", "pack", "data", "stages")
"""What all stages have in common."""
_SINGLE_PLAYERS = ("language_model", "reconstructor", "discriminator")
"""Recipes that train no generator; each is called as the section whose `start` it provides."""


@overload
def stages_of(settings: PipelineSettings) -> Sequence[PipelineSettings]: ...
@overload
def stages_of(settings: RepresentationSettings) -> Sequence[RepresentationSettings]: ...
def stages_of(settings: Any) -> Sequence[Any]:
    """The experiments that `settings` stands for, in order: itself, if it names no stages.

    Raises:
        ConfigError: A stage has a setting that there is not, or that all have in common.
    """
    if isinstance(settings, RepresentationSettings) or not settings.stages:
        return [settings]
    base = replace(settings, stages=(), pack=settings.pack or str(Path(settings.output) / "pack"))
    stages = []
    for number, overrides in enumerate(settings.stages, start=1):
        stage = _stage(base, number, overrides)
        stages.append(stage)
        made = str(Path(stage.output) / "best")
        if stage.recipe in _SINGLE_PLAYERS:
            section = replace(getattr(base, stage.recipe), start=made)
            base = replace(base, **{stage.recipe: section})
        else:
            base = replace(base, start=made)
    _check_precision(stages)
    return stages


def _stage(base: PipelineSettings, number: int, overrides: Mapping[str, Any]) -> PipelineSettings:
    where = f"stages[{number}]."
    for key in _COMMON:
        if key in overrides:
            raise ConfigError(f"{where}{key} is common to all stages: name it outside of them")
    stage = from_mapping(PipelineSettings, _merged(base, overrides), where)
    return replace(stage, output=str(Path(base.output) / f"{number}-{stage.recipe}"))


def _merged(settings: Any, overrides: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a section with what `overrides` names in their place, sections within likewise.

    A value that is a mapping itself, such as the weights of rewards, is replaced as a whole, as a
    configuration file would do.
    """
    values = to_mapping(settings)
    for key, value in overrides.items():
        section = getattr(settings, str(key), None)
        is_section = is_dataclass(section) and isinstance(value, Mapping)
        values[key] = _merged(section, value) if is_section else value
    return values


def _check_precision(stages: Sequence[PipelineSettings]) -> None:
    wanted = {stage.training.precision for stage in stages}
    if len(wanted) > 1:
        raise ConfigError(
            f"stages are trained in one process, which has one precision, got {sorted(wanted)}: "
            "set training.precision outside of them"
        )
