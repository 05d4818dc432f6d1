"""Which sentence comes next? One of ten from anywhere asks for the topic, one of five from here for the order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from summae.evaluation.embeddings.documents import Documents
from summae.evaluation.embeddings.ranks import places
from summae.evaluation.embeddings.systems import Score

_QUESTIONS_AT_ONCE = 256


@dataclass(frozen=True)
class Question:
    """A sentence and what may follow it."""

    sentence: str
    candidates: tuple[str, ...]
    """The right one stands first."""


def among_documents(documents: Documents, *, candidates: int = 10, seed: int) -> list[Question]:
    """One question of each document with two sentences; wrong answers from as many other documents.

    Raises:
        ValueError: There are fewer documents than candidates.
    """
    random = np.random.default_rng(seed)
    questions = []
    for number, sentences in enumerate(documents.sentences):
        if len(sentences) < 2:
            continue
        place = int(random.integers(len(sentences) - 1))
        right, wrong = sentences[place + 1], list[str]()
        for other in random.permutation(len(documents)):
            asked = sentences[place : place + 2]
            theirs = [text for text in documents.sentences[other] if text not in asked]
            if other != number and theirs:
                wrong.append(theirs[int(random.integers(len(theirs)))])
            if len(wrong) == candidates - 1:
                break
        else:
            raise ValueError(
                f"{candidates} candidates need as many documents that say different things, got "
                f"{len(documents)}."
            )
        questions.append(Question(sentences[place], (right, *wrong)))
    return questions


def within_document(documents: Documents, *, candidates: int = 5, seed: int) -> list[Question]:
    """One question of each document with a sentence more than candidates; all answers are its own."""
    random = np.random.default_rng(seed)
    questions = []
    for sentences in documents.sentences:
        if len(set(sentences)) <= candidates:
            continue
        place = int(random.integers(len(sentences) - 1))
        asked = sentences[place : place + 2]
        others = [text for text in dict.fromkeys(sentences) if text not in asked]
        wrong = random.choice(len(others), candidates - 1, replace=False)
        questions.append(Question(asked[0], (asked[1], *(others[other] for other in wrong))))
    return questions


def right_answers(score: Score, questions: Sequence[Question]) -> NDArray[np.float64]:
    """1 where the right candidate scores best, its share of the lot where others score the same, (n,)."""
    found = []
    for start in range(0, len(questions), _QUESTIONS_AT_ONCE):
        block = questions[start : start + _QUESTIONS_AT_ONCE]
        pool = dict.fromkeys(text for question in block for text in question.candidates)
        column = {text: place for place, text in enumerate(pool)}
        scores = score([question.sentence for question in block], list(pool))
        columns = np.array([[column[text] for text in one.candidates] for one in block])
        chosen = np.take_along_axis(scores, columns, axis=1)
        found.append(places(chosen, [0] * len(block)).recall(1))
    return np.concatenate([np.empty(0), *found])
