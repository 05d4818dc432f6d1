"""Keeping what the document says: how well it can be told from its summary alone.

The reconstructor learns by teacher forcing; its log-likelihood is the generator's reward. It reads
drawn tokens only, so nothing here passes a gradient to the generator.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from summae.objectives.cross_entropy import cross_entropy
from summae.objectives.loss import Loss
from summae.objectives.settings import ReconstructionTarget
from summae.text.vocabulary import BOS_ID, EOS_ID, PAD_ID

IGNORED = -100
"""Label of padding."""


@dataclass(frozen=True)
class TargetBatch:
    """What the reconstructor reads of its own and has to write next."""

    inputs: Tensor
    """`<s>`, then the target without its last token, padded with 0; int64, (B, U)."""
    labels: Tensor
    """The target, padded with -100; int64, (B, U)."""


def reconstruction_loss(logits: Tensor, labels: Tensor, *, smoothing: float = 0.0) -> Loss:
    """Mean negative log-likelihood of the target in nats a token; weighs as many as it has tokens.

    Args:
        logits: Of the reconstructor, having read the summary, (B, U, V).
        labels: From `reconstruction_targets`, -100 at padding, (B, U).
        smoothing: As in `cross_entropy`.
    """
    return cross_entropy(logits, labels, smoothing=smoothing, ignored=IGNORED)


@torch.no_grad()
def reconstruction_reward(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean log-likelihood of each document's target in nats a token, having read its summary.

    A mean, so that long documents do not outweigh short ones. Its level depends on the document
    more than on the summary: compare summaries of one document, as the self-critical reward does.

    Args:
        logits: Of the reconstructor, (B, U, V).
        labels: -100 at padding, (B, U).

    Returns:
        At most 0, higher is better; 0 for a row without a target; no gradient; (B,).
    """
    real = labels != IGNORED
    scores = logits.float()
    chosen = scores.gather(-1, labels.clamp(min=0)[..., None])[..., 0]  # (B, U)
    log_probs = (chosen - scores.logsumexp(dim=-1)).masked_fill(~real, 0.0)
    return log_probs.sum(dim=1) / real.sum(dim=1).clamp(min=1)


def reconstruction_targets(
    document_ids: Tensor, target: ReconstructionTarget, *, idf: Tensor | None = None
) -> TargetBatch:
    """Choose from documents what is to be recovered.

    `</s>` is part of the target where the document, or its content, ends within it: a target that was
    cut off has none, since its end is the knife's and not the text's.

    Args:
        document_ids: Ids ending in `</s>`, padded with 0, (B, S).
        target: What to keep.
        idf: Of each piece in nats, (V,), from `inverse_document_frequencies`; needed for content.

    Raises:
        ValueError: Content was asked for without `idf`.
    """
    keep = document_ids != PAD_ID
    if target.kind == "content":
        if idf is None:
            raise ValueError(
                "content words are told by their idf and none was given: count it once with "
                "inverse_document_frequencies"
            )
        is_content = idf.to(document_ids.device)[document_ids] >= target.minimum_idf
        keep &= is_content | (document_ids == EOS_ID)
    place = keep.cumsum(dim=1) - 1  # (B, S), where each kept token goes
    if target.kind != "document":
        keep &= place < target.max_tokens
    size = int(keep.sum(dim=1).max())
    row, column = keep.nonzero(as_tuple=True)
    labels = document_ids.new_full((len(document_ids), size), IGNORED)
    labels[row, place[row, column]] = document_ids[row, column]
    read = labels.masked_fill(labels == IGNORED, PAD_ID)
    return TargetBatch(F.pad(read, (1, 0), value=BOS_ID)[:, :-1], labels)


def inverse_document_frequencies(
    documents: Iterable[NDArray[np.integer[Any]]], *, vocab_size: int
) -> NDArray[np.float32]:
    """How rare each piece is: ln((1 + documents) / (1 + documents that have it)) in nats.

    Args:
        documents: Ids of each document, (its length,).
        vocab_size: Pieces of the tokenizer.

    Returns:
        0 for a piece of every document, float32, (V,).
    """
    having = np.zeros(vocab_size, dtype=np.int64)
    count = 0
    for count, ids in enumerate(documents, start=1):  # noqa: B007  (how many there were)
        having[np.unique(ids)] += 1
    return np.log((1 + count) / (1 + having)).astype(np.float32)
