"""Candidates of validation documents of every genre, with their terms and their agreement with people's headlines."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from summae import Summarizer
from summae.evaluation.rouge import score
from summae.inference.scoring import Floats, Pool, terms
from summae.text.facts import unsupported_facts
from summae.text.normalize import normalize
from summae.text.script import to_simplified

GENRES: dict[str, tuple[str, tuple[str, ...], int]] = {
    "news": (
        "pairs-valid.parquet",
        ("cctv_xwlb", "news_beyond_wall", "cna_trad", "qqnews", "baidu_hot"),
        100,
    ),
    "media posts": ("short-pairs-valid.parquet", ("media_weibo",), 300),
    "finance flashes": ("short-pairs-valid.parquet", ("finance_flash",), 300),
    "science": ("other-pairs-valid.parquet", ("science",), 300),
    "technology": ("other-pairs-valid.parquet", ("technology",), 300),
}
"""File, sets, and rows of each set; every genre counts alike, however many rows it has."""
_LEADS = range(6, 46)
"""Characters of leads that are scored."""


@dataclass(frozen=True)
class Row:
    """A validation document."""

    genre: str
    set: str
    row: int
    """In its file."""
    document: str
    reference: str


@dataclass
class Pools:
    """All candidates in one row, document after document."""

    rows: list[Row]
    pools: list[Pool]
    terms: Floats
    """(candidates, terms)."""
    rouge: Floats
    """ROUGE-1, 2 and L × 100 with the human headline, (candidates, 3)."""
    lead: Floats
    """Mean ROUGE-1 × 100 in its genre of a lead as long as the candidate, (candidates,)."""
    is_true: NDArray[np.bool_]
    """No number, Latin word or name is unsupported, (candidates,)."""

    @cached_property
    def texts(self) -> list[str]:
        """The candidates."""
        return [candidate.text for pool in self.pools for candidate in pool.candidates]

    @cached_property
    def characters(self) -> NDArray[np.int64]:
        """Their lengths."""
        return np.array([len(text) for text in self.texts])

    @cached_property
    def is_written(self) -> NDArray[np.bool_]:
        """Whether the generator wrote them."""
        return np.array([c.origin == "generated" for pool in self.pools for c in pool.candidates])

    @cached_property
    def document(self) -> NDArray[np.intp]:
        """Place of each candidate's document."""
        return np.repeat(np.arange(len(self.pools)), [len(p.candidates) for p in self.pools])

    @cached_property
    def places(self) -> NDArray[np.intp]:
        """Of each document, the places of its candidates, filled up with the place behind the last."""
        sizes = [len(pool.candidates) for pool in self.pools]
        starts = np.cumsum([0, *sizes])[:-1]
        found = np.full((len(sizes), max(sizes)), len(self.texts))
        for row, (start, size) in enumerate(zip(starts, sizes, strict=True)):
            found[row, :size] = np.arange(start, start + size)
        return found

    @cached_property
    def weight(self) -> Floats:
        """Of each document, so that all genres count alike."""
        genres = [row.genre for row in self.rows]
        return np.array([1 / genres.count(genre) / len(GENRES) for genre in genres])

    def rows_of(self, genre: str) -> NDArray[np.intp]:
        """Places of its documents."""
        return np.flatnonzero([row.genre == genre for row in self.rows])


def sample(corpora: Path) -> list[Row]:
    """The same rows each time, drawn from every set."""
    rows = []
    for genre, (file, sets, count) in GENRES.items():
        table: dict[str, list[Any]] = pq.read_table(corpora / file).to_pydict()
        for name in sets:
            places = [place for place, one in enumerate(table["set"]) if one == name]
            random.Random(1).shuffle(places)
            rows += [
                Row(genre, name, n, table["document"][n], table["summary"][n])
                for n in places[:count]
            ]
    return rows


def build(summarizer: Summarizer, rows: list[Row]) -> Pools:
    """Search, propose, look."""
    pools = list(summarizer.pools(row.document for row in rows))
    usable = [n for n, pool in enumerate(pools) if pool.candidates]
    rows, pools = [rows[n] for n in usable], [pools[n] for n in usable]
    seen = np.vstack(terms(pools, summarizer.judges))
    references = [to_simplified(normalize(row.reference)) for row in rows]
    rouge = _rouge(
        (candidate.text, reference)
        for pool, reference in zip(pools, references, strict=True)
        for candidate in pool.candidates
    )
    is_true = [not unsupported_facts(c.text, p.document) for p in pools for c in p.candidates]
    lead = _leads(rows, pools, references)
    return Pools(rows, pools, seen, rouge, lead, np.array(is_true))


def name_of(row: Row, text: str) -> tuple[str, int, str]:
    """A line without its words: set, row, and the beginning of its hash."""
    return row.set, row.row, hashlib.sha256(text.encode()).hexdigest()[:12]


def _leads(rows: list[Row], pools: list[Pool], references: list[str]) -> Floats:
    curves: dict[str, dict[int, float]] = {}
    for genre in GENRES:
        chosen = [n for n, row in enumerate(rows) if row.genre == genre]
        curves[genre] = {
            length: float(
                _rouge((pools[n].document[:length], references[n]) for n in chosen)[:, 0].mean()
            )
            for length in _LEADS
        }
    return np.array(
        [
            curves[row.genre][min(_LEADS[-1], max(_LEADS[0], len(candidate.text)))]
            for row, pool in zip(rows, pools, strict=True)
            for candidate in pool.candidates
        ]
    )


def _rouge(pairs: Iterable[tuple[str, str]]) -> Floats:
    texts, references = map(list, zip(*pairs, strict=True))
    found = score(texts, references)
    return 100 * np.stack([found.rouge_1.f1, found.rouge_2.f1, found.rouge_l.f1], axis=1)
