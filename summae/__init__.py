"""Summaries of Chinese text, learnt without a single document–summary pair.

Importing this package loads nothing else: each public name is fetched when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from summae.evaluation.runner import evaluate
    from summae.inference.sentence_encoder import SentenceEncoder
    from summae.inference.summarizer import Summarizer, Summary
    from summae.text.length import Length

__version__ = "0.1.0"

__all__ = ["Length", "SentenceEncoder", "Summarizer", "Summary", "__version__", "evaluate"]

_HOMES = {
    "Length": "summae.text.length",
    "SentenceEncoder": "summae.inference.sentence_encoder",
    "Summarizer": "summae.inference.summarizer",
    "Summary": "summae.inference.summarizer",
    "evaluate": "summae.evaluation.runner",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'summae' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
