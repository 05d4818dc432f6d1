"""A reward for claiming only what the document says: each invented number or name costs one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from summae.objectives.rewards import register
from summae.text.facts import unsupported
from summae.text.names import names

_ALL_CHINESE = re.compile(r"[\u4e00-\u9fff，。！？：；、…—“”‘’《》（） ]*")


@register("faithfulness")
@dataclass(frozen=True)
class Faithfulness:
    """Minus the number of different facts in the summary that the document lacks.

    Facts are numbers and Latin words. A count and not a share, which a summary could better by
    adding true numbers that nobody asked for.
    """

    names: bool = False
    """Chinese names of people and places, too, as jieba tags them. Loading its dictionary takes a
    second, tagging far longer than all else; a name need only stand in the document as a piece of
    text, so what the tagger takes for a name by mistake costs nothing if it was copied."""

    def __call__(self, documents: Sequence[str], summaries: Sequence[str]) -> list[float]:
        return [
            0.0 - _unsupported(summary, document) - (self.names and _invented(summary, document))
            for document, summary in zip(documents, summaries, strict=True)
        ]


def _unsupported(summary: str, document: str) -> int:
    # Most summaries are all Chinese, and reading the document takes longest.
    return 0 if _ALL_CHINESE.fullmatch(summary) else unsupported(summary, document)


def _invented(summary: str, document: str) -> int:
    """How many different names of `summary` stand nowhere in `document`."""
    source = unicodedata.normalize("NFKC", document)
    return sum(name not in source for name in set(names(unicodedata.normalize("NFKC", summary))))
