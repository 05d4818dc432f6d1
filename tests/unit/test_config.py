"""A configuration overrides typed defaults, and a slip in it is named before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

from summae.config import from_mapping, load_config, to_mapping
from summae.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class Loop:
    steps: int = 100
    rate: float = 0.5
    betas: tuple[float, float] = (0.9, 0.98)
    precision: Literal["no", "bf16"] = "no"
    limit: float | None = None

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise ValueError(f"steps must be at least 1, got {self.steps}")


@dataclass(frozen=True, kw_only=True)
class Experiment:
    output: str = "runs"
    sources: tuple[str, ...] = ()
    is_quick: bool = False
    loop: Loop = field(default_factory=Loop)
    second_loop: Loop = field(default_factory=lambda: Loop(steps=20, betas=(0.5, 0.9)))


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_defaults_stand_without_a_file() -> None:
    assert load_config(Experiment) == Experiment()


def test_file_overrides_defaults_and_dotted_override_wins(tmp_path: Path) -> None:
    path = written(tmp_path / "c.yaml", "loop: {steps: 7, betas: [0.8, 0.9]}\nsources: [a, b]\n")
    settings = load_config(Experiment, path, ["loop.steps=9", "output=elsewhere"])
    assert settings == Experiment(
        output="elsewhere", sources=("a", "b"), loop=Loop(steps=9, betas=(0.8, 0.9))
    )


def test_a_section_of_which_one_value_is_named_keeps_the_others_of_its_place() -> None:
    settings = load_config(Experiment, None, ["second_loop.rate=0.1"])
    assert settings.second_loop == Loop(steps=20, rate=0.1, betas=(0.5, 0.9))
    with pytest.raises(ConfigError, match="second_loop: steps must be at least 1, got 0"):
        load_config(Experiment, None, ["second_loop.steps=0"])


def test_settings_survive_yaml() -> None:
    settings = Experiment(sources=("a",), loop=Loop(precision="bf16", limit=2.5))
    assert from_mapping(Experiment, to_mapping(settings)) == settings


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("loop.rate=1e-3", Experiment(loop=Loop(rate=0.001))),  # text, as YAML reads it
        ("loop.rate=1", Experiment(loop=Loop(rate=1.0))),
        ("loop.precision=no", Experiment(loop=Loop(precision="no"))),  # false, as YAML reads it
        ("output=2012-01-01", Experiment(output="2012-01-01")),  # a date, as YAML reads it
        ("sources=one.txt", Experiment(sources=("one.txt",))),
        ("loop.limit=3", Experiment(loop=Loop(limit=3.0))),
        ("loop.limit=null", Experiment()),
    ],
)
def test_value_means_what_a_person_means(override: str, expected: Experiment) -> None:
    assert load_config(Experiment, None, [override]) == expected


@pytest.mark.parametrize(
    ("override", "complaint"),
    [
        ("lop.steps=1", "unknown setting 'lop'; did you mean 'loop'?"),
        ("loop.step=1", r"unknown setting 'loop.step'; did you mean 'steps'?"),
        ("qqq=1", "known here: output, sources"),
        ("loop.steps=many", "'loop.steps' takes a value of kind int, got 'many'"),
        ("loop.steps=true", "kind int, got True"),
        ("loop.rate=fast", "kind float, got 'fast'"),
        ("is_quick=1", "kind bool, got 1"),
        ("loop.betas=[0.9]", "'loop.betas' takes 2 values"),
        ("loop.precision=fp8", "'loop.precision' is one of ('no', 'bf16'), got 'fp8'"),
        ("loop=3", "'loop' is a section"),
        ("loop.steps=0", "loop: steps must be at least 1, got 0"),
        ("loop.steps", "reads key=value, got 'loop.steps'"),
        ("output=[", "is not YAML"),
    ],
)
def test_slip_is_named(override: str, complaint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(Experiment, None, [override])
    assert complaint in str(caught.value)


def test_override_inside_a_value_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "c.yaml", "loop: 3\n")
    with pytest.raises(ConfigError, match="is a value, not a section"):
        load_config(Experiment, path, ["loop.steps=1"])


@pytest.mark.parametrize(
    ("text", "complaint"), [("a: [", "is not YAML"), ("- a\n", "must hold settings by name")]
)
def test_file_that_holds_no_settings_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        load_config(Experiment, written(tmp_path / "c.yaml", text))


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read the configuration .*absent.yaml"):
        load_config(Experiment, tmp_path / "absent.yaml")


@dataclass(frozen=True, kw_only=True)
class Weights:
    of: Mapping[str, float] = field(default_factory=lambda: {"length": 1.0})


def test_values_by_name_replace_the_default_and_are_converted_one_by_one() -> None:
    # YAML reads 1e-3 as text.
    assert from_mapping(Weights, {"of": {"cover": 2, "repeat": "1e-3"}}).of == {
        "cover": 2.0,
        "repeat": 0.001,
    }


@pytest.mark.parametrize(
    ("value", "message"),
    [(["length"], "'of' takes values by name"), ({"length": "much"}, "'of.length' takes a value")],
)
def test_values_by_name_of_another_kind_are_refused(value: object, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        from_mapping(Weights, {"of": value})
