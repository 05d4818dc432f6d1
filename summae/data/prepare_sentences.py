"""From texts to a sentence pack: clean, split, hold out the newest, learn the tokenizer, encode.

The only stage that needs the texts themselves; everything after reads the pack.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from summae.data.near_duplicates import KnownStrings
from summae.data.pack import Ragged
from summae.data.sentences_pack import SentencePack
from summae.data.settings import SentencePackSettings
from summae.data.sources import stream_texts
from summae.data.transforms import day_number, model_text
from summae.errors import InputError
from summae.text.sentences import split_sentences
from summae.text.tokenizer import Tokenizer

logger = logging.getLogger(__name__)
Progress = Callable[[str, int, int], None]

_SHORTEST = 4
"""Characters of a sentence; what is shorter is a remnant or an exclamation."""
_KNOWN_SHARE = 0.2
"""A document with so much of its text in held-out documents tells what is asked of them. Two
sentences of ten are enough; of Chinese news it is one document in a hundred."""
_EPOCH = date(1970, 1, 1).toordinal()
_TOKENIZER_LINES = 160_000


@dataclass(frozen=True)
class _Document:
    sentences: Sequence[str]
    set_name: str
    day: int

    @property
    def text(self) -> str:
        return "".join(self.sentences)


def prepare_sentences(settings: SentencePackSettings, progress: Progress | None) -> SentencePack:
    """See `summae.data.sentences_pack.build_sentence_pack`."""
    found = list(_documents(settings))
    if not found:
        raise InputError(
            f"no document of at least {settings.minimum_characters} characters in "
            f"{', '.join(settings.documents)}"
        )
    names = sorted({document.set_name for document in found})
    sets = np.array([names.index(document.set_name) for document in found], dtype=np.int16)
    days = np.array([document.day for document in found], dtype=np.int32)
    held_out = newest(sets, days, settings.held_out_share)
    kept = _without_near_duplicates(found, held_out, progress)
    documents = [found[row] for row in kept]
    if held_out.sum() and not (~held_out[kept]).any():
        raise InputError(
            f"all {len(found) - int(held_out.sum())} documents to learn from nearly repeat one of the "
            f"{int(held_out.sum())} held out: give more varied documents, or data.held_out_share=0"
        )
    logger.info(
        "%d documents, %d held out; %d near-duplicates of these left out",
        *(len(documents), held_out.sum(), len(found) - len(documents)),
    )
    tokenizer = _tokenizer([found[row] for row in kept if not held_out[row]], settings)
    starts = np.zeros(len(documents) + 1, dtype=np.int64)
    np.cumsum([len(document.sentences) for document in documents], out=starts[1:])
    sentences = [sentence for document in documents for sentence in document.sentences]
    return SentencePack(
        sentences=Ragged.of(tokenizer.encode_batch(sentences), limit=settings.sentence_tokens),
        document_starts=starts,
        sets=sets[kept],
        set_names=tuple(names),
        dates=days[kept],
        is_held_out=held_out[kept],
        vocabulary=tokenizer.vocabulary,
        tokenizer_model=tokenizer.serialized,
        notes={
            "documents": len(documents),
            "held_out": int(held_out.sum()),
            "sentences": len(sentences),
            "near_duplicates": len(found) - len(documents),
            "settings": asdict(settings),
        },
    )


def newest(sets: NDArray[np.int16], days: NDArray[np.int32], share: float) -> NDArray[np.bool_]:
    """Mark the newest `share` of each set; of documents of one day, or of none, the last.

    Args:
        sets: Set of each document, (documents,).
        days: Its date, -1 where none is known, (documents,).
        share: Of each set, rounded up, but never all of it; 0 marks none.
    """
    marked = np.zeros(len(sets), dtype=np.bool_)
    for one in np.unique(sets):
        rows = np.flatnonzero(sets == one)
        count = min(int(np.ceil(share * len(rows))), len(rows) - 1)
        by_day = rows[np.argsort(days[rows], kind="stable")]
        marked[by_day[len(rows) - count :]] = True
    return marked


def _documents(settings: SentencePackSettings) -> Iterator[_Document]:
    """Usable documents, each text once."""
    sources, seen = settings.documents, set()
    for row in stream_texts(sources, "document"):
        whole = row["document"] or ""
        text = model_text(whole[: settings.kept_characters])
        if len(text) < settings.minimum_characters or text in seen:
            continue
        seen.add(text)
        sentences = split_sentences(text)
        if len(whole) > settings.kept_characters and len(sentences) > 1:
            sentences.pop()  # cut through
        usable = [s.strip() for s in sentences if len(s.strip()) >= _SHORTEST]
        if usable:
            unnamed = sources[row["source"]] if len(sources) > 1 else ""
            day = day_number(row.get("date"))
            yield _Document(
                usable[: settings.sentences],
                row.get("set") or unnamed,
                max(day - _EPOCH, 0) if day >= 0 else -1,
            )


def _without_near_duplicates(
    documents: Sequence[_Document], held_out: NDArray[np.bool_], progress: Progress | None
) -> list[int]:
    """Rows of the held-out documents and of those others that do not repeat them."""
    pairs = zip(documents, held_out, strict=True)
    known = KnownStrings(document.text for document, is_held_out in pairs if is_held_out)
    kept = []
    for row, document in enumerate(documents):
        if held_out[row] or known.share(document.text) < _KNOWN_SHARE:
            kept.append(row)
        if progress is not None and (row + 1 == len(documents) or row % 1000 == 0):
            progress("near-duplicates", row + 1, len(documents))
    return kept


def _tokenizer(documents: Sequence[_Document], settings: SentencePackSettings) -> Tokenizer:
    if settings.tokenizer:
        return Tokenizer.from_file(settings.tokenizer)
    sentences = [sentence for document in documents for sentence in document.sentences[:3]]
    thinned = sentences[:: max(1, len(sentences) // _TOKENIZER_LINES)]
    return Tokenizer.train(thinned, vocabulary_size=settings.vocabulary_size)
