"""The scores as others expect them: a metric like those of Hugging Face `evaluate`, and for its trainers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from summae.evaluation.rouge import Unit, score
from summae.evaluation.rows import checked_texts
from summae.evaluation.statistics import measure
from summae.text.normalize import clean_document, normalize


class Decoder(Protocol):
    """The part of a transformers tokenizer that is needed to read what a model wrote."""

    pad_token_id: int | None

    def batch_decode(self, sequences: Any, *, skip_special_tokens: bool) -> list[str]:
        """Texts of rows of ids."""
        ...


def compute(
    predictions: Sequence[str],
    references: Sequence[str],
    documents: Sequence[str] | None = None,
    *,
    unit: Unit = "character",
) -> dict[str, float]:
    """Scores of a system as one flat mapping, without intervals and baselines.

    >>> found = compute(["今晚有雨"], ["今晚大雨"])
    >>> found["rouge_1"], found["empty"], found["mean_length"]
    (0.75, 0.0, 4.0)

    Args:
        predictions: The system's summaries; an empty one scores 0 and is counted.
        references: The human summaries, as many.
        documents: The documents, as many, for what is measured against them.
        unit: What ROUGE counts.

    Returns:
        Mean F1 as `rouge_1`, `rouge_2`, `rouge_l` with `_precision` and `_recall` behind the name for
        those, each in [0, 1], and every field of `Statistics` that could be measured.

    Raises:
        TypeError: If something is not a sequence of texts.
        ValueError: If the numbers of texts differ.
    """
    written = [normalize(text) for text in checked_texts("predictions", predictions)]
    wanted = [normalize(text) for text in checked_texts("references", references)]
    sources = None
    if documents is not None:
        sources = [clean_document(text) for text in checked_texts("documents", documents)]
    scores = score(written, wanted, unit=unit)
    found: dict[str, float] = {}
    for kind, f1 in scores.mean_f1().items():
        mean = getattr(scores, kind).mean
        found |= {kind: f1, f"{kind}_precision": mean.precision, f"{kind}_recall": mean.recall}
    measured = vars(measure(written, sources))
    return found | {name: float(value) for name, value in measured.items() if value is not None}


class Metric:
    """`compute` with the manners of a metric of Hugging Face `evaluate`: add batches, compute once.

    >>> metric = Metric()
    >>> metric.add_batch(predictions=["今晚有雨"], references=["今晚有雨"])
    >>> metric.compute()["rouge_l"]
    1.0
    """

    def __init__(self, *, unit: Unit = "character") -> None:
        self.unit = unit
        self._predictions: list[str] = []
        self._references: list[str] = []

    def add(self, *, prediction: str, reference: str) -> None:
        """Remember one summary with the human one."""
        self.add_batch(predictions=[prediction], references=[reference])

    def add_batch(self, *, predictions: Iterable[str], references: Iterable[str]) -> None:
        """Remember summaries with the human ones, as many.

        Raises:
            TypeError: If something is not a sequence of texts.
            ValueError: If the numbers of texts differ.
        """
        ours = checked_texts("predictions", predictions)
        theirs = checked_texts("references", references)
        if len(ours) != len(theirs):
            raise ValueError(
                f"every prediction needs one reference, got {len(ours)} and {len(theirs)}."
            )
        self._predictions += ours
        self._references += theirs

    def compute(
        self,
        *,
        predictions: Iterable[str] | None = None,
        references: Iterable[str] | None = None,
    ) -> dict[str, float]:
        """Score what was added, and these; then forget it all.

        Returns:
            See `compute` above.

        Raises:
            ValueError: If only one of the two came, or their numbers differ.
        """
        if (predictions is None) != (references is None):
            raise ValueError("predictions and references come together, got only one of them.")
        if predictions is not None and references is not None:
            self.add_batch(predictions=predictions, references=references)
        ours, theirs = self._predictions, self._references
        self._predictions, self._references = [], []
        return compute(ours, theirs, unit=self.unit)

    __call__ = compute


def compute_metrics(
    tokenizer: Decoder, *, unit: Unit = "character"
) -> Callable[[Any], Mapping[str, float]]:
    """Make the argument `compute_metrics` of `transformers.Seq2SeqTrainer`.

    Generated ids are needed: set `predict_with_generate=True`.

    Args:
        tokenizer: Decodes what the model wrote; labels of -100 are its padding.
        unit: What ROUGE counts.

    Returns:
        A function from `transformers.EvalPrediction` to what `compute` returns.
    """

    def scores_of(outcome: Any) -> Mapping[str, float]:
        """Scores of one evaluation."""
        ids, labels = outcome.predictions, outcome.label_ids
        ids = ids[0] if isinstance(ids, tuple) else ids
        if np.ndim(ids) != 2:
            raise ValueError(
                f"ids of generated tokens (B, T) are needed, got an array of shape {np.shape(ids)}; "
                "set predict_with_generate=True in Seq2SeqTrainingArguments."
            )
        if np.ndim(labels) != 2:
            raise ValueError(
                f"labels (B, T) are needed to score against, got an array of shape "
                f"{np.shape(labels)}; does the evaluation set have them?"
            )
        return compute(_texts(tokenizer, ids), _texts(tokenizer, labels), unit=unit)

    return scores_of


def _texts(tokenizer: Decoder, ids: Any) -> list[str]:
    pad = 0 if tokenizer.pad_token_id is None else tokenizer.pad_token_id
    return tokenizer.batch_decode(np.where(ids < 0, pad, ids), skip_special_tokens=True)
