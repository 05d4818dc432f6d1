"""Is it worth asking the reconstructor? What its likelihood adds to the other terms, and what it costs."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from scorer.fitting import Readings, cross_fitted, fit, worth
from scorer.pools import Pools
from summae import Summarizer
from summae.evaluation.significance import Interval, interval

_BATCH = 1024


def with_recovery(pools: Pools, summarizer: Summarizer) -> tuple[Pools, float]:
    """The pools with one more term, log-probability of the document given the line, and milliseconds a candidate."""
    assert summarizer.reconstructor is not None
    documents = [pools.pools[place].document for place in pools.document]
    start, found = time.perf_counter(), []
    for first in range(0, len(documents), _BATCH):
        rows = slice(first, first + _BATCH)
        found += summarizer.reconstructor.log_probs(pools.texts[rows], documents[rows])
    spent = 1000 * (time.perf_counter() - start) / len(documents)
    terms = np.column_stack([pools.terms, found])
    return replace(pools, terms=terms), spent


def gain(
    pools: Pools, readings: Readings, fitted: list[int], summarizer: Summarizer
) -> tuple[Interval, float, float]:
    """Points of worth that the term adds, cross-fitted; its weight; milliseconds a candidate."""
    values, _ = worth(pools, readings)
    asked, spent = with_recovery(pools, summarizer)
    term = asked.terms.shape[1] - 1
    before = cross_fitted(pools, values, fitted)
    after = cross_fitted(asked, values, [*fitted, term])
    every = np.arange(len(pools.pools))
    weight = fit(asked, values, every, [*fitted, term])[term]
    change = (values[after] - values[before]) * pools.weight * len(pools.pools)
    return interval(change), float(weight), spent
