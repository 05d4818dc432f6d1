"""Sentences of packed documents, found by their token ids: a pack keeps neither texts nor places.

`summae.text.sentences` splits texts and knows more exceptions. Here ids are all there is, and a
hundred thousand documents are split at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from summae.data.pack import Ragged
from summae.text.vocabulary import WORD_START, Vocabulary

Places = NDArray[np.int64]

_CLOSERS = "”’」』）】〕)\\]"
_ENDS = re.compile(f"[。！？][。！？{_CLOSERS}]*$")
_CLOSES = re.compile(f"[。！？{_CLOSERS}]+")
# 》: the ender belongs to a title. 的: "“加油！”的喊声".
_GOES_ON = re.compile(f"[{_CLOSERS}]*[，、：,:》的]")
_BLOCK = 512
"""Documents whose words are counted at a time; many more of them no longer fit a cache."""


@dataclass(frozen=True)
class Sentences:
    """Whole sentences of some documents, in order; what a document was cut off in is none."""

    document: Places
    """Row of its document; rising, (sentences,)."""
    start: Places
    """Place of its first token in the document, (sentences,)."""
    stop: Places
    """Place behind its last token, closing quotes included, a space not; (sentences,)."""
    before: Places
    """Where the sentence before it stops, 0 for the first; (sentences,)."""

    def __len__(self) -> int:
        return len(self.document)


class SentenceFinder:
    """Splits documents of one vocabulary.

    Args:
        vocabulary: Its pieces that end with 。！？, closing quotes behind them or not, end sentences.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        texts = [piece.replace(WORD_START, "") for piece in vocabulary.pieces]
        self._ends = _flags(_ENDS.search(text) for text in texts)
        self._closes = _flags(_CLOSES.fullmatch(text) for text in texts)
        self._goes_on = _flags(_GOES_ON.match(text) for text in texts)
        self._is_space = _flags(not text for text in texts)
        self._is_word = _flags(any(map(str.isalnum, text)) for text in texts)

    def sentences(self, documents: Ragged) -> Sentences:
        """All whole sentences of all documents."""
        tokens, offsets = documents.tokens, documents.offsets
        is_last = np.zeros(len(tokens), dtype=np.bool_)
        is_last[offsets[1:][np.diff(offsets) > 0] - 1] = True

        def followed(places: Places, by: NDArray[np.bool_]) -> NDArray[np.bool_]:
            """Whether the next token of the same document is one of these."""
            following = tokens[np.minimum(places + 1, len(tokens) - 1)]
            return ~is_last[places] & by[following]

        last = np.flatnonzero(self._ends[tokens])
        while (closed := followed(last, self._closes)).any():
            last = np.unique(last + closed)
        last = last[~followed(last, self._goes_on)]
        document = np.searchsorted(offsets, last, side="right") - 1
        follows = np.diff(document, prepend=-1) == 0  # another one of the same document
        behind = last + followed(last, self._is_space)
        start = np.where(follows, np.roll(behind, 1) + 1, offsets[document])
        before = np.where(follows, np.roll(last, 1) + 1, offsets[document])
        base = offsets[document]
        return Sentences(document, start - base, last + 1 - base, before - base)

    def overlap(self, documents: Ragged, sentences: Sentences) -> Places:
        """Words that each sentence has in common with the rest of its document, (sentences,).

        A word counts as often as it stands in both. It is the numerator of ROUGE-1; twice this
        over the words of the whole document is the F1 of sentence and rest.
        """
        found = np.empty(len(sentences), dtype=np.int64)
        for first in range(0, len(documents), _BLOCK):
            rows = np.arange(first, min(first + _BLOCK, len(documents)) + 1)
            mine = slice(*np.searchsorted(sentences.document, (rows[0], rows[-1])))
            found[mine] = self._overlap_of(documents, rows, sentences, mine)
        return found

    def _overlap_of(
        self, documents: Ragged, rows: Places, sentences: Sentences, mine: slice
    ) -> Places:
        offsets = documents.offsets[rows] - documents.offsets[rows[0]]
        tokens = documents.tokens[documents.offsets[rows[0]] : documents.offsets[rows[-1]]]
        base = offsets[sentences.document[mine] - rows[0]]
        # Counts up where a sentence starts and where it stops: what lies between has a number.
        edges = np.bincount(base + sentences.start[mine], minlength=len(tokens) + 1)
        edges += np.bincount(base + sentences.stop[mine], minlength=len(tokens) + 1)
        part = np.cumsum(edges)
        parts = int(part[-1]) + 1
        document = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
        is_word = self._is_word[tokens]
        word = (document * len(self._is_word) + tokens)[is_word]
        key, in_part = _counted(np.sort(word * parts + part[:-1][is_word]))
        of_word = key // parts
        starts = np.flatnonzero(np.diff(of_word, prepend=-1))
        in_document = np.add.reduceat(in_part, starts) if len(starts) else in_part
        in_rest = np.repeat(in_document, np.diff(starts, append=len(key))) - in_part
        shared = np.bincount(key % parts, weights=np.minimum(in_part, in_rest), minlength=parts)
        of_sentence: Places = shared.astype(np.int64)[part[base + sentences.start[mine]]]
        return of_sentence


def _counted(ordered: Places) -> tuple[Places, Places]:
    """Each value of a sorted array, and how often it stands there."""
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    return ordered[starts], np.diff(starts, append=len(ordered))


def _flags(answers: Iterable[object]) -> NDArray[np.bool_]:
    return np.array([bool(answer) for answer in answers])
