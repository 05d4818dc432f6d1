"""Keep apart what was learned from and what is judged on: by day, and by what both say in the same words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from summae.evaluation.embeddings.documents import Documents

_GRAM = 8
_SENTENCE = 16
"""Shorter sentences are phrases that everyone uses."""
_SHARED = 0.3
"""Share of a document's 8-grams; formulas of the trade alone stay well below."""


def hold_out(documents: Documents, share: float) -> tuple[Documents, Documents]:
    """Training documents, and the newest of each label to judge on.

    Args:
        documents: Those without a day are never held out.
        share: Wanted share of each label in (0, 1); more where many are of one day, for no day is
            on both sides.
    """
    if not 0 < share < 1:
        raise ValueError(f"share is the held-out part of each label in (0, 1), got {share}.")
    days, labels = np.array(documents.days), np.array(documents.labels)
    is_held_out = np.zeros(len(documents), bool)
    for label in set(documents.labels):
        dated = (labels == label) & (days >= 0)
        if dated.any():
            newest = np.sort(days[dated])[::-1]
            last = newest[max(1, round(share * len(newest))) - 1]
            is_held_out |= dated & (days >= last)
    held_out = documents.take(np.flatnonzero(is_held_out))
    return keep_apart(documents.take(np.flatnonzero(~is_held_out)), held_out), held_out


def keep_apart(training: Documents, held_out: Documents) -> Documents:
    """The training documents that are older than all held-out ones of their label, and say other things.

    Labels are compared each with itself, because sources were collected in different years. A
    document without a day counts as old.
    """
    first_days: dict[str, int] = {}
    for label, day in zip(held_out.labels, held_out.days, strict=True):
        if day >= 0:
            first_days[label] = min(day, first_days.get(label, day))
    repeats = near_duplicates(training.sentences, held_out.sentences)
    return training.take(
        place
        for place, (label, day) in enumerate(zip(training.labels, training.days, strict=True))
        if not repeats[place] and (label not in first_days or day < first_days[label])
    )


def near_duplicates(
    training: Sequence[Sequence[str]], held_out: Sequence[Sequence[str]]
) -> NDArray[np.bool_]:
    """Which training documents repeat held-out ones, (training,).

    Those with a sentence of at least 16 characters in common, or with three tenths of their 8-grams
    of characters in held-out documents.

    Args:
        training: Sentences of each document.
        held_out: The same of those that are judged on.
    """
    sentences = {text for texts in held_out for text in texts if len(text) >= _SENTENCE}
    known = np.unique(np.concatenate([np.empty(0, np.uint64), *map(_grams, held_out)]))
    return np.array([_repeats(texts, sentences, known) for texts in training], dtype=np.bool_)


def _repeats(texts: Sequence[str], sentences: set[str], known: NDArray[np.uint64]) -> bool:
    if not sentences.isdisjoint(texts):
        return True
    grams = np.unique(_grams(texts))
    if not len(grams) or not len(known):
        return False
    found = known[np.minimum(np.searchsorted(known, grams), len(known) - 1)] == grams
    return bool(found.mean() >= _SHARED)


def _grams(texts: Sequence[str]) -> NDArray[np.uint64]:
    """A number for each 8-gram of the texts, as good as unique."""
    text = "".join(texts)
    if len(text) < _GRAM:
        return np.empty(0, np.uint64)
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    count = len(points) - _GRAM + 1
    numbers = np.zeros(count, np.uint64)
    for place in range(_GRAM):
        # Wraps around at 2**64, as it should.
        numbers = numbers * np.uint64(0x9E3779B97F4A7C15) + points[place : place + count]
    return numbers
