"""Can a classifier that nobody played against tell summaries from what people wrote?

The two-sample test of Lopez-Paz & Oquab (2017, https://arxiv.org/abs/1610.06545): who cannot be told
from people better than by guessing writes as they do, as far as the classifier sees.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline

_FOLDS = 5


class ToldApart:
    """A judge in the sense of `summae.evaluation.judges`: logistic regression on characters."""

    name = "told from human headlines"

    def __call__(
        self, summaries: Sequence[str], references: Sequence[str], documents: Sequence[str]
    ) -> NDArray[np.float64]:
        """Share of each summary and its document's human headline that is taken for what it is.

        Both are cut to the shorter one's length, which gives nothing away so, and weighed by runs of
        one to three characters. Each document is judged by a classifier that learned from others.
        """
        classifier = make_pipeline(
            TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True),
            LogisticRegression(C=10.0, max_iter=1000),
        )
        pairs = list(zip(summaries, references, strict=True))
        lengths = [min(len(summary), len(reference)) for summary, reference in pairs]
        texts = [
            text[:n]
            for column in zip(*pairs, strict=True)
            for text, n in zip(column, lengths, strict=True)
        ]
        is_human = np.repeat([False, True], len(summaries))
        places = np.tile(np.arange(len(summaries)), 2)
        guesses = cross_val_predict(
            classifier, texts, is_human, groups=places, cv=GroupKFold(min(_FOLDS, len(summaries)))
        )
        right: NDArray[np.float64] = (guesses == is_human).reshape(2, -1).mean(axis=0)
        return right
