"""Errors a person can meet while using summae correctly; each says what came, what was expected, what to do."""


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
            f"{feature} needs packages of the extra {extra!r}: pip install 'summae[{extra}]'"
        )
