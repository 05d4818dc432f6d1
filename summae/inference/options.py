"""What a caller may choose: the documents' column, beam width and penalties of the search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

DOCUMENT_FIELDS = ("document", "content", "text", "body", "正文", "内容")
"""Columns that are taken for the document when none is named, the first of them that exists."""
SUMMARY_FIELD, OUR_SUMMARY_FIELD = "summary", "summary_summae"
"""Column of a new summary; and where there is such a column already, which may be a person's."""


@dataclass(frozen=True, kw_only=True)
class DecodingOptions:
    """Settings of the search; a model folder brings its own defaults in `summae.json`."""

    beam_size: int = 4
    """Hypotheses kept at each step, all of them candidates in the end; 1 is greedy search."""
    patience: float = 1.0
    """The search goes on until `beam_size` times so many hypotheses are finished (Kasai et al., 2022,
    arXiv 2204.05424); by torch it always goes on until nothing better can come."""
    length_penalty: float = 1.0
    """Exponent of the length that a hypothesis's log-probability is divided by; 0 favours short."""
    no_repeat_ngram_size: int = 3
    """No run of this many tokens occurs twice in a summary; 0 allows every repetition."""
    repetition_penalty: float = 1.0
    """Above 1, tokens already written become less likely."""
    open_length: bool = False
    """Where no length is asked for, begin with the token that leaves it open, if the model has
    learned what it means; otherwise the model states a length first and keeps to it."""
    shorter: int = 0
    """Where a length is asked for, hypotheses that are so many characters shorter are searched for, too,
    which need no cut; 0 for none."""
    max_target_tokens: int = 40
    """Hard bound of a summary in tokens, the length token included."""
    batch_size: int = 32
    """Documents that are decoded together."""

    def __post_init__(self) -> None:
        for name in ("beam_size", "max_target_tokens", "batch_size"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ValueError(f"{name} is a whole number of at least 1, got {value!r}")
        if isinstance(self.shorter, bool) or not isinstance(self.shorter, int) or self.shorter < 0:
            raise ValueError(f"shorter is a whole number of at least 0, got {self.shorter!r}")
        if not isinstance(self.no_repeat_ngram_size, int) or self.no_repeat_ngram_size < 0:
            raise ValueError(
                f"no_repeat_ngram_size is a number of tokens, or 0 to allow repetition, "
                f"got {self.no_repeat_ngram_size!r}"
            )
        if not isinstance(self.open_length, bool):
            raise ValueError(f"open_length is true or false, got {self.open_length!r}")
        if isinstance(self.patience, bool) or not isinstance(self.patience, (int, float)):
            raise ValueError(f"patience is a number, got {self.patience!r}")
        if self.patience < 1:
            raise ValueError(f"patience is at least 1, got {self.patience!r}")
        for name in ("length_penalty", "repetition_penalty"):
            value = getattr(self, name)
            if not isinstance(value, (int, float)) or value < 0:
                raise ValueError(f"{name} is a number of at least 0, got {value!r}")

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> DecodingOptions:
        """Read the `decoding` part of `summae.json`.

        Raises:
            ValueError: A key is unknown or a value out of range.
        """
        check_names(values, cls, "decoding settings")
        return cls(**values)


def check_names(values: Mapping[str, Any], kind: type, what: str) -> None:
    """Refuse what a dataclass has no field for.

    Raises:
        ValueError: A key is unknown; the message says of what it is one.
    """
    known = {each.name for each in fields(kind)}
    if unknown := sorted(set(values) - known):
        raise ValueError(f"unknown {what} {', '.join(unknown)}; known: {', '.join(sorted(known))}")
