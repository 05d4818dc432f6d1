"""Of what the search found for a document, which line is taken, and whether a clause replaces it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from summae.inference.clauses import LONGEST_CLAUSE, best_clause
from summae.inference.doubt import Doubt, signs
from summae.inference.options import DecodingOptions
from summae.inference.ranking import Ranking, breaks_off, cuts_inside, faults, features
from summae.text.facts import unsupported
from summae.text.length import trim


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


def is_replaced(
    chosen: Line, doubt: float, document: str, options: DecodingOptions, *, is_bounded: bool
) -> bool:
    """Whether a clause of the document stands for the line.

    Where a length was asked for, doubtful words are still nearer to it than most clauses are, and only
    inventions are replaced.
    """
    if options.doubtful_above is None:
        return False
    return (doubt > options.doubtful_above and not is_bounded) or unsupported(
        chosen.text, document
    ) > 0


def replacement(
    document: str,
    written: Sequence[str],
    options: DecodingOptions,
    wanted_characters: int | None,
) -> str:
    """The document's best clause, or its beginning if it has none.

    Args:
        document: Cleaned, from its beginning.
        written: The model's own lines in the document's script, the chosen one first: garbled or not,
            they tell what matters.
        options: With the weights.
        wanted_characters: The length that was asked for, if any.
    """
    longest = LONGEST_CLAUSE if wanted_characters is None else wanted_characters
    clause = best_clause(document, options.clauses, written=written, longest=longest)
    return clause or trim(document, longest)[0]
