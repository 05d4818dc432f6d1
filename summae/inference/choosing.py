"""Of what the search found for a document, which line is taken, and where a clause stands for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from summae.inference.clauses import best_clause
from summae.inference.doubt import Doubt, signs
from summae.inference.options import DecodingOptions
from summae.inference.pieces import LONGEST_CLAUSE
from summae.inference.ranking import Ranking, breaks_off, cuts_inside, faults, features
from summae.text.facts import unsupported
from summae.text.length import trim

NEAR = 2
"""Characters by which a line may miss the length that was asked for."""
SURELY_POOR = 0.9
"""Doubt from which even there a clause stands for a line, though few clauses have the length. By reading
thirty: above it most lines were false or garbled; below, as many clauses were worse as were better."""


class Texts(Protocol):
    """A document, cleaned from its beginning."""

    @property
    def document(self) -> str:
        """In its own script."""
        ...

    @property
    def read(self) -> str:
        """In simplified characters."""
        ...


@dataclass(frozen=True)
class Line:
    """A candidate as it could be read."""

    whole: str
    """As the model wrote it."""
    text: str
    """Cut to the length asked for."""
    score: float
    """Mean log-probability in nats of its tokens."""


def line(whole: str, score: float, wanted_characters: int | None) -> Line:
    """A candidate, cut if a length was asked for."""
    text = whole if wanted_characters is None else trim(whole, wanted_characters)[0]
    return Line(whole, text, score)


def best_line(
    lines: Sequence[Line], document: str, ranking: Ranking, wanted_characters: int | None
) -> int:
    """Which line has the fewest faults and, among equals, ranks highest; of equals, the first.

    Args:
        lines: The likeliest first.
        document: Cleaned, from its beginning, in the lines' script.
        ranking: The weights.
        wanted_characters: The length that was asked for, if any.
    """

    def worth(place: int) -> tuple[bool, int, int, float]:
        one = lines[place]
        invented, ill_formed = faults(one.text, document, is_bounded=wanted_characters is not None)
        seen = features(one.text, document, likelihood=one.score)
        rank = ranking.worth(seen)
        if wanted_characters is not None:
            is_cut, is_stump = cuts_inside(one.whole, one.text), breaks_off(one.text, document)
            rank -= ranking.bounded_cost(seen, wanted_characters, is_cut=is_cut, is_stump=is_stump)
        return bool(one.text), -invented, -ill_formed, rank

    return max(range(len(lines)), key=worth) if len(lines) > 1 else 0


def doubt_of(chosen: Line, document: str, weights: Doubt) -> float:
    """How likely it is that a reader would not print the line."""
    return weights.probability(signs(chosen.text, document, likelihood=chosen.score))


def stand_in(
    chosen: Line,
    doubt: float,
    request: Texts,
    written: Callable[[], Sequence[str]],
    options: DecodingOptions,
    wanted_characters: int | None,
) -> str | None:
    """The clause of the document that stands for a line, or two of them; None where the line stands.

    It does for a line with an invented number or Latin word, and for a doubtful one: the best clause, or
    the document's beginning if it has none. Where a length was asked for, doubtful words still say more
    than a clause that happens to fit; there, a clause that comes near the length, or two that do together,
    stand for a line that does not, or is surely poor.

    Args:
        chosen: The line.
        doubt: Of it.
        request: The document, in its own script and in the lines'.
        written: Gives the model's lines in the document's script, the chosen one first: garbled or not,
            they tell what matters.
        options: With the weights.
        wanted_characters: The length that was asked for, if any.
    """
    if options.doubtful_above is None:
        return None
    longest = LONGEST_CLAUSE if wanted_characters is None else wanted_characters
    invents = unsupported(chosen.text, request.read) > 0
    shortest = 0
    is_poor = doubt > options.doubtful_above
    if wanted_characters is not None and not invents:
        shortest = wanted_characters - NEAR
        is_poor = len(chosen.text) < shortest or doubt > max(SURELY_POOR, options.doubtful_above)
    if not (invents or is_poor):
        return None
    clause = best_clause(
        request.document, options.clauses, written=written(), shortest=shortest, longest=longest
    )
    if clause is None and (invents or wanted_characters is None):
        return trim(request.document, longest)[0]
    return clause
