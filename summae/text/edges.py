"""How clauses begin and end inside a sentence, and how sentences do: what tells a clause that leans on another.

“发布会上表示” is followed by a comma and hardly ever by a full stop, and “并于” stands behind a comma: whoever
cuts such a clause out of its sentence leaves a loose end. Which words those are, documents alone tell:
log odds of standing at an edge inside a sentence against standing at an edge of one, counted once
by `scripts/learn_edges.py`.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

from summae.text.script import to_simplified

_EDGE = 2
"""Characters of an edge."""
_FILE = Path(__file__).parents[1] / "assets" / "edges.json"
_SENTENCE_ENDS = re.compile(r"(?<=[。！？；!?;\n])(?![”’」』])|(?<=[。！？；!?;][”’」』])")
_CLAUSE_ENDS = re.compile(r"(?<=[，,：:])(?!(?<=\d[，,：:])\d|(?<=https:)//|(?<=http:)//)")
"""Not in 8:30, 4:3, 3,000 or an address."""
_FULL_STOPS = "。！？；!?;"
_AROUND = "“”‘’「」『』（）《》〈〉【】()[] \n，,：:、" + _FULL_STOPS
_SHORTEST = 4
"""Characters of a clause that is counted."""
_DIGITS = str.maketrans("0123456789", "0" * 10)
_LATIN = re.compile("[A-Za-z]")


@dataclass(frozen=True)
class Edges:
    """Natural log odds of the first and the last one or two characters of a clause, simplified.

    Positive where they stand oftener at an edge inside a sentence than at one of the sentence itself.
    """

    begins: Mapping[str, float] = field(default_factory=dict)
    ends: Mapping[str, float] = field(default_factory=dict)

    def before(self, clause: str) -> float:
        """How surely something stands before the clause that it goes on with; 0 where nobody knows.

        Args:
            clause: Without marks around it.
        """
        edge = _plain(clause[:_EDGE])
        return self.begins.get(edge, self.begins.get(edge[:1], 0.0))

    def behind(self, clause: str) -> float:
        """How surely something stands behind it that it announces; 0 where nobody knows.

        Args:
            clause: Without marks around it.
        """
        edge = _plain(clause[-_EDGE:])
        return self.ends.get(edge, self.ends.get(edge[-1:], 0.0))


def sentences_of(text: str) -> list[str]:
    """The sentences of a text, marks and closing quotes and all; a line is the end of one, and so is a semicolon."""
    return _SENTENCE_ENDS.split(text)


def clauses_of(sentence: str) -> list[str]:
    """The clauses of one sentence, each with the mark that ends it."""
    return _CLAUSE_ENDS.split(sentence)


@cache
def usual_edges() -> Edges:
    """Those of Chinese news, from the package."""
    known = json.loads(_FILE.read_text(encoding="utf-8"))
    return Edges(known["begins"], known["ends"])


def learn_edges(
    documents: Iterable[str], *, often: int = 100, strength: float = 10.0, differs: float = 0.5
) -> Edges:
    """Count how clauses and sentences begin and end.

    Args:
        documents: Cleaned, in simplified characters.
        often: Times that an edge stands somewhere, at least; what is rarer is not told.
        strength: Times that an edge of two characters counts as seen before it was, half and half as
            its one character is.
        differs: What is told of two characters differs by so much from what is told of one.

    Returns:
        What the documents tell; nothing where no clause goes on.
    """
    inside = {"begins": Counter[str](), "ends": Counter[str]()}
    outside = {"begins": Counter[str](), "ends": Counter[str]()}
    for document in documents:
        for parts in map(clauses_of, sentences_of(document)):
            is_ended = parts[-1].rstrip("”」』 \n").endswith(tuple(_FULL_STOPS))
            for place, part in enumerate(parts):
                clause = part.strip(_AROUND)
                if len(clause) < _SHORTEST:
                    continue
                is_last = place == len(parts) - 1
                first, last = _plain(clause[:_EDGE]), _plain(clause[-_EDGE:])
                (inside if place else outside)["begins"].update([first, first[0]])
                if not is_last or is_ended:
                    (outside if is_last else inside)["ends"].update([last, last[-1]])
    odds = partial(_log_odds, often=often, strength=strength, differs=differs)
    return Edges(
        begins=odds(inside["begins"], outside["begins"], at=0),
        ends=odds(inside["ends"], outside["ends"], at=-1),
    )


def _log_odds(
    inside: Counter[str],
    outside: Counter[str],
    *,
    at: int,
    often: int,
    strength: float,
    differs: float,
) -> dict[str, float]:
    """Of edges whose one character stands `at` their beginning or end."""
    if not inside or not outside:
        return {}
    edges = [edge for edge in inside | outside if inside[edge] + outside[edge] >= often]
    base = inside.total() / outside.total()
    found: dict[str, float] = {}
    for edge in sorted(edges, key=lambda edge: (len(edge), edge)):
        if len(edge) == 1:
            prior_inside = prior_outside = strength / 2
        else:
            one, other = inside[edge[at]], outside[edge[at]]
            prior_inside = strength * (one + 1) / (one + other + 2)
            prior_outside = strength - prior_inside
        odds = (inside[edge] + prior_inside) / (outside[edge] + prior_outside)
        value = round(math.log(odds / base), 1)
        if len(edge) == 1 or abs(value - found.get(edge[at], 0.0)) >= differs:
            found[edge] = value
    return found


def _plain(edge: str) -> str:
    """Simplified; all digits alike, and all Latin letters."""
    return _LATIN.sub("a", to_simplified(edge).translate(_DIGITS))
