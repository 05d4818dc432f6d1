"""Positions: whether texts fit into those who are to read or write them, before a run finds that out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from transformers import AutoConfig

from summae.errors import ConfigError
from summae.models.shape import GeneratorShape
from summae.recipes.settings import PipelineSettings
from summae.recipes.validation import MAX_TOKENS

_READ_BACK = ("back_translation", "reinforced", "wgan", "relaxed", "reconstructor")
"""Recipes with a reconstructor in any case."""
_WRITTEN = (*_READ_BACK, "reward_tuned", "discriminator")
"""Recipes in which the generator writes while it, or another, is trained."""


@dataclass(frozen=True)
class _Text:
    """The longest text of a kind."""

    name: str
    tokens: int
    setting: str = ""
    """What to lower, if anything."""


@dataclass(frozen=True)
class _Network:
    """Who reads or writes it: a checkpoint, fresh weights, or nobody."""

    setting: str
    """Where a checkpoint is named."""
    checkpoint: str
    max_positions: str = ""
    """The setting of fresh weights."""
    shape: GeneratorShape | None = None
    """Theirs."""

    def room(self) -> tuple[int | None, str]:
        """Its positions, None where that is not known or without a limit, and what to do about them."""
        if self.checkpoint:
            room = _positions(self.checkpoint)
            return room, f"{self.setting}, {self.checkpoint}, has {room}: name one with more"
        # Distances within each attention have no end.
        room = None if self.shape is None or self.shape.kind == "t5" else self.shape.max_positions
        return room, f"{self.max_positions} is {room}: raise it"


def check_positions(settings: PipelineSettings) -> None:
    """Refuse texts that have more tokens than a network of the recipe has positions.

    A checkpoint that is not there yet, as another stage makes it, is passed over.

    Raises:
        ConfigError: There are such.
    """
    for network, texts in _uses(settings):
        room, remedy = network.room()
        for text in texts:
            if room is not None and text.tokens > room:
                lower = f", or lower {text.setting}" if text.setting else ""
                raise ConfigError(f"{text.name} takes {text.tokens} positions, and {remedy}{lower}")


def longest_target(settings: PipelineSettings) -> int:
    """Tokens that a reconstructor has to write at most."""
    target = settings.reconstructor.target
    return settings.mixture.source_tokens + 1 if target.kind == "document" else target.max_tokens


def _uses(settings: PipelineSettings) -> Iterator[tuple[_Network, Sequence[_Text]]]:
    """Who reads or writes what, as far as lengths are settled beforehand."""
    recipe, tokens, tuned = settings.recipe, settings.writing.max_tokens, settings.reward_tuned
    summary = _Text(f"a summary of writing.max_tokens={tokens}", tokens, "writing.max_tokens")
    # The last token is written and not read.
    begun = _Text(f"{summary.name} behind <s> and a length", tokens + 1, summary.setting)
    greedy = _Text(f"a validation summary of {MAX_TOKENS} tokens", MAX_TOKENS)
    # As others read it: where it was cut off, it gets an end.
    ended = _Text(f"{greedy.name} and </s>", MAX_TOKENS + 1)
    document, target = _document(settings), _target(settings)
    made_up = _Text(f"{target.name} and another </s>", target.tokens + 1, target.setting)
    is_tuned = recipe == "reward_tuned"
    if recipe != "language_model":
        yield _generator(settings), [document, greedy]
    if recipe in _WRITTEN:
        yield _generator(settings), [begun]
    if recipe == "back_translation":
        yield _generator(settings), [made_up]
    if recipe in _READ_BACK or (is_tuned and tuned.reconstruction_weight):
        for reader in _readers(settings):
            yield reader, [target, summary, ended]
    if recipe == "relaxed":
        yield _language_model(settings), [summary]
    if is_tuned and tuned.fluency_weight:
        yield _language_model(settings), [summary, ended]


def _document(settings: PipelineSettings) -> _Text:
    tokens = settings.mixture.source_tokens
    name = f"a document of mixture.source_tokens={tokens} and </s>"
    return _Text(name, tokens + 1, "mixture.source_tokens")


def _target(settings: PipelineSettings) -> _Text:
    if settings.reconstructor.target.kind == "document":
        return _document(settings)
    name, tokens = "reconstructor.target.max_tokens", longest_target(settings)
    return _Text(f"a target of {name}={tokens}", tokens, name)


def _generator(settings: PipelineSettings) -> _Network:
    return _Network("start", settings.start, "generator.max_positions", settings.generator)


def _readers(settings: PipelineSettings) -> Iterator[_Network]:
    wanted, name = settings.reconstructor, "reconstructor.shape.max_positions"
    yield _Network("reconstructor.start", wanted.start, name, wanted.shape)
    yield _Network("reconstructor.independent", wanted.independent)


def _language_model(settings: PipelineSettings) -> _Network:
    return _Network("language_model.start", settings.language_model.start)


def _positions(checkpoint: str) -> int | None:
    if not Path(checkpoint, "config.json").is_file():
        return None
    try:
        config = AutoConfig.from_pretrained(checkpoint, local_files_only=True)
    except (OSError, ValueError):  # who loads it says what is wrong with it
        return None
    room: int | None = getattr(config, "max_position_embeddings", None)
    return room
