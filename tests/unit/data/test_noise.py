"""A buried headline is still there: nothing of it is lost but what the settings drop."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from summae.data.noise import NoiseSettings, bury

HEADLINE = np.arange(100, 110, dtype=np.uint16)
DOCUMENT = np.arange(50, dtype=np.uint16)


def buried(settings: NoiseSettings, *, seed: int = 0, limit: int = 60) -> list[int]:
    return bury(HEADLINE, DOCUMENT, settings, np.random.default_rng(seed), limit=limit).tolist()


@pytest.mark.parametrize("seed", range(8))
def test_without_loss_every_token_of_the_headline_is_there_once(seed: int) -> None:
    tokens = buried(NoiseSettings(drop_share=0.0), seed=seed)
    assert sorted(t for t in tokens if t >= 100) == HEADLINE.tolist()


@pytest.mark.parametrize("seed", range(8))
def test_surroundings_are_one_stretch_of_the_document(seed: int) -> None:
    around = [t for t in buried(NoiseSettings(), seed=seed) if t < 100]
    assert around == list(range(around[0], around[0] + len(around)))
    assert len(around) >= 0.3 * len(DOCUMENT)


def test_without_shuffling_the_order_stays() -> None:
    # A noise below one place never exchanges two neighbours.
    tokens = buried(NoiseSettings(drop_share=0.0, shuffle_distance=1.0))
    assert [t for t in tokens if t >= 100] == HEADLINE.tolist()


@pytest.mark.parametrize("seed", range(8))
def test_tokens_move_less_than_the_distance(seed: int) -> None:
    tokens = [t for t in buried(NoiseSettings(drop_share=0.0), seed=seed) if t >= 100]
    assert all(abs(place - (token - 100)) < 2 for place, token in enumerate(tokens))


@pytest.mark.parametrize("seed", range(8))
def test_the_document_gives_way_never_the_headline(seed: int) -> None:
    tokens = buried(NoiseSettings(drop_share=0.0, document_share=(1.0, 1.0)), seed=seed, limit=14)
    assert len(tokens) == 14
    assert sum(t >= 100 for t in tokens) == 10


@pytest.mark.parametrize("seed", range(8))
def test_headline_is_torn_into_at_most_so_many_pieces(seed: int) -> None:
    is_headline = [t >= 100 for t in buried(NoiseSettings(max_pieces=2), seed=seed)]
    starts = sum(now and not before for before, now in pairwise([False, *is_headline]))
    assert 1 <= starts <= 2


def test_a_headline_never_vanishes() -> None:
    assert sum(t >= 100 for t in buried(NoiseSettings(drop_share=1.0))) == 10


def test_the_generator_decides_everything() -> None:
    assert buried(NoiseSettings(), seed=3) == buried(NoiseSettings(), seed=3)
    assert buried(NoiseSettings(), seed=3) != buried(NoiseSettings(), seed=4)
