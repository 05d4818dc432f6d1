"""From texts to a token pack: clean, deduplicate, learn the tokenizer, mine pseudo-pairs, encode.

The only stage that needs the texts themselves; everything after reads the pack.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import datasets
import numpy as np

from summae.data.mining import Encode, mine
from summae.data.pack import Ragged, TokenPack, TruePairs
from summae.data.settings import PackSettings
from summae.data.sources import OWN_DOCUMENT, load_pairs, load_texts
from summae.data.transforms import day_number, is_headline, model_headline, model_text
from summae.data.unpaired import KnownDocuments, rows_of_others
from summae.errors import ConfigError, InputError
from summae.text.sentences import split_sentences
from summae.text.tokenizer import Tokenizer

logger = logging.getLogger(__name__)
Progress = Callable[[str, int, int], None]


def build_pack(
    settings: PackSettings, *, encode: Encode | None = None, progress: Progress | None = None
) -> TokenPack:
    """Prepare a training corpus.

    Args:
        settings: Sources and sizes.
        encode: What `settings.mining.encoder` names, for mining.
        progress: Called with (stage, done, in all).

    Raises:
        InputError: Sources are missing or empty, or documents and headlines share rows.
    """
    # First what is quickly read: mining takes most of an hour.
    validation_texts, validation_summaries = _validation(settings)
    true_pairs = load_pairs(settings.supervised) if settings.supervised else None
    documents, known = _documents(load_texts(settings.documents, "document"), settings)
    headlines = load_texts(settings.headlines, "summary", own_documents=True)
    headlines = _headlines(headlines, known, settings)
    logger.info("%d documents, %d headlines", len(documents), len(headlines))
    texts, titles = list(documents["document"]), list(headlines["summary"])
    tokenizer = _tokenizer(texts, titles, settings)
    pairs = mine(
        texts,
        titles,
        document_days=np.array(documents["day"]),
        headline_days=np.array(headlines["day"]),
        settings=settings.mining,
        encode=encode,
        progress=_stage(progress, "mining"),
    )
    logger.info("%d pseudo-pairs", len(pairs))
    supervised = None
    if true_pairs is not None:
        supervised = _true_pairs(true_pairs, settings, tokenizer, validation_texts)
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
        validation_headlines=Ragged.of(tokenizer.encode_batch(validation_summaries)),
        notes={
            "documents": len(texts),
            "headlines": len(titles),
            "pairs": len(pairs),
            **({} if supervised is None else {"true_pairs": len(supervised)}),
            "settings": asdict(settings),
        },
        supervised=supervised,
    )


def add_true_pairs(directory: str | Path, settings: PackSettings) -> int:
    """Give a pack that was made without them the true pairs of `settings.supervised`.

    They are encoded by its tokenizer, and nothing else of it changes: recipes with and without true
    pairs are compared on one corpus.

    Args:
        directory: The pack.
        settings: Those that the pack was made with, and where the true pairs are.

    Returns:
        How many there are.

    Raises:
        InputError: There is no such pack, or no usable pair.
    """
    pack = TokenPack.load(directory)
    texts, _ = _validation(settings)
    rows = load_pairs(settings.supervised)
    pairs = _true_pairs(rows, settings, Tokenizer(pack.tokenizer_model), texts)
    pairs.save(directory)
    return len(pairs)


def _tokenizer(texts: Sequence[str], titles: Sequence[str], settings: PackSettings) -> Tokenizer:
    if settings.tokenizer:
        return Tokenizer.from_file(settings.tokenizer)
    corpus = _tokenizer_corpus(texts, titles)
    return Tokenizer.train(
        corpus, vocabulary_size=settings.vocabulary_size, kind=settings.tokenizer_kind
    )


def _documents(
    rows: datasets.Dataset, settings: PackSettings
) -> tuple[datasets.Dataset, KnownDocuments]:
    """Cleaned documents, each text once; and what must own none of the headlines."""

    def clean(row: dict[str, Any]) -> dict[str, Any]:
        return {
            "document": _cleaned(row["document"], settings),
            "day": day_number(row.get("date")),
        }

    rows = rows.map(clean, desc="cleaning documents")
    texts = list(rows["document"])
    usable = [i for i, text in enumerate(texts) if len(text) >= settings.minimum_characters]
    if not usable:
        raise InputError(
            f"no document of at least {settings.minimum_characters} characters in "
            f"{', '.join(settings.documents)}"
        )
    known = KnownDocuments()
    names = list(rows["id"]) if "id" in rows.column_names else [None] * len(texts)
    for i in usable:  # repeats too: each has an id of its own
        known.add(texts[i], names[i])
    return _without_repeats(rows, usable, "document"), known


def _headlines(
    rows: datasets.Dataset, known: KnownDocuments, settings: PackSettings
) -> datasets.Dataset:
    rows = _young(rows, settings)

    def clean(row: dict[str, Any]) -> dict[str, Any]:
        return {
            "summary": model_headline(row["summary"] or ""),
            "day": day_number(row.get("date")),
        }

    others = rows_of_others(known, _owners(rows, settings), drop_shared=settings.drop_shared)
    rows = rows.select(others).remove_columns(OWN_DOCUMENT).map(clean, desc="cleaning headlines")
    rows = _without_repeats(
        rows, [i for i, text in enumerate(rows["summary"]) if is_headline(text)], "summary"
    )
    if not len(rows):
        raise InputError(
            f"no usable headline (6 to 40 characters, mostly Chinese) in {', '.join(settings.headlines)}"
        )
    return rows


def _young(headlines: datasets.Dataset, settings: PackSettings) -> datasets.Dataset:
    """Those of `headlines_since` or later; one without a date may be of any age, and is left out."""
    if not settings.headlines_since:
        return headlines
    oldest = day_number(settings.headlines_since)
    if oldest < 0:
        raise ConfigError(
            f"headlines_since is {settings.headlines_since!r}, not a day: write it as 2012-01-01"
        )
    dates = headlines["date"] if "date" in headlines.column_names else [None] * len(headlines)
    days = [day_number(text) for text in dates]
    if undated := days.count(-1):
        logger.warning(
            "%d of %d headlines have no date and are left out, since data.headlines_since is set",
            undated,
            len(days),
        )
    young = [row for row, day in enumerate(days) if day >= oldest]
    if not young:
        raise InputError(
            f"no headline is dated {settings.headlines_since} or later, {undated} of {len(days)} have no "
            "date at all: give them a column `date`, or leave data.headlines_since out"
        )
    return headlines.select(young)


def _owners(
    headlines: datasets.Dataset, settings: PackSettings
) -> Iterator[tuple[str | None, str | None]]:
    """Id and cleaned text of the document behind each headline, where its source tells them."""
    columns = [name for name in ("id", OWN_DOCUMENT) if name in headlines.column_names]
    for batch in headlines.select_columns(columns).iter(1000):
        texts = (_cleaned(text, settings) if text else None for text in batch[OWN_DOCUMENT])
        yield from zip(batch.get("id", [None] * len(batch[OWN_DOCUMENT])), texts, strict=True)


def _true_pairs(
    rows: datasets.Dataset,
    settings: PackSettings,
    tokenizer: Tokenizer,
    validation_texts: Sequence[str],
) -> TruePairs:
    """Usable documents with their own headlines, each document once and none of the measured ones."""
    measured = KnownDocuments()
    for text in validation_texts:
        measured.add(text)
    found: dict[str, str] = {}
    for document, summary in zip(rows["document"], rows["summary"], strict=True):
        text, title = _cleaned(document, settings), model_headline(summary or "")
        is_usable = len(text) >= settings.minimum_characters and is_headline(title)
        if is_usable and not measured.has(None, text):
            found.setdefault(text, title)
    if not found:
        raise InputError(
            f"no usable pair in {', '.join(settings.supervised)}: documents of at least "
            f"{settings.minimum_characters} characters, headlines of 6 to 40, mostly Chinese"
        )
    logger.info("%d true pairs, kept apart", len(found))
    texts, titles = list(found), list(found.values())
    return TruePairs(
        Ragged.of(tokenizer.encode_batch(texts), limit=settings.document_tokens),
        Ragged.of(tokenizer.encode_batch(titles)),
        np.array([len(title) for title in titles], dtype=np.uint8),
    )


def _validation(settings: PackSettings) -> tuple[list[str], list[str]]:
    """Cleaned documents and their own headlines, cleaned like the others."""
    if not settings.validation:
        return [], []
    pairs = load_pairs([settings.validation])
    rows = np.linspace(0, len(pairs) - 1, min(settings.validation_rows, len(pairs)))
    chosen = pairs.select([int(row) for row in rows])
    return (
        [_cleaned(text, settings) for text in chosen["document"]],
        [model_headline(summary or "") for summary in chosen["summary"]],
    )


def _cleaned(document: str | None, settings: PackSettings) -> str:
    return model_text((document or "")[: settings.kept_characters])


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
