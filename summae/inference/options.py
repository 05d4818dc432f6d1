"""What a caller may choose: the documents' column, beam width and penalties of the search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from summae.inference.clause_ranking import ClauseRanking
from summae.inference.doubt import Doubt
from summae.inference.ranking import Ranking
from summae.inference.weights import Weights

Kind = TypeVar("Kind", bound=Weights)

DOCUMENT_FIELDS = ("document", "content", "text", "body", "正文", "内容")
"""Columns that are taken for the document when none is named, the first of them that exists."""
SUMMARY_FIELD, OUR_SUMMARY_FIELD = "summary", "summary_summae"
"""Column of a new summary; and where there is such a column already, which may be a person's."""


@dataclass(frozen=True, kw_only=True)
class DecodingOptions:
    """Settings of the search; a model folder brings its own defaults in `summae.json`."""

    beam_size: int = 4
    """Hypotheses kept at each step; 1 is greedy search."""
    candidates: int = 4
    """Of so many best hypotheses the one is taken that claims least without support in the
    document, then repeats least and does not break off in the middle of a clause, and among those
    the one that `ranking` finds best; at most `beam_size`, and 1 takes the likeliest."""
    patience: float = 1.0
    """The search goes on until `beam_size` times so many hypotheses are finished (Kasai et al., 2022,
    arXiv 2204.05424); by torch it always goes on until nothing better can come."""
    ranking: Ranking = field(default_factory=Ranking)
    """What decides between candidates without faults."""
    doubtful_above: float | None = None
    """Where it is likelier than this that a reader would not print what was chosen, or it claims what
    the document does not say, the best clause of the document stands in its place. Where a length was
    asked for, a clause that comes near it, or two that do together, stand for what misses it by more than
    two characters, or is surely poor (a doubt above 0.9). None: never."""
    doubt: Doubt = field(default_factory=Doubt)
    """How likely that is."""
    clauses: ClauseRanking = field(default_factory=ClauseRanking)
    """What makes a clause the best."""
    length_penalty: float = 1.0
    """Exponent of the length that a hypothesis's log-probability is divided by; 0 favours short."""
    no_repeat_ngram_size: int = 3
    """No run of this many tokens occurs twice in a summary; 0 allows every repetition."""
    repetition_penalty: float = 1.0
    """Above 1, tokens already written become less likely."""
    open_length: bool = False
    """Where no length is asked for, begin with the token that leaves it open, if the model has
    learned what it means; otherwise the model states a length first and keeps to it."""
    other_lengths: tuple[int, ...] = ()
    """Where no length is asked for and several candidates are compared, candidates of these lengths in
    characters are looked for, too: a search by itself finds many that are nearly one. Each length
    costs as much as the search itself. ROUGE rises (evaluation/decoding.md), but read one by one, more
    lines of the default model become garbled or false than better, so it is off there."""
    shorter: int = 0
    """Where a length is asked for and several candidates are compared, candidates that are so many
    characters shorter, too, which need no cut; 0 for none."""
    max_target_tokens: int = 40
    """Hard bound of a summary in tokens, the length token included."""
    batch_size: int = 32
    """Documents that are decoded together."""

    def __post_init__(self) -> None:
        for name in ("beam_size", "candidates", "max_target_tokens", "batch_size"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ValueError(f"{name} is a whole number of at least 1, got {value!r}")
        for length in (*self.other_lengths, self.shorter + 1):
            if isinstance(length, bool) or not isinstance(length, int) or length < 1:
                raise ValueError(
                    "other_lengths are whole numbers of at least 1, shorter of at least 0, got "
                    f"{list(self.other_lengths)!r} and {self.shorter!r}"
                )
        if not isinstance(self.no_repeat_ngram_size, int) or self.no_repeat_ngram_size < 0:
            raise ValueError(
                f"no_repeat_ngram_size is a number of tokens, or 0 to allow repetition, "
                f"got {self.no_repeat_ngram_size!r}"
            )
        if not isinstance(self.doubtful_above, (int, float, type(None))):
            raise ValueError(f"doubtful_above is a number or null, got {self.doubtful_above!r}")
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
        _check_names(values, cls)
        lengths = values.get("other_lengths", [])
        if not isinstance(lengths, list):
            raise ValueError(f"other_lengths is a list of numbers of characters, got {lengths!r}")
        read = {
            "other_lengths": tuple(lengths),
            "ranking": _weights(values, "ranking", Ranking),
            "doubt": _weights(values, "doubt", Doubt),
            "clauses": _weights(values, "clauses", ClauseRanking),
        }
        return cls(**{**values, **read})


def _weights(values: Mapping[str, Any], name: str, kind: type[Kind]) -> Kind:
    given = values.get(name, {})
    if not isinstance(given, Mapping):
        raise ValueError(f"{name} holds weights by name, got {given!r}")
    _check_names(given, kind)
    return kind(**given)


def _check_names(values: Mapping[str, Any], kind: type) -> None:
    known = {each.name for each in fields(kind)}
    if unknown := sorted(set(values) - known):
        raise ValueError(
            f"unknown decoding settings {', '.join(unknown)}; known: {', '.join(sorted(known))}"
        )
