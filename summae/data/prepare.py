"""From texts to a token pack: clean, deduplicate, learn the tokenizer, mine pseudo-pairs, encode.

The only stage that needs the texts themselves; everything after reads the pack.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

import datasets
import numpy as np

from summae.data.mining import mine
from summae.data.pack import Ragged, TokenPack
from summae.data.settings import PackSettings
from summae.data.sources import load_texts
from summae.data.transforms import day_number, is_headline, model_headline, model_text
from summae.data.unpaired import check_disjoint
from summae.errors import InputError
from summae.text.sentences import split_sentences
from summae.text.tokenizer import Tokenizer

logger = logging.getLogger(__name__)
Progress = Callable[[str, int, int], None]


def build_pack(settings: PackSettings, *, progress: Progress | None = None) -> TokenPack:
    """Prepare a training corpus.

    Args:
        settings: Sources and sizes.
        progress: Called with (stage, done, in all).

    Raises:
        InputError: Sources are missing or empty, or documents and headlines share rows.
    """
    documents = _documents(load_texts(settings.documents, "document"), settings)
    headlines = _headlines(load_texts(settings.headlines, "summary"), documents, settings)
    logger.info("%d documents, %d headlines", len(documents), len(headlines))
    texts, titles = list(documents["document"]), list(headlines["summary"])
    tokenizer = _tokenizer(texts, titles, settings)
    pairs = mine(
        texts,
        titles,
        document_days=np.array(documents["day"]),
        headline_days=np.array(headlines["day"]),
        settings=settings.mining,
        progress=_stage(progress, "mining"),
    )
    logger.info("%d pseudo-pairs", len(pairs))
    validation_texts, validation_summaries = _validation(settings)
    limit = settings.document_tokens
    return TokenPack(
        vocabulary=tokenizer.vocabulary,
        tokenizer_model=tokenizer.serialized,
        documents=Ragged.of(tokenizer.encode_batch(texts), limit=limit),
        headlines=Ragged.of(tokenizer.encode_batch(titles)),
        headline_characters=np.array([len(title) for title in titles], dtype=np.uint8),
        headline_source=np.array(headlines["source"], dtype=np.uint8),
        pair_document=pairs.document,
        pair_headline=pairs.headline,
        pair_score=pairs.score,
        validation_documents=Ragged.of(tokenizer.encode_batch(validation_texts), limit=limit),
        validation_summaries=validation_summaries,
        notes={
            "documents": len(texts),
            "headlines": len(titles),
            "pairs": len(pairs),
            "settings": asdict(settings),
        },
    )


def _tokenizer(texts: Sequence[str], titles: Sequence[str], settings: PackSettings) -> Tokenizer:
    if settings.tokenizer:
        return Tokenizer.from_file(settings.tokenizer)
    corpus = _tokenizer_corpus(texts, titles)
    return Tokenizer.train(corpus, vocabulary_size=settings.vocabulary_size)


def _documents(rows: datasets.Dataset, settings: PackSettings) -> datasets.Dataset:
    def clean(row: dict[str, Any]) -> dict[str, Any]:
        return {
            "document": model_text((row["document"] or "")[: settings.kept_characters]),
            "day": day_number(row.get("date")),
        }

    rows = rows.map(clean, desc="cleaning documents")
    rows = _without_repeats(
        rows,
        [i for i, text in enumerate(rows["document"]) if len(text) >= settings.minimum_characters],
        "document",
    )
    if not len(rows):
        raise InputError(
            f"no document of at least {settings.minimum_characters} characters in "
            f"{', '.join(settings.documents)}"
        )
    return rows


def _headlines(
    rows: datasets.Dataset, documents: datasets.Dataset, settings: PackSettings
) -> datasets.Dataset:
    if "id" in rows.column_names and "id" in documents.column_names:
        taken = set(documents["id"])
        if settings.drop_shared:
            rows = rows.select([i for i, name in enumerate(rows["id"]) if name not in taken])
        check_disjoint(taken, rows["id"])
    oldest = day_number(settings.headlines_since)

    def clean(row: dict[str, Any]) -> dict[str, Any]:
        return {
            "summary": model_headline(row["summary"] or ""),
            "day": day_number(row.get("date")),
        }

    if oldest >= 0 and "date" in rows.column_names:
        young = [i for i, d in enumerate(rows["date"]) if day_number(d) >= oldest]
        rows = rows.select(young)
    rows = rows.map(clean, desc="cleaning headlines")
    rows = _without_repeats(
        rows, [i for i, text in enumerate(rows["summary"]) if is_headline(text)], "summary"
    )
    if not len(rows):
        raise InputError(
            f"no usable headline (6 to 40 characters, mostly Chinese) in {', '.join(settings.headlines)}"
        )
    return rows


def _validation(settings: PackSettings) -> tuple[list[str], list[str]]:
    """Cleaned documents and their own headlines, cleaned like the others."""
    if not settings.validation:
        return [], []
    documents = load_texts([settings.validation], "document")["document"]
    summaries = load_texts([settings.validation], "summary")["summary"]
    rows = np.linspace(0, len(documents) - 1, min(settings.validation_rows, len(documents)))
    chosen = [int(row) for row in rows]
    return (
        [model_text((documents[i] or "")[: settings.kept_characters]) for i in chosen],
        [model_headline(summaries[i] or "") for i in chosen],
    )


def _without_repeats(rows: datasets.Dataset, usable: list[int], column: str) -> datasets.Dataset:
    texts, seen, kept = list(rows[column]), set(), []
    for index in usable:
        if texts[index] not in seen:
            seen.add(texts[index])
            kept.append(index)
    return rows.select(kept)


def _tokenizer_corpus(
    texts: Sequence[str], titles: Sequence[str], *, most: int = 160_000
) -> Iterator[str]:
    """Headlines in full and the first sentences of documents, thinned evenly to `most` lines."""
    titles = titles[:: max(1, 2 * len(titles) // most)]
    texts = texts[:: max(1, 6 * len(texts) // most)]
    yield from titles
    for text in texts:
        yield from split_sentences(text)[:3]


def _stage(progress: Progress | None, name: str) -> Callable[[int, int], None] | None:
    return None if progress is None else lambda done, total: progress(name, done, total)
