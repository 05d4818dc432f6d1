"""Summaries that cost nothing: a piece of the document, or its most central sentences.

ROUGE grows with length, so each baseline can be cut to the mean length of the system it stands beside:
exactly, because half a character more on average is worth a tenth of a point.
"""

from __future__ import annotations

import math
import random
import re
import warnings
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Literal

import numpy as np

from summae.errors import MissingExtraError
from summae.text.script import to_simplified
from summae.text.segment import JiebaSegmenter
from summae.text.sentences import split_sentences

Ranking = Literal["textrank", "lexrank", "lsa"]
RANKINGS: tuple[Ranking, ...] = ("textrank", "lexrank", "lsa")

_WORD = re.compile(r"[^\W_]")
_MOST_SENTENCES = 500
"""Sentences of a document that are ranked, from the first: each is compared with every other."""


def lead(documents: Iterable[str], characters: int) -> list[str]:
    """The first `characters` code points of each document."""
    return [document[:characters] for document in documents]


def cut_to_mean(texts: Sequence[str], mean_length: float) -> list[str]:
    """Cut each text so that the mean length is `mean_length`, and lengths differ as little as can be.

    All are cut at one length, every k-th one character later. Texts that are too short stay as
    they are, and the others make up for it; if all are, the mean stays below.

    Args:
        texts: Documents, or longer summaries of them.
        mean_length: Wanted mean in code points, not negative.
    """
    if mean_length < 0:
        raise ValueError(f"mean_length is a number of characters, got {mean_length}.")
    total = min(round(mean_length * len(texts)), sum(map(len, texts)))
    level = _highest_level([len(text) for text in texts], total)
    spare = total - sum(min(len(text), level) for text in texts)
    longer = [place for place, text in enumerate(texts) if len(text) > level]
    # Evenly over the data set, which may be sorted by outlet.
    extended = {longer[step * len(longer) // spare] for step in range(spare)} if spare else set()
    return [text[: level + (place in extended)] for place, text in enumerate(texts)]


def random_span(documents: Sequence[str], mean_length: float, *, seed: int = 0) -> list[str]:
    """A piece of each document from anywhere in it, as long as its lead of that mean length.

    Args:
        documents: Documents.
        mean_length: Wanted mean in code points, not negative.
        seed: Equal seeds give equal pieces of a document, whatever stands before it.
    """
    spans = []
    for document, beginning in zip(documents, cut_to_mean(documents, mean_length), strict=True):
        draw = random.Random(f"{seed} {document}".encode("utf-8", "surrogatepass"))
        start = draw.randint(0, len(document) - len(beginning))
        spans.append(document[start : start + len(beginning)])
    return spans


def _highest_level(lengths: Sequence[int], total: int) -> int:
    """The longest common cut whose results have at most `total` characters together."""
    low, high = 0, max(lengths, default=0)
    while low < high:
        middle = (low + high + 1) // 2
        if sum(min(length, middle) for length in lengths) <= total:
            low = middle
        else:
            high = middle - 1
    return low


class CentralSentences:
    """The most central sentences of a document, by TextRank, LexRank or LSA (sumy), most central first.

    Sumy's own tokenizers for Chinese lose sentences; it gets our sentences and jieba's words, looked
    up in simplified script, without punctuation.

    Raises:
        MissingExtraError: If sumy is not installed.
    """

    def __init__(self, ranking: Ranking) -> None:
        try:
            from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
            from sumy.summarizers.lex_rank import LexRankSummarizer
            from sumy.summarizers.lsa import LsaSummarizer
            from sumy.summarizers.text_rank import TextRankSummarizer
        except ImportError as error:
            raise MissingExtraError(
                "the TextRank, LexRank and LSA baselines", extra="eval"
            ) from error
        self.name, summarizer = {
            "textrank": ("TextRank", TextRankSummarizer),
            "lexrank": ("LexRank", LexRankSummarizer),
            "lsa": ("LSA", LsaSummarizer),
        }[ranking]
        self._rank: Any = summarizer()
        self._document, self._paragraph, self._sentence = ObjectDocumentModel, Paragraph, Sentence
        self._words = _Words()

    def __call__(self, document: str) -> str:
        """All sentences, the most central first, so that a cut keeps what is most central."""
        return "".join(self.ranked(document))

    def ranked(self, document: str) -> list[str]:
        """The sentences that have a word, of the first five hundred, the most central first."""
        every = (self._sentence(text, self._words) for text in split_sentences(document))
        sentences = list(islice((one for one in every if one.words), _MOST_SENTENCES))
        ranking: list[Any] = []

        def keep_ranking(infos: list[Any]) -> list[Any]:
            # Sumy sorts by rating and asks this for the best; its own answer is in document order.
            ranking.extend(infos)
            return infos

        with np.errstate(invalid="ignore"), warnings.catch_warnings():
            # LSA warns of documents with fewer words than sentences; their order is as good as any.
            warnings.filterwarnings("ignore", message="Number of words")
            self._rank(self._document([self._paragraph(sentences)]), keep_ranking)
        # Sentences without a word in common give LexRank 0/0: then the beginning is the best guess.
        if any(math.isnan(info.rating) for info in ranking):
            ranking.sort(key=lambda info: info.order)
        elif self.name == "LSA":
            # Sumy numbers the words in the order of a set, which differs from process to process and
            # moves the last digits: what is equal but for those stays in the document's order.
            ranking.sort(key=lambda info: (-round(info.rating, 6), info.order))
        return [str(info.sentence) for info in ranking]


class _Words:
    """The part of sumy's tokenizer that its sentences call."""

    def __init__(self) -> None:
        self._segment = JiebaSegmenter()

    def to_words(self, sentence: str) -> tuple[str, ...]:
        return tuple(word for word in self._segment(to_simplified(sentence)) if _WORD.search(word))
