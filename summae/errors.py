"""Errors a person can meet while using summae correctly; each says what came, what was expected, what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class SummaeError(Exception):
    """Base of every error that summae raises on purpose; the command line prints it without a traceback."""


class InputError(SummaeError):
    """A document, file or data row cannot be used as it came."""


class ModelError(SummaeError):
    """A model folder or checkpoint is missing, incomplete or of another format."""


class ConfigError(SummaeError):
    """A configuration names an unknown setting or gives a value of the wrong kind."""


class MissingExtraError(SummaeError):
    """A feature needs packages that the base install leaves out."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            f"{feature} needs packages of the extra {extra!r}: pip install 'summae[{extra}]' "
            f"(in a clone: pip install '.[{extra}]')"
        )


@contextmanager
def needs_extra(feature: str, extra: str) -> Iterator[None]:
    """Turn the failed import of a foreign package into a `MissingExtraError`.

    Args:
        feature: What the packages are for, as the beginning of a sentence.
        extra: The extra that brings them.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "summae":
            raise
        raise MissingExtraError(f"{feature} (no package {error.name!r} here)", extra) from error
