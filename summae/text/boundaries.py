"""Which clauses lead up to another: what tells a line that stops before it has said anything.

“发布会上表示” is followed by a comma and hardly ever by a full stop, and so is what begins with “由于”: whoever
cuts such a clause out of its sentence leaves a loose end. Which words those are, documents alone tell.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from summae.errors import InputError, ModelError

_LONGEST = 3
"""Characters of an edge."""
_SHORTEST = 4
"""Characters of a clause that is counted."""
_STRENGTH = 10.0
"""Times that a longer edge counts as seen beforehand, as often at either kind of place as the shorter one."""
_DIFFERS = 0.3
"""What is told of a longer edge differs by so much from what is told of the shorter one."""
_SENTENCE_ENDS = re.compile(r"(?<=[。！？；!?;\n])(?![”’」』])|(?<=[。！？；!?;\n][”’」』])")
_CLAUSE_ENDS = re.compile(r"(?<=[，,：:])(?!(?<=\d[，,：:])\d)")
_AROUND = "“”‘’「」『』（）《》〈〉【】()[] \n，,：:、。！？；!?;"
_DIGITS = str.maketrans("123456789", "000000000")


@dataclass(frozen=True)
class Boundaries:
    """Log-odds in nats, by a clause's first and last characters, that another stands behind it."""

    leads: Mapping[str, float] = field(default_factory=dict)
    """By its first characters: 由于…, 如果…."""
    ends: Mapping[str, float] = field(default_factory=dict)
    """By its last characters: …表示, …背景下."""

    def ends_incomplete(self, text: str) -> float:
        """How surely something stands behind the text that it leads up to; 0 where nobody knows."""
        clause = _CLAUSE_ENDS.split(text.translate(_DIGITS))[-1].strip(_AROUND)
        return _told(self.leads, _heads(clause)) + _told(self.ends, _tails(clause))

    @classmethod
    def train(cls, documents: Iterable[str], *, fewest: int = 60) -> Boundaries:
        """Count how clauses and sentences begin and end.

        Args:
            documents: Cleaned, in simplified characters.
            fewest: Times that an edge stands somewhere, at least; what is rarer is not told.

        Raises:
            InputError: No sentence of theirs has two clauses.
        """
        more, last = ([Counter[str](), Counter[str]()] for _ in range(2))
        for document in documents:
            for sentence in _SENTENCE_ENDS.split(document):
                clauses = [part.strip(_AROUND) for part in _CLAUSE_ENDS.split(sentence)]
                for place, clause in enumerate(clauses):
                    if len(clause) < _SHORTEST:
                        continue
                    heads, tails = (of(clause.translate(_DIGITS)) for of in (_heads, _tails))
                    counts = more if place < len(clauses) - 1 else last
                    counts[0].update(heads)
                    counts[1].update(tails)
        if not all(more):
            raise InputError(
                "boundaries are learned from sentences of several clauses, and there are none"
            )
        return cls(
            leads=_log_odds(more[0], last[0], fewest, shorter=lambda edge: edge[:-1]),
            ends=_log_odds(more[1], last[1], fewest, shorter=lambda edge: edge[1:]),
        )

    def save(self, path: str | Path) -> None:
        """Write a `.json` file."""
        text = json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))
        Path(path).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path) -> Boundaries:
        """Read what `save` wrote.

        Raises:
            ModelError: It cannot be read.
        """
        try:
            known = json.loads(Path(path).read_text(encoding="utf-8"))
            return cls(*(dict(known[name]) for name in ("leads", "ends")))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(
                f"{path} cannot be read: {error}; copy or export the model again"
            ) from error


def _heads(text: str) -> list[str]:
    """Its first characters, most of them first."""
    return [text[:n] for n in range(_LONGEST, 0, -1)]


def _tails(text: str) -> list[str]:
    return [text[-n:] for n in range(_LONGEST, 0, -1)]


def _told(odds: Mapping[str, float], edges: Iterable[str]) -> float:
    return next((odds[edge] for edge in edges if edge in odds), 0.0)


def _log_odds(
    more: Counter[str],
    last: Counter[str],
    fewest: int,
    *,
    shorter: Callable[[str], str],
) -> dict[str, float]:
    base = math.log(more.total() / max(1, last.total()))
    found: dict[str, float] = {}
    for edge in sorted(more | last, key=lambda edge: (len(edge), edge)):
        if more[edge] + last[edge] < fewest:
            continue
        prior = found.get(shorter(edge), 0.0)
        share = 1 / (1 + math.exp(-prior - base))
        odds = (more[edge] + _STRENGTH * share) / (last[edge] + _STRENGTH * (1 - share))
        value = round(math.log(odds) - base, 1)
        if len(edge) == 1 or abs(value - prior) >= _DIFFERS:
            found[edge] = value
    return found
