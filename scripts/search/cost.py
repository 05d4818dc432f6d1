"""What training costs by formula: floating-point operations of a step, and parameters.

A multiplication and an addition count 2. Counted are products of matrices over real tokens, attention
and the softmax's scores among them; looking up embeddings, normalising and the optimizer are not. A
backward pass costs two forward ones (Kaplan et al., 2020, https://arxiv.org/abs/2001.08361).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from summae.data.batches import Seq2SeqBatch
from summae.data.pack import TokenPack
from summae.errors import ConfigError
from summae.models.shape import GeneratorShape
from summae.recipes.experiment import build_experiment
from summae.recipes.settings import PipelineSettings

Lengths = NDArray[np.int64]


@dataclass(frozen=True)
class Cost:
    """What a run pays for each document, and what it trains."""

    flops_per_document: float
    """Of training, forward and backward, a mean over documents."""
    source_tokens: float
    """Mean tokens read, `</s>` included."""
    target_tokens: float
    """Mean tokens written, length token and `</s>` included."""
    parameters: int
    """That learn; tied ones count once."""


def forward_flops(
    shape: GeneratorShape, *, vocab_size: int, sources: Lengths, targets: Lengths
) -> NDArray[np.float64]:
    """Operations of a forward pass for each document, (documents,).

    Args:
        shape: Of the generator.
        vocab_size: Pieces of the tokenizer, V.
        sources: Tokens of each document, S, (documents,).
        targets: Tokens of each summary, T, (documents,).
    """
    width, inner = shape.width, shape.feed_forward
    read, written = sources.astype(np.float64), targets.astype(np.float64)

    def block(tokens: Any) -> Any:
        """Queries, keys, values and output, attention to one another, and what is fed forward."""
        return 8 * tokens * width**2 + 4 * tokens**2 * width + 4 * tokens * width * inner

    # Queries and output of the summary, keys and values of the document, and attention between them.
    across = 4 * (written + read) * width**2 + 4 * written * read * width
    flops: NDArray[np.float64] = (
        shape.encoder_layers * block(read)
        + shape.decoder_layers * (block(written) + across)
        + 2 * written * width * vocab_size
    )
    return flops


def cost_of(settings: PipelineSettings, pack: TokenPack) -> Cost:
    """Look at one group of a run's batches: sorted by length together, it is a fair sample.

    Raises:
        ConfigError: The recipe does not learn from sources and targets.
    """
    count = settings.mixture.bucket_batches
    sampled = replace(settings, start="", training=replace(settings.training, steps=count))
    experiment = build_experiment(sampled, pack)
    batches: list[Seq2SeqBatch] = [experiment.batches[number] for number in range(count)]
    if not isinstance(batches[0], Seq2SeqBatch):
        raise ConfigError(
            f"the recipe {settings.recipe} does not learn from sources and targets, so its cost "
            "cannot be told"
        )
    sources, targets = (
        np.concatenate([mask.sum(dim=1).numpy() for mask in masks])
        for masks in (
            [batch.source_mask for batch in batches],
            [batch.labels >= 0 for batch in batches],
        )
    )
    forward = forward_flops(
        settings.generator, vocab_size=len(pack.vocabulary), sources=sources, targets=targets
    )
    unit: Any = experiment.unit
    return Cost(
        flops_per_document=3 * passes(settings) * float(forward.mean()),
        source_tokens=float(sources.mean()),
        target_tokens=float(targets.mean()),
        parameters=sum(p.numel() for p in unit.model.parameters() if p.requires_grad),
    )


def passes(settings: PipelineSettings) -> int:
    """How often each document is read in a step: R-Drop reads it twice."""
    return 2 if settings.optimizer.r_drop else 1
