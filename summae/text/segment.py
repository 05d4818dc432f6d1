"""Cut Chinese text into words or characters; joining the pieces always gives the text back."""

from __future__ import annotations

import logging
import re
import warnings
from functools import cache
from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable

from summae.errors import MissingExtraError

if TYPE_CHECKING:
    import jieba

_LATIN_RUN_OR_CHARACTER = re.compile(r"[0-9A-Za-zÀ-ÖØ-öø-ɏ]+|.", re.DOTALL)


@runtime_checkable
class Segmenter(Protocol):
    """Cuts a text into pieces such that `"".join(segmenter(text)) == text`."""

    @property
    def name(self) -> str:
        """What result tables and settings call it."""
        ...

    def __call__(self, text: str) -> list[str]: ...


class CharacterSegmenter:
    """One piece a character, except that a run of Latin letters and digits stays whole.

    >>> CharacterSegmenter()("G20峰会3.5天")
    ['G20', '峰', '会', '3', '.', '5', '天']
    """

    name: ClassVar[str] = "characters"

    def __call__(self, text: str) -> list[str]:
        return _LATIN_RUN_OR_CHARACTER.findall(text)


class JiebaSegmenter:
    """Words by jieba's dictionary and its model for unknown words.

    The first call loads the dictionary, one to two seconds; all instances share it.

    Raises:
        MissingExtraError: On the first call, if jieba is not installed.
    """

    name: ClassVar[str] = "jieba"

    def __call__(self, text: str) -> list[str]:
        words: list[str] = jieba_tokenizer().lcut(text)
        return words


@cache
def jieba_tokenizer() -> jieba.Tokenizer:
    """Jieba with its dictionary loaded, one for all who need it.

    Raises:
        MissingExtraError: If jieba is not installed.
    """
    try:
        # With some versions of setuptools, jieba's import warns of a deprecation of its own.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import jieba
    except ImportError as error:
        raise MissingExtraError("Word segmentation by jieba", extra="train") from error
    # jieba announces the loading of its dictionary on stderr.
    logging.getLogger(jieba.__name__).setLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    return tokenizer
