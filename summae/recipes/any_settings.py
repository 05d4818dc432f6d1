"""Settings of whatever there is to train, told apart by the recipe that they name; needs no torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from summae.config import from_mapping, read_config
from summae.data.pack import TokenPack
from summae.data.sentences_pack import SentencePack
from summae.recipes.representation_settings import RepresentationName, RepresentationSettings
from summae.recipes.settings import PipelineSettings

AnySettings = PipelineSettings | RepresentationSettings
AnyPack = TokenPack | SentencePack


def load_settings(path: str | Path, overrides: Sequence[str] = ()) -> AnySettings:
    """Read a configuration: of sentence encoders if `recipe` says so, else of a generator.

    Raises:
        ConfigError: As `summae.config.load_config`.
    """
    values = read_config(path, overrides)
    is_of_encoders = values.get("recipe") in get_args(RepresentationName)
    if is_of_encoders:
        return from_mapping(RepresentationSettings, values)
    return from_mapping(PipelineSettings, values)
