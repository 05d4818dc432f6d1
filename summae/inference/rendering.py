"""The chosen line as it is read: in the document's own script, with what is known of it."""

from __future__ import annotations

from dataclasses import dataclass

from summae.inference.candidates import Origin
from summae.inference.preparing import SHORTEST_DOCUMENT, Request
from summae.inference.reranking import Choice
from summae.text.length import trim
from summae.text.script import Script, to_traditional

_TRADITIONAL_QUOTES = str.maketrans("“”‘’", "「」『』")


@dataclass(frozen=True)
class Summary:
    """A summary and what is known of how it came about; `str(summary)` is its text."""

    text: str
    """One line, in the document's script."""
    source: Origin
    """Who wrote it: "generated" by the model, or "extracted" from the document, led by who said it if
    somebody did."""
    confidence: float
    """How likely it is, from 0 to 1, that a reader would print it: that it is true, whole and well
    formed. 1 for a document that is its own summary."""
    script: Script
    """Script of the document."""
    trimmed: bool
    """It was cut to the length asked for."""
    truncated: bool
    """The model did not read the document to its end."""
    source_tokens: int
    """Tokens of the document that the model read; 0 for a copied document."""

    def __str__(self) -> str:
        return self.text


def render(request: Request, choice: Choice | None) -> Summary:
    """Write it out.

    Args:
        request: The document.
        choice: None for a document that is its own summary, or of which nothing can be said: its
            beginning stands for it.
    """
    if choice is None:
        longest = request.max_characters or (
            SHORTEST_DOCUMENT if request.pieces else len(request.document)
        )
        text, is_trimmed = trim(request.document, longest)
        source: Origin = "extracted"
        confidence = 0.0 if request.pieces else 1.0
    else:
        candidate = choice.candidate
        text, is_trimmed, source = candidate.text, candidate.is_trimmed, candidate.origin
        confidence = choice.confidence
        if request.script is Script.TRADITIONAL:
            text = to_traditional(text, request.document)
    if request.script is Script.TRADITIONAL:
        # Cleaning gave the model one kind of quotes; traditional text is set with the other.
        text = text.translate(_TRADITIONAL_QUOTES)
    return Summary(
        text=text,
        source=source,
        confidence=confidence,
        script=request.script,
        trimmed=is_trimmed and (choice is not None or request.max_characters is not None),
        truncated=request.is_truncated,
        source_tokens=len(request.pieces),
    )
