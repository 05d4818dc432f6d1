"""Decoding options refuse what no search can do."""

from __future__ import annotations

import pytest

from summae.inference.options import DecodingOptions


def test_values_of_a_model_folder_override_the_defaults() -> None:
    options = DecodingOptions.from_mapping({"beam_size": 2, "length_penalty": 0.6})
    assert (options.beam_size, options.length_penalty) == (2, 0.6)
    assert options.no_repeat_ngram_size == DecodingOptions().no_repeat_ngram_size


@pytest.mark.parametrize("name", ["beam_sise", "ranking", "candidates"])
def test_an_unknown_setting_is_named_and_the_known_ones_are(name: str) -> None:
    with pytest.raises(
        ValueError, match=f"unknown decoding settings {name}; known: batch_size, beam_size, "
    ):
        DecodingOptions.from_mapping({"beam_size": 2, name: 2})


@pytest.mark.parametrize(
    "setting",
    [
        {"beam_size": 0},
        {"beam_size": True},
        {"batch_size": 0},
        {"max_target_tokens": 0},
        {"no_repeat_ngram_size": -1},
        {"length_penalty": -0.5},
        {"open_length": 1},
        {"repetition_penalty": -1},
        {"shorter": -1},
        {"shorter": 2.5},
        {"shorter": True},
        {"patience": 0.5},
        {"patience": "2"},
    ],
)
def test_a_number_out_of_range_is_refused_by_name(setting: dict[str, float]) -> None:
    (name,) = setting
    with pytest.raises(ValueError, match=name):
        DecodingOptions.from_mapping(setting)
