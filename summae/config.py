"""YAML to frozen dataclasses: every setting typed, every unknown key refused with a likely spelling.

Defaults live in the dataclasses, beside the code that uses them; a file only overrides. Dotted
overrides (`training.steps=100`) come last and win.
"""

from __future__ import annotations

import dataclasses
import difflib
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import yaml

from summae.errors import ConfigError

Settings = TypeVar("Settings")


def load_config(
    kind: type[Settings], path: str | Path | None = None, overrides: Sequence[str] = ()
) -> Settings:
    """Read settings of the dataclass `kind`.

    Args:
        kind: A dataclass; fields may be dataclasses themselves.
        path: YAML file; None for defaults alone.
        overrides: `dotted.key=value`, the value in YAML.

    Raises:
        ConfigError: The file cannot be read, a key is unknown or a value is of the wrong kind.
    """
    return from_mapping(kind, read_config(path, overrides))


def read_config(path: str | Path | None = None, overrides: Sequence[str] = ()) -> dict[str, Any]:
    """The values of a file and of overrides, before it is known what they are settings of.

    Raises:
        ConfigError: The file cannot be read.
    """
    values: dict[str, Any] = {}
    if path is not None:
        values = _read(Path(path))
    for override in overrides:
        _apply(values, override)
    return values


def from_mapping(
    kind: type[Settings],
    values: Mapping[str, Any],
    where: str = "",
    default: Settings | None = None,
) -> Settings:
    """Build the dataclass `kind` from nested mappings; see `load_config`.

    What is not named is as in `default`, or as the class has it. So a section of which one value is
    named keeps the others that it has in its place, be they those of its class or not.
    """
    hints = typing.get_type_hints(kind)
    known = {f.name: hints[f.name] for f in dataclasses.fields(kind)}  # type: ignore[arg-type]
    for key in values:
        if key not in known:
            raise ConfigError(f"unknown setting {where + str(key)!r}; {_hint(str(key), known)}")
    try:
        named = {
            key: _convert(value, known[key], where + key, _default(kind, key, default))
            for key, value in values.items()
        }
        return kind(**named) if default is None else dataclasses.replace(default, **named)  # type: ignore[type-var]
    except ValueError as error:
        raise ConfigError(f"{where.rstrip('.') or 'settings'}: {error}") from error


def to_mapping(settings: Any) -> dict[str, Any]:
    """Plain nested dictionaries of a settings dataclass, ready for YAML or JSON."""
    plain: dict[str, Any] = yaml.safe_load(yaml.safe_dump(_plain(dataclasses.asdict(settings))))
    return plain


def flattened(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Settings by their whole dotted names.

    >>> dict(flattened({"training": {"steps": 5}, "stages": []}))
    {'training.steps': 5, 'stages': []}
    """
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from flattened(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def _read(path: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except OSError as error:
        raise ConfigError(f"cannot read the configuration {path}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not YAML: {error}") from error
    if not isinstance(values, dict):
        raise ConfigError(f"{path} must hold settings by name, got {type(values).__name__}")
    return values


def _apply(values: dict[str, Any], override: str) -> None:
    dotted, equals, text = override.partition("=")
    if not equals:
        raise ConfigError(f"an override reads key=value, got {override!r}")
    *sections, last = dotted.strip().split(".")
    for section in sections:
        values = values.setdefault(section, {})
        if not isinstance(values, dict):
            raise ConfigError(f"{section!r} in {override!r} is a value, not a section")
    try:
        values[last] = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"the value in {override!r} is not YAML: {error}") from error


def _hint(key: str, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known)}"


def _default(kind: Any, key: str, default: Any) -> Any:
    """What stands at this key where nothing is named."""
    if default is not None:
        return getattr(default, key)
    field = next(f for f in dataclasses.fields(kind) if f.name == key)
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return None if field.default is dataclasses.MISSING else field.default


def _convert(value: Any, wanted: Any, where: str, default: Any = None) -> Any:
    origin = typing.get_origin(wanted)
    if dataclasses.is_dataclass(wanted):
        if not isinstance(value, Mapping):
            raise ConfigError(f"{where!r} is a section of settings, got {value!r}")
        is_one = isinstance(default, wanted)  # type: ignore[arg-type]
        return from_mapping(wanted, value, where + ".", default if is_one else None)  # type: ignore[arg-type]
    if origin is tuple:
        items = value if isinstance(value, (list, tuple)) else [value]
        kinds = typing.get_args(wanted)
        kinds = kinds[:1] * len(items) if kinds[-1] is Ellipsis else kinds
        if len(kinds) != len(items):
            raise ConfigError(f"{where!r} takes {len(kinds)} values, got {value!r}")
        return tuple(_convert(i, k, where) for i, k in zip(items, kinds, strict=True))
    if origin in (dict, Mapping):
        if not isinstance(value, Mapping):
            raise ConfigError(f"{where!r} takes values by name, got {value!r}")
        kind = typing.get_args(wanted)[1]
        return {key: _convert(v, kind, f"{where}.{key}") for key, v in value.items()}
    if origin in (typing.Union, types.UnionType):
        kinds = typing.get_args(wanted)
        if value is None and type(None) in kinds:
            return None
        kind = next(k for k in kinds if k is not type(None))
        return _convert(value, kind, where, default)
    if origin is typing.Literal:
        if value is False and "no" in typing.get_args(wanted):
            return "no"  # YAML reads a bare no as false
        if value not in typing.get_args(wanted):
            raise ConfigError(f"{where!r} is one of {typing.get_args(wanted)}, got {value!r}")
        return value
    return _scalar(value, wanted, where)


def _scalar(value: Any, wanted: Any, where: str) -> Any:
    if wanted is float and isinstance(value, (int, str)) and not isinstance(value, bool):
        try:
            return float(value)  # YAML reads 1e-3 as text
        except ValueError:
            pass
    if wanted is str and isinstance(value, date):
        return value.isoformat()  # YAML reads a bare 2012-01-01 as a date
    if wanted in (str, int, float, bool) and type(value) is not wanted:
        raise ConfigError(f"{where!r} takes a value of kind {wanted.__name__}, got {value!r}")
    return value
