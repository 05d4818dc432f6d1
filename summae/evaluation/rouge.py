"""ROUGE-1, ROUGE-2 and ROUGE-L on Chinese characters or words: counts, not sets, and identical texts score 1
(a single token has no bigram: ROUGE-2 is 0 there).

The usual `rouge-score` tokenizer keeps only `[a-z0-9]`, so two equal Chinese texts score 0 there; its arithmetic
is right, and the tests hold this file to it. It is written anew to need numpy alone where a model is validated
while it trains, and because a longest common subsequence on the bits of one integer is many times faster.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Unit = Literal["character", "word"]

# A run of Latin letters and digits is one token, every other letter or numeral is one by itself; what is
# neither (punctuation, spaces, symbols) is no token. Kept here, not in `text.segment`, because published
# scores depend on it: it may only change together with the signature's `tokenizer` version.
_TOKEN = re.compile(r"[0-9a-z\u00df-\u00f6\u00f8-\u024f\u1e00-\u1eff]+|[^\W_]")
_COUNTED = re.compile(r"[^\W_]")

TOKENIZER_VERSION = "1"
"""Raised whenever equal texts could be cut into other tokens than before."""


@dataclass(frozen=True)
class RougeMean:
    """Mean precision, recall and F1 over all items, each in [0, 1]."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class RougeItems:
    """Precision, recall and F1 of every item, three arrays of shape (items,) in [0, 1]."""

    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]

    @property
    def mean(self) -> RougeMean:
        """Mean over all items, the unmatched and the empty ones included; 0 for no items at all."""
        if not len(self.f1):
            return RougeMean(0.0, 0.0, 0.0)
        return RougeMean(
            float(self.precision.mean()), float(self.recall.mean()), float(self.f1.mean())
        )


@dataclass(frozen=True)
class RougeScores:
    """ROUGE of a system's predictions, item by item."""

    rouge_1: RougeItems
    rouge_2: RougeItems
    rouge_l: RougeItems
    unit: Unit
    empty_predictions: int
    """Predictions without a single token; each scored 0."""

    def __len__(self) -> int:
        return len(self.rouge_1.f1)

    def mean_f1(self) -> dict[str, float]:
        """Mean F1 in [0, 1] under the names `rouge_1`, `rouge_2` and `rouge_l`, as logs want it."""
        return {name: getattr(self, name).mean.f1 for name in ("rouge_1", "rouge_2", "rouge_l")}


def score(
    predictions: Sequence[str], references: Sequence[str], *, unit: Unit = "character"
) -> RougeScores:
    """Score each prediction against the reference that stands at the same place.

    Texts are compared as they are: traditional and simplified forms of a character differ.

    Args:
        predictions: The system's summaries; an empty one scores 0 and is counted.
        references: The human summaries, as many.
        unit: What is counted: `character` (with runs of Latin letters and digits as one) or `word` (jieba).

    Returns:
        Per-item precision, recall and F1 of ROUGE-1, ROUGE-2 and ROUGE-L.

    Raises:
        ValueError: If the numbers of texts differ, or the unit is unknown.
        TypeError: If a single string came instead of a sequence of texts.
        MissingExtraError: If words are wanted and jieba is not installed.
    """
    if isinstance(predictions, str) or isinstance(references, str):
        raise TypeError(
            "predictions and references are sequences of texts, got a single string; wrap it in a list."
        )
    if len(predictions) != len(references):
        raise ValueError(
            f"every prediction needs one reference, got {len(predictions)} predictions "
            f"and {len(references)} references."
        )
    tokenize = tokenizer(unit)
    rows = np.zeros((len(predictions), 3, 3))  # (items, ROUGE-1/2/L, precision/recall/F1)
    empty = 0
    for item, (prediction, reference) in enumerate(zip(predictions, references, strict=True)):
        ours, theirs = tokenize(prediction), tokenize(reference)
        empty += not ours
        rows[item] = _item_scores(ours, theirs)
    rouge_1, rouge_2, rouge_l = (RougeItems(*rows[:, kind].T) for kind in range(3))
    return RougeScores(rouge_1, rouge_2, rouge_l, unit=unit, empty_predictions=empty)


def tokenizer(unit: Unit) -> Callable[[str], list[str]]:
    """The function that cuts a text into the tokens ROUGE counts, after NFKC and lower-casing."""
    if unit == "character":
        return _characters
    if unit == "word":
        return _words()
    raise ValueError(f"unit is 'character' or 'word', got {unit!r}.")


def common_subsequence_length(left: Sequence[str], right: Sequence[str]) -> int:
    """Length of the longest common subsequence of two token sequences.

    One bit stands for one token of `left`, and one addition carries a whole row of the usual table
    (Hyyrö, 2004, "Bit-parallel LCS-length computation revisited").
    """
    places: dict[str, int] = {}
    for place, token in enumerate(left):
        places[token] = places.get(token, 0) | (1 << place)
    everywhere = (1 << len(left)) - 1
    unmatched = everywhere
    for token in right:
        hit = unmatched & places.get(token, 0)
        if hit:
            unmatched = ((unmatched + hit) | (unmatched - hit)) & everywhere
    return len(left) - unmatched.bit_count()


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _characters(text: str) -> list[str]:
    return _TOKEN.findall(_fold(text))


def _words() -> Callable[[str], list[str]]:
    # jieba's dictionary takes a second to load: only for those who count words.
    from summae.text.segment import JiebaSegmenter

    segment = JiebaSegmenter()
    return lambda text: [word for word in segment(_fold(text)) if _COUNTED.search(word)]


def _item_scores(prediction: list[str], reference: list[str]) -> list[tuple[float, float, float]]:
    """(precision, recall, F1) of ROUGE-1, ROUGE-2 and ROUGE-L."""
    prediction_pairs = list(pairwise(prediction))
    reference_pairs = list(pairwise(reference))
    return [
        _ratios(_overlap(prediction, reference), len(prediction), len(reference)),
        _ratios(
            _overlap(prediction_pairs, reference_pairs), len(prediction_pairs), len(reference_pairs)
        ),
        _ratios(common_subsequence_length(reference, prediction), len(prediction), len(reference)),
    ]


def _overlap(prediction: Sequence[object], reference: Sequence[object]) -> int:
    """How many n-grams are shared; one that stands twice in both counts twice, so repetition is not free."""
    left = Counter(reference)
    shared = 0
    for gram in prediction:
        if left[gram] > 0:
            left[gram] -= 1
            shared += 1
    return shared


def _ratios(shared: int, predicted: int, wanted: int) -> tuple[float, float, float]:
    if not shared:
        return 0.0, 0.0, 0.0
    return shared / predicted, shared / wanted, 2 * shared / (predicted + wanted)
