"""Decoding options refuse what no search can do."""

from __future__ import annotations

import pytest

from summae.inference.options import DecodingOptions


def test_values_of_a_model_folder_override_the_defaults() -> None:
    options = DecodingOptions.from_mapping({"beam_size": 2, "length_penalty": 0.6})
    assert (options.beam_size, options.length_penalty) == (2, 0.6)
    assert options.no_repeat_ngram_size == DecodingOptions().no_repeat_ngram_size


def test_lengths_are_read_from_a_list() -> None:
    assert DecodingOptions.from_mapping({"other_lengths": [18, 24]}).other_lengths == (18, 24)
    with pytest.raises(
        ValueError, match="other_lengths is a list of numbers of characters, got 18"
    ):
        DecodingOptions.from_mapping({"other_lengths": 18})


def test_an_unknown_setting_is_named() -> None:
    with pytest.raises(ValueError, match="beam_sise"):
        DecodingOptions.from_mapping({"beam_sise": 2})


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
        {"other_lengths": [18, 0]},
        {"other_lengths": ["18"]},
        {"shorter": -1},
        {"patience": 0.5},
        {"patience": "2"},
        {"shorter": 2.5},
    ],
)
def test_a_number_out_of_range_is_refused_by_name(setting: dict[str, float]) -> None:
    (name,) = setting
    with pytest.raises(ValueError, match=name):
        DecodingOptions.from_mapping(setting)
