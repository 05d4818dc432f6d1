"""How a summary came about: the candidates with their terms, where the document says it, what comes back of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from summae.inference.candidates import Candidate
from summae.inference.rendering import Summary
from summae.inference.reranking import Scorer, vector
from summae.inference.scoring import NAMES, Floats, Pool
from summae.text.facts import unsupported_facts

_SHOWN = 8
"""Candidates that are printed."""


@dataclass(frozen=True)
class Rated:
    """A candidate with what speaks for it."""

    candidate: Candidate
    score: float
    """The sum of `contributions`."""
    contributions: dict[str, float]
    """Each term times its weight."""
    unsupported: tuple[str, ...]
    """Facts that the document does not tell so; with any, it cannot be chosen."""


@dataclass(frozen=True)
class Explanation:
    """Of one summary; `str(explanation)` is a page of text."""

    summary: Summary
    candidates: tuple[Rated, ...]
    """The highest score first; none where a document is its own summary."""
    passages: tuple[str, ...]
    """Pieces of the document, simplified, that the summary says again."""
    reconstruction: str | None
    """What the reconstructor makes of the summary alone; None where the model has none."""

    def __str__(self) -> str:
        summary = self.summary
        lines = [summary.text, f"  {summary.source}, confidence {summary.confidence:.2f}"]
        if self.passages:
            lines += ["", "from", *(f"  {passage}" for passage in self.passages)]
        if self.reconstruction is not None:
            lines += ["", "read back from it", f"  {self.reconstruction}"]
        if self.candidates:
            names = [
                name for name in NAMES if any(one.contributions[name] for one in self.candidates)
            ]
            lines += [
                "",
                f"candidates, {min(_SHOWN, len(self.candidates))} of {len(self.candidates)}, in simplified characters: the "
                "highest score whose facts the document tells wins; of each its terms, which add up to it",
            ]
            for one in self.candidates[:_SHOWN]:
                said = " ".join(f"{name} {one.contributions[name]:+.1f}" for name in names)
                barred = (
                    f" [not in the document: {', '.join(one.unsupported)}]"
                    if one.unsupported
                    else ""
                )
                lines.append(
                    f"  {one.score:+.1f} {one.candidate.origin} {one.candidate.text}{barred}"
                )
                lines.append(f"        {said}")
        return "\n".join(lines)


def explain(
    summary: Summary,
    line: str,
    pool: Pool,
    seen: Floats,
    scorer: Scorer,
    reconstruction: str | None,
) -> Explanation:
    """Put together what is known.

    Args:
        summary: What was chosen.
        line: The same in simplified characters.
        pool: What it was chosen from.
        seen: The candidates' terms, (candidates, terms).
        scorer: The weights.
        reconstruction: What the reconstructor read back.
    """
    weighed = seen * vector(scorer.weights)
    rated = [
        Rated(
            candidate,
            float(parts.sum()),
            {name: float(part) for name, part in zip(NAMES, parts, strict=True)},
            tuple(unsupported_facts(candidate.text, pool.document)),
        )
        for candidate, parts in zip(pool.candidates, weighed, strict=True)
    ]
    rated.sort(key=lambda one: -one.score)
    passages = passages_of(line, pool.document) if pool.candidates else ()
    return Explanation(summary, tuple(rated), tuple(passages), reconstruction)


def passages_of(line: str, document: str, *, shortest: int = 3) -> Sequence[str]:
    """The longest pieces of a line that the document has, from left to right.

    >>> passages_of("北方降温 山区有雪", "北方今晚降温，山区有雪。")
    ['山区有雪']
    """
    found: list[str] = []
    start = 0
    while start < len(line):
        end = start
        while end < len(line) and line[start : end + 1] in document:
            end += 1
        if end - start >= shortest:
            found.append(line[start:end])
        start = max(end, start + 1)
    return found
