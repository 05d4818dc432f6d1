"""Corruption for denoising: a headline torn apart and buried among the words of another document.

Learning to find it again teaches the generator fluent headlines and attention that selects, before
it has seen a single document with a fitting headline.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.uint16]
"""Token ids of one text, (its length,)."""


@dataclass(frozen=True, kw_only=True)
class NoiseSettings:
    """How hard the headline is to recover."""

    drop_share: float = 0.1
    """Share of the headline's tokens that are lost."""
    shuffle_distance: float = 2.0
    """Tokens move at most about so many places."""
    max_pieces: int = 3
    """The headline is torn into at most so many pieces, kept in order."""
    document_share: tuple[float, float] = (0.3, 1.0)
    """How much of the other document is left around it, least and most."""


def bury(
    headline: Ids,
    document: Ids,
    settings: NoiseSettings,
    generator: np.random.Generator,
    *,
    limit: int,
) -> Ids:
    """Hide the tokens of `headline` in `document`.

    Args:
        headline: Ids, (T,).
        document: Ids of a text that has nothing to do with it, (S,).
        settings: How hard.
        generator: Source of all randomness.
        limit: Most tokens of the result; the document gives way, never the headline.

    Returns:
        Ids, at most `limit` of them.
    """
    kept = _shuffled(_dropped(headline, settings, generator), settings, generator)
    share = generator.uniform(*settings.document_share)
    room = max(0, min(int(share * len(document)), limit - len(kept)))
    start = generator.integers(0, len(document) - room + 1)
    surroundings = document[start : start + room]
    num_pieces = int(generator.integers(1, settings.max_pieces + 1))
    tears = np.sort(generator.integers(0, len(kept) + 1, num_pieces - 1))
    places = np.sort(generator.integers(0, len(surroundings) + 1, num_pieces))
    woven: list[Ids] = []
    before = 0
    for piece, place in zip(np.split(kept, tears), places, strict=True):
        woven += [surroundings[before:place], piece]
        before = place
    return np.concatenate([*woven, surroundings[before:]])[:limit]


def _dropped(tokens: Ids, settings: NoiseSettings, generator: np.random.Generator) -> Ids:
    keep = generator.random(len(tokens)) >= settings.drop_share
    return tokens[keep] if keep.any() else tokens


def _shuffled(tokens: Ids, settings: NoiseSettings, generator: np.random.Generator) -> Ids:
    """Local shuffle: sort by place plus uniform noise (Lample et al., 2018, arXiv 1711.00043)."""
    noisy = np.arange(len(tokens)) + generator.uniform(0, settings.shuffle_distance, len(tokens))
    return tokens[np.argsort(noisy, kind="stable")]
