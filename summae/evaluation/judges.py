"""What trained models say of summaries: fluency, what they tell of the document, nearness to the human ones.

Every judge is a model that the judged system was not trained with, or its word is worth little.
Importing this file is free: torch and transformers are loaded when a judge is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from summae.errors import InputError
from summae.evaluation.encoders import Encoder, load_model

if TYPE_CHECKING:
    from torch import Tensor

Values = NDArray[np.float64]
_Item = TypeVar("_Item")

_BATCH = 32
_READ = 100
"""Characters of a document that are to be told from its summary: where news say what happened."""


class Judge(Protocol):
    """Gives each summary a number; tables show the mean. A function of one's own will do, too."""

    @property
    def name(self) -> str:
        """What tables call it; with the direction in it, where more is not better."""
        ...

    def __call__(
        self,
        summaries: Sequence[str],
        references: Sequence[str],
        documents: Sequence[str] | None,
        /,
    ) -> Values:
        """One number for each summary, (summaries,)."""
        ...


class Fluency:
    """Log-probability per character under a causal language model, in nats: nearer to 0, more fluent.

    An empty summary is as fluent as the end token alone.

    Args:
        path: A causal language model that transformers loads.

    Raises:
        ModelError: There is no such model, or it is of another kind.
        MissingExtraError: If torch or transformers is not installed.
    """

    name = "log-probability per character"

    def __init__(self, path: str | Path) -> None:
        self._model = load_model(path, "AutoModelForCausalLM")
        self._encoder = Encoder(path, self._model)

    def __call__(self, summaries: Sequence[str], _: object = None, __: object = None, /) -> Values:
        found = []
        for texts in _batches(summaries):
            batch = self._encoder.batch(texts, begins=True)
            logits = self._model(input_ids=batch.ids, attention_mask=batch.mask).logits
            found.append(_log_probability(logits[:, :-1], batch.ids[:, 1:], batch.mask[:, 1:]))
        characters = np.array([max(len(text), 1) for text in summaries])
        values: Values = np.concatenate(found) / characters
        return values


class ReconstructionGain:
    """How much better a reconstructor tells the document from its summary than from an equally long lead.

    In nats per character of the document's beginning; 0 for a lead. A generator and a reconstructor
    that learn together may agree on a code that nobody else reads; an independent one is not taken in.

    Args:
        path: A seq2seq model, summary in and document out, that transformers loads.

    Raises:
        ModelError: There is no such model, or it is of another kind.
        MissingExtraError: If torch or transformers is not installed.
    """

    name = "reconstruction gain over lead"

    def __init__(self, path: str | Path) -> None:
        self._model = load_model(path, "AutoModelForSeq2SeqLM")
        self._encoder = Encoder(path, self._model)

    def __call__(
        self, summaries: Sequence[str], _: object, documents: Sequence[str] | None, /
    ) -> Values:
        if documents is None:
            raise InputError("the reconstruction gain needs the documents; give them, too.")
        leads = [
            document[: len(summary)] for summary, document in zip(summaries, documents, strict=True)
        ]
        targets = [document[:_READ] for document in documents]
        gained = self._told(summaries, targets) - self._told(leads, targets)
        values: Values = gained / np.array([max(len(target), 1) for target in targets])
        return values

    def _told(self, sources: Sequence[str], targets: Sequence[str]) -> Values:
        """Log-probability of each target given its source, in nats."""
        found = []
        for pairs in _batches(list(zip(sources, targets, strict=True))):
            source = self._encoder.batch([text for text, _ in pairs])
            target = self._encoder.batch([text for _, text in pairs])
            labels = target.ids.masked_fill(~target.mask.bool(), -100)
            # Where a document was cut says nothing of its summary: no end token counts.
            text = target.mask.bool() & ~self._encoder.is_special(target.ids)
            logits = self._model(
                input_ids=source.ids, attention_mask=source.mask, labels=labels
            ).logits
            found.append(_log_probability(logits, target.ids, text))
        return np.concatenate(found)


class EmbeddingSimilarity:
    """Cosine between the mean hidden states of a summary and of the human one, in [-1, 1].

    Args:
        path: An encoder that transformers loads.

    Raises:
        ModelError: There is no such model, or it is of another kind.
        MissingExtraError: If torch or transformers is not installed.
    """

    name = "cosine to human"

    def __init__(self, path: str | Path) -> None:
        self._states = _States(path)

    def __call__(
        self, summaries: Sequence[str], references: Sequence[str], _: object = None, /
    ) -> Values:
        found = []
        for pairs in _batches(list(zip(summaries, references, strict=True))):
            ours, theirs = (self._states.mean([pair[side] for pair in pairs]) for side in (0, 1))
            found.append((ours * theirs).sum(dim=1).double().numpy())
        return _without_empty(np.concatenate(found), summaries)


class BertScore:
    """BERTScore F1 (Zhang et al., 2020, https://arxiv.org/abs/1904.09675), in [-1, 1].

    Each token is matched with the most similar one of the other text. Last layer, no idf weights, no
    rescaling: compare systems, not papers.

    Args:
        path: An encoder that transformers loads.

    Raises:
        ModelError: There is no such model, or it is of another kind.
        MissingExtraError: If torch or transformers is not installed.
    """

    name = "BERTScore F1"

    def __init__(self, path: str | Path) -> None:
        self._states = _States(path)

    def __call__(
        self, summaries: Sequence[str], references: Sequence[str], _: object = None, /
    ) -> Values:
        found = []
        for pairs in _batches(list(zip(summaries, references, strict=True))):
            ours = self._states([summary for summary, _ in pairs])
            theirs = self._states([reference for _, reference in pairs])
            found += [_matched(left, right) for left, right in zip(ours, theirs, strict=True)]
        return _without_empty(np.array(found), summaries)


class _States:
    """Hidden states of the last layer, each of length 1, without special tokens."""

    def __init__(self, path: str | Path) -> None:
        self._model = load_model(path, "AutoModel")
        # Of an encoder-decoder, the half that reads.
        if self._model.config.is_encoder_decoder:
            self._model = self._model.get_encoder()
        self._encoder = Encoder(path, self._model)

    def __call__(self, texts: Sequence[str]) -> list[Tensor]:
        """Of each text (tokens, D); an empty one has none."""
        batch = self._encoder.batch(texts)
        states = self._model(input_ids=batch.ids, attention_mask=batch.mask).last_hidden_state
        states = states / states.norm(dim=-1, keepdim=True).clamp_min(1e-12)
        real = batch.mask.bool() & ~self._encoder.is_special(batch.ids)
        return [row[kept] for row, kept in zip(states, real, strict=True)]

    def mean(self, texts: Sequence[str]) -> Tensor:
        """Of each text one vector of length 1, (texts, D); 0 for an empty one."""
        import torch

        means = torch.stack([row.sum(dim=0) for row in self(texts)])
        unit: Tensor = means / means.norm(dim=-1, keepdim=True).clamp_min(1e-12)
        return unit


def _matched(ours: Tensor, theirs: Tensor) -> float:
    """F1 of greedy matching between two texts' states, (tokens, D) each."""
    if not len(ours) or not len(theirs):
        return 0.0
    similarity = ours @ theirs.T
    precision = similarity.max(dim=1).values.mean().item()
    recall = similarity.max(dim=0).values.mean().item()
    return 2 * precision * recall / (precision + recall) if precision + recall > 0 else 0.0


def _without_empty(values: Values, summaries: Sequence[str]) -> Values:
    """0 where there is no summary, whatever the model made of nothing."""
    return np.where([bool(text.strip()) for text in summaries], values, 0.0)


def _log_probability(logits: Tensor, ids: Tensor, mask: Tensor) -> Values:
    """Sum over real tokens of their log-probabilities: logits (B, T, V), ids and mask (B, T)."""
    chosen = logits.float().log_softmax(dim=-1).gather(2, ids.unsqueeze(2)).squeeze(2)
    found: Values = chosen.masked_fill(~mask.bool(), 0.0).sum(dim=1).double().numpy()
    return found


def _batches(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    import torch

    with torch.inference_mode():
        for start in range(0, len(items), _BATCH):
            yield items[start : start + _BATCH]
