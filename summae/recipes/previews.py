"""Document, summary, reconstruction: what the players make of a few texts, as HTML to read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Preview:
    """One document on its way through the game."""

    document: str
    tokens: Sequence[str]
    """The summary, token by token; the last, its end, may spell nothing."""
    scores: Sequence[float] | None = None
    """The discriminator's score after each token, where there is a discriminator."""
    reconstruction: str | None = None
    """What the reconstructor makes of the summary, where there is a reconstructor."""


def page(previews: Iterable[Preview]) -> str:
    """Previews one below the other; tokens that read like a person's are green, others red."""
    return "\n".join(map(_article, previews))


def _article(preview: Preview) -> str:
    if preview.scores is None:
        summary = escape("".join(preview.tokens))
    else:
        # Scores go on over padding, where there are no tokens.
        pairs = zip(preview.tokens, preview.scores, strict=False)
        summary = "".join(_token(text or "⏎", score) for text, score in pairs)
    rows = [_row("document", escape(preview.document)), _row("summary", summary)]
    if preview.reconstruction is not None:
        rows.append(_row("reconstruction", escape(preview.reconstruction)))
    return f"<article>{''.join(rows)}</article>"


def _row(name: str, content: str) -> str:
    return f"<p><b>{name}</b> {content}</p>"


def _token(text: str, score: float) -> str:
    share = 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
    hue = round(120 * share)  # 0 is red, 120 green
    return (
        f'<span style="background:hsl({hue} 70% 80%);color:#222" title="{score:.2f}">'
        f"{escape(text)}</span>"
    )
