"""Rewards on finished summaries: any function (documents, summaries) -> one number each, higher is better.

Those of this package are known by name; a person's own come from Python, as a callable, or from a
settings file, as `package.module:function` or `path/to/file.py:function`. Whoever wrote it, what a
reward returns is checked each time: one nan would silently undo a day of training.
"""

from __future__ import annotations

import difflib
import functools
import importlib
import importlib.util
import inspect
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from summae.errors import ConfigError, SummaeError

Reward = Callable[[Sequence[str], Sequence[str]], list[float]]
"""(documents, summaries) -> one number for each, higher is better."""

Factory = TypeVar("Factory", bound=Callable[..., Reward])

_factories: dict[str, Callable[..., Reward]] = {}


def register(name: str) -> Callable[[Factory], Factory]:
    """Make a reward known by a name; goes above its class, or above a function that returns it.

    The parameters of what is decorated are the reward's options. One called `documents` is given
    texts of the corpus, from which it may learn which words are common.

    Raises:
        ValueError: Another reward has that name, or it reads like a place.
    """
    if ":" in name:
        raise ValueError(f"a name has no colon, which marks a place, got {name!r}.")

    def keep(factory: Factory) -> Factory:
        known = _factories.setdefault(name, factory)
        if (known.__module__, known.__qualname__) != (factory.__module__, factory.__qualname__):
            raise ValueError(f"{known.__module__}.{known.__qualname__} is called {name!r} already.")
        return factory

    return keep


def reward_names() -> list[str]:
    """The names that `reward_named` knows."""
    _load_ours()
    return sorted(_factories)


def reward_named(
    name: str, *, documents: Sequence[str] | None = None, **options: Any
) -> CheckedReward:
    """The reward of a name, or of a place such as `package.module:function` or `file.py:function`.

    Args:
        name: A registered name, or a place. What stands there is a reward, given its options with
            each call, or a class, given them once.
        documents: Texts of the corpus, for rewards that learn from them; a few thousand will do.
        options: The reward's own.

    Raises:
        ConfigError: There is no such reward, or it does not take these options.
    """
    _load_ours()
    factory: Callable[..., Reward]
    if ":" in name:
        factory = _own(name)
    elif name in _factories:
        factory = _factories[name]
    else:
        near = difflib.get_close_matches(name, _factories, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(_factories))}"
        raise ConfigError(
            f"unknown reward {name!r}; {hint} Your own is named package.module:function or "
            "path/to/file.py:function."
        )
    if documents is not None and "documents" in inspect.signature(factory).parameters:
        options["documents"] = documents
    try:
        inspect.signature(factory).bind(**options)
        reward = factory(**options)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"reward {name!r} with options {sorted(options)}: {error}") from error
    if not callable(reward):
        raise ConfigError(
            f"reward {name!r} is called with (documents, summaries), but a "
            f"{type(reward).__name__} cannot be called."
        )
    return CheckedReward(name, reward)


def load_callable(place: str) -> Callable[..., Any]:
    """What stands at `package.module:name` or `path/to/file.py:name`.

    Raises:
        ConfigError: Nothing stands there, it fails as it is loaded, or it cannot be called.
    """
    where, _, attribute = place.rpartition(":")
    if not where or not attribute:
        raise ConfigError(
            f"a place reads package.module:function or path/to/file.py:function, got {place!r}."
        )
    path = Path(where).expanduser() if where.endswith(".py") else None
    if path is not None and not path.is_file():
        raise ConfigError(f"{place!r}: there is no file {path}.")
    try:
        module = importlib.import_module(where) if path is None else _load_file(path.resolve())
    except Exception as error:  # whatever the person's own code raises
        raise ConfigError(
            f"{place!r}: loading {where} failed with {type(error).__name__}: {error}. A file that "
            "is not installed is named by its path, path/to/file.py:function."
        ) from error
    found = getattr(module, attribute, None)
    if found is None:
        near = difflib.get_close_matches(attribute, vars(module), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ConfigError(f"{place!r}: {where} has no function {attribute!r}{hint}")
    if not callable(found):
        raise ConfigError(f"{place!r} is no function but a {type(found).__name__}.")
    return found  # type: ignore[no-any-return]


@dataclass(frozen=True)
class CheckedReward:
    """A reward whose results are known to be numbers, one a summary."""

    name: str
    reward: Reward

    def __call__(self, documents: Sequence[str], summaries: Sequence[str]) -> list[float]:
        """Ask, and check the answer.

        Raises:
            ValueError: The numbers of texts differ.
            SummaeError: The answer is not one finite number a summary.
        """
        if len(documents) != len(summaries):
            raise ValueError(
                f"every summary is judged beside its document, got {len(documents)} documents and "
                f"{len(summaries)} summaries."
            )
        answer: Any = self.reward(documents, summaries)
        try:
            numbers = [float(number) for number in answer]
        except (TypeError, ValueError) as error:
            raise self._refusal(len(summaries), f"a {type(answer).__name__} ({error})") from error
        if len(numbers) != len(summaries):
            raise self._refusal(len(summaries), f"{len(numbers)} of them")
        for number, summary in zip(numbers, summaries, strict=True):
            if not math.isfinite(number):
                raise self._refusal(len(summaries), f"{number} for {summary!r}")
        return numbers

    def _refusal(self, wanted: int, came: str) -> SummaeError:
        return SummaeError(
            f"reward {self.name!r} must return one finite number for each of {wanted} summaries, "
            f"got {came}."
        )


@dataclass(frozen=True)
class Judgement:
    """What a weighted reward found, for the gradient and for the log."""

    total: list[float]
    """The weighted sum for each summary."""
    parts: Mapping[str, list[float]]
    """Each reward by its name, not weighted."""

    def means(self) -> dict[str, float]:
        """Mean of each part over the summaries, not weighted; nothing for no summaries."""
        return {
            name: sum(numbers) / len(numbers) for name, numbers in self.parts.items() if numbers
        }


@dataclass(frozen=True)
class WeightedReward:
    """A sum of rewards, itself a reward."""

    rewards: Mapping[str, Reward]
    weights: Mapping[str, float]

    def __call__(self, documents: Sequence[str], summaries: Sequence[str]) -> list[float]:
        """The weighted sum for each summary."""
        return self.judge(documents, summaries).total

    def judge(self, documents: Sequence[str], summaries: Sequence[str]) -> Judgement:
        """The sum and what it is made of."""
        parts = {name: reward(documents, summaries) for name, reward in self.rewards.items()}
        total = [0.0] * len(summaries)
        for name, numbers in parts.items():
            weight = self.weights[name]
            total = [sum_ + weight * number for sum_, number in zip(total, numbers, strict=True)]
        return Judgement(total, parts)


def weighted(
    weights: Mapping[str, float],
    *,
    own: Mapping[str, Reward] | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
    documents: Sequence[str] | None = None,
) -> WeightedReward:
    """Combine rewards; each is in the log, even one that weighs 0 and is only watched.

    Args:
        weights: What one unit of each reward counts, by name or place; see `reward_named`.
        own: Rewards from Python, by the names they have in `weights`.
        options: Options of rewards, by the same names.
        documents: Texts of the corpus, for rewards that learn from them.

    Raises:
        ConfigError: A reward is unknown, a weight is no number, or something is given to a reward
            that has no weight.
    """
    own, options = own or {}, options or {}
    if not weights:
        raise ConfigError(f"at least one reward needs a weight; known: {', '.join(reward_names())}")
    for name in [*own, *options]:
        if name not in weights:
            raise ConfigError(f"{name!r} has no weight; with weight: {', '.join(weights)}")
    rewards = {
        name: CheckedReward(name, own[name])
        if name in own
        else reward_named(name, documents=documents, **options.get(name, {}))
        for name in weights
    }
    return WeightedReward(rewards, {name: _weight(name, w) for name, w in weights.items()})


def _weight(name: str, weight: Any) -> float:
    try:
        number = float(weight)  # YAML reads 1e-3 as text
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise ConfigError(f"the weight of reward {name!r} is a number, got {weight!r}.")
    return number


def _own(place: str) -> Callable[..., Reward]:
    """A factory of the reward at `place`."""
    found = load_callable(place)
    if isinstance(found, type):
        return found

    def factory(**options: Any) -> Reward:
        inspect.signature(found).bind((), (), **options)
        return functools.partial(found, **options)

    return factory


def _load_file(path: Path) -> ModuleType:
    name = f"summae own rewards {path}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look up their module while it is being loaded
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _load_ours() -> None:
    """Importing a reward registers it; not at the top of this file, which each of them imports."""
    from summae.objectives import coverage, faithfulness, length, repetition  # noqa: F401
