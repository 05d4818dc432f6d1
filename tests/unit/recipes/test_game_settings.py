"""Settings of the game: what stands in a file is what is used, and nonsense is refused."""

from __future__ import annotations

from typing import Any, get_args

import pytest
import yaml

from summae.config import from_mapping, to_mapping
from summae.errors import ConfigError
from summae.recipes.settings import PipelineSettings, RecipeName


@pytest.mark.parametrize("recipe", get_args(RecipeName))
def test_settings_come_back_from_yaml_as_they_were(recipe: str) -> None:
    values = {
        "recipe": recipe,
        "output": "runs/x",
        "stages": [{"recipe": "mined"}, {"training": {"steps": 3}}],
        "discriminator": {"optimizer": {"betas": [0.0, 0.9]}},
        "reward_tuned": {"rewards": {"length": 1, "own.py:brief": 0.5}},
        "semi_supervised": {"recipe": "wgan", "count": 10},
    }
    settings = from_mapping(PipelineSettings, values)
    text = yaml.safe_dump(to_mapping(settings))
    assert from_mapping(PipelineSettings, yaml.safe_load(text)) == settings


def test_what_is_not_named_of_a_reconstructors_optimizer_is_its_own_default() -> None:
    values = {"reconstructor": {"optimizer": {"weight_decay": 0.0}}}
    optimizer = from_mapping(PipelineSettings, values).reconstructor.optimizer
    assert (optimizer.learning_rate, optimizer.label_smoothing) == (5e-4, 0.0)


@pytest.mark.parametrize(
    ("section", "values", "message"),
    [
        ("writing", {"temperature": 0}, "temperature above 0"),
        ("back_translation", {"teacher_decay": 1.0}, "in \\[0, 1\\), got 1.0"),
        ("reinforced", {"discount": 1.5}, "discount lies in \\[0, 1\\]"),
        ("wgan", {"critic_turns": 0}, "at least 1, got 0; to train without a critic"),
        ("relaxed", {"last_temperature": 0}, "temperatures are above 0"),
        ("reward_tuned", {"repeats": 1}, "at least 2, got 1"),
        ("reward_tuned", {"rewards": ["length"]}, "takes values by name, got \\['length'\\]"),
        ("semi_supervised", {"every": 0}, "at least 1, got 0"),
        ("mixture", {"source_tokens": 512}, "max_positions is 512"),
    ],
)
def test_nonsense_is_refused_with_what_to_do(
    section: str, values: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        from_mapping(PipelineSettings, {section: values})
