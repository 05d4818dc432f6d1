"""Names of people and places in a text, as jieba's parts of speech tell them."""

from __future__ import annotations

import importlib.util
import warnings
from functools import cache, lru_cache
from typing import Any

from summae.text.segment import jieba_tokenizer

_TAGS = ("nr", "ns")
"""Beginnings of jieba's tags for people (nr, nrt, nrfg) and places (ns)."""


# A page of rows, like an epoch of training, asks for the same summaries again.
@lru_cache(maxsize=1 << 17)
def names(text: str) -> tuple[str, ...]:
    """Names of people and places in simplified `text`, from left to right, repeated ones repeatedly.

    Single characters are left out: as names they are mostly mistakes of the tagger. The first call
    loads its dictionary, one to two seconds.

    Raises:
        MissingExtraError: If jieba is not installed.
    """
    return tuple(
        word for word, tag in _tagger().cut(text) if tag.startswith(_TAGS) and len(word) > 1
    )


@cache
def can_tell_names() -> bool:
    """Whether jieba is installed; it is not loaded to find out."""
    return importlib.util.find_spec("jieba") is not None


@cache
def _tagger() -> Any:
    tokenizer = jieba_tokenizer()
    with warnings.catch_warnings():
        # With some versions of setuptools, jieba's import warns of a deprecation of its own.
        warnings.simplefilter("ignore")
        import jieba.posseg
    # The dictionary that words are cut with, not another one: it takes a second and 100 MB.
    return jieba.posseg.POSTokenizer(tokenizer)
