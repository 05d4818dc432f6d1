"""What could be a document's summary: the generator's hypotheses and spans of the document, in one pool."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Literal

from summae.inference.attribution import attributed
from summae.inference.backends.base import Hypothesis
from summae.inference.spans import Span, spans, text_of
from summae.text.length import trim
from summae.text.ngrams import NGramModel

Origin = Literal["generated", "extracted"]


@dataclass(frozen=True)
class Candidate:
    """A line that could be the summary, as it would be read, in simplified characters."""

    text: str
    origin: Origin
    log_prob: float | None = None
    """Log-probability in nats that the generator gave the line, its end included; None for a span."""
    span: Span | None = None
    """Where the document says so; None where the generator wrote it."""
    is_trimmed: bool = False
    """It was cut to the length asked for …"""
    is_truncated: bool = False
    """… inside a clause, as likely as not inside a word."""


def propose(
    document: str,
    hypotheses: Sequence[Hypothesis],
    *,
    decode: Callable[[Hypothesis], str],
    with_spans: bool = True,
    headlines: NGramModel | None = None,
    max_characters: int | None = None,
) -> list[Candidate]:
    """The pool of a document, each text once, the search's likeliest first.

    Args:
        document: Cleaned, in simplified characters, from its beginning.
        hypotheses: What the search found, likeliest first.
        decode: Spells a hypothesis.
        with_spans: Offer spans of the document, too.
        headlines: Tells where the name of a speaker ends; without it, no span is led by one.
        max_characters: The length asked for; longer lines of the generator's are cut, as well as that
            can be done, spans only where a clause ends.
    """
    pool: dict[str, Candidate] = {}
    written = (Candidate(decode(h), "generated", log_prob=_log_prob(h)) for h in hypotheses)
    for candidate in chain(written, _extracted(document, headlines) if with_spans else ()):
        fitted = _fitted(candidate, max_characters)
        is_torn = fitted.is_truncated and fitted.origin == "extracted"
        if fitted.text and not is_torn:
            pool.setdefault(fitted.text, fitted)
    return list(pool.values())


def _log_prob(hypothesis: Hypothesis) -> float:
    return hypothesis.score * (len(hypothesis.pieces) + 1)  # the end token has one, too


def _extracted(document: str, headlines: NGramModel | None) -> Iterator[Candidate]:
    for span in spans(document):
        yield Candidate(text_of(document, span), "extracted", span=span)
    if headlines is not None:
        for text, span in attributed(document, headlines):
            yield Candidate(text, "extracted", span=span)


def _fitted(candidate: Candidate, max_characters: int | None) -> Candidate:
    if max_characters is None or len(candidate.text) <= max_characters:
        return candidate
    text, _ = trim(candidate.text, max_characters)
    # Marks and spaces that a cut leaves at the end are gone; what stands there now tells where it fell.
    is_truncated = candidate.text[len(text) : len(text) + 1].isalnum()
    return replace(candidate, text=text, is_trimmed=True, is_truncated=is_truncated)
