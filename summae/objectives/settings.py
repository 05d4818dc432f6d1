"""Settings of objectives; apart from them, so that they can be read without torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

TargetKind = Literal["beginning", "document", "content"]


@dataclass(frozen=True, kw_only=True)
class ReconstructionTarget:
    """What of the document the reconstructor is to write.

    The beginning is the default. News says first what matters, the cost of both players' turns falls
    with the target, and a headline of some 20 characters cannot carry more: what it does not carry
    only adds noise to the reward. `content` also leaves out the function words, which any fluent
    reconstructor foretells and for which no summary deserves credit, but writes texts that nobody
    would, and its threshold drops digits (see `minimum_idf`). `document` is the paper's.
    """

    kind: TargetKind = "beginning"
    """beginning: the first tokens; document: all of it; content: its content words in order."""
    max_tokens: int = 32
    """Most tokens of a beginning or of content words, some 45 characters of news: about three
    headlines, so that copying the first words recovers the first third only."""
    minimum_idf: float = 3.0
    """Content words are pieces of at least this idf in nats: 3 is one document of 20. On 20,000 news
    texts it keeps 63 % of the tokens; single digits, with idf below 2, fall out with the function
    words."""

    def __post_init__(self) -> None:
        if self.kind not in get_args(TargetKind):
            raise ValueError(
                f"kind is one of {', '.join(get_args(TargetKind))}, got {self.kind!r}."
            )
        if self.max_tokens < 1:
            raise ValueError(
                f"max_tokens must be at least 1, got {self.max_tokens}; for all of the document "
                'set kind to "document".'
            )
