"""Batches made of documents alone: parts that are missing from a text, and the text to write them from.

Three tasks. All read the beginning of a document and write text that a person wrote:

* `span_denoising`: short spans are missing anywhere, and all of the beginning is written (text
  infilling: Lewis et al., 2020, arXiv 1910.13461). The spans alone would cost less, but between
  them marks would have to be written, which a summary must not contain.
* `gap_sentence`: the sentence that has most in common with the rest is missing and is written
  (Zhang et al., 2020, arXiv 1912.08777).
* `next_sentence`: the sentence behind those that are read is written (Wang & Lee, 2018, arXiv
  1810.02851).

What is missing leaves `<unk>` behind, which no text has, as rare characters are spelled in bytes.
`<mask>` would not do: for the decoder, whose embeddings are the encoder's, it stands for an open
length. Without any mark, a text with a gap would look like one that is to be summarised, and a
generator could not tell whether to find a sentence in it or to make one up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import Dataset

from summae.data.batches import Ids, Seq2SeqBatch, collate
from summae.data.headlines import length_ids
from summae.data.order import EpochOrder
from summae.data.pack import Ragged
from summae.data.packed_sentences import Places, SentenceFinder, Sentences
from summae.data.settings import BatchSettings, PretrainingSettings
from summae.errors import InputError
from summae.text.vocabulary import LENGTH_BUCKETS, LENGTH_STEP, OPEN_LENGTH, UNK_ID, Vocabulary

MASK_ID = UNK_ID
"""Stands in a source for whatever is missing there."""


class PretrainingDataset(Dataset[Seq2SeqBatch]):
    """Each usable document once per epoch; batch n is a pure function of n.

    Args:
        documents: Of a pack, held-out ones for example.
        vocabulary: Theirs.
        settings: The task.
        sizes: Of batches, and how much of a document is read.
        num_batches: Batches of the whole run.
        seed: Of everything drawn.

    Raises:
        InputError: No document suits the task.
    """

    def __init__(
        self,
        documents: Ragged,
        vocabulary: Vocabulary,
        settings: PretrainingSettings,
        sizes: BatchSettings,
        *,
        num_batches: int,
        seed: int,
    ) -> None:
        self.documents = documents
        self.settings = settings
        self.num_batches = num_batches
        self.seed = seed
        self._vocabulary = vocabulary
        self._sizes = sizes
        self.examples = _examples(documents, vocabulary, settings, sizes)
        """What is to be written of each usable document."""
        self._order = EpochOrder(
            self.examples.read,
            sizes,
            seed=seed,
            target_lengths=self.examples.stop - self.examples.start,
        )
        self._length_id = _length_ids(vocabulary)

    def __len__(self) -> int:
        return self.num_batches

    def __getitem__(self, number: int) -> Seq2SeqBatch:
        """Batch `number`, counted from 0."""
        return self._batch(self._order.rows(number), np.random.default_rng([self.seed, 2, number]))

    def once(self) -> Iterator[Seq2SeqBatch]:
        """Every example once and always in the same order, for measuring."""
        size, places = self._sizes.batch_size, np.arange(len(self.examples))
        for start in range(0, len(places), size):
            yield self._batch(
                places[start : start + size], np.random.default_rng([self.seed, 3, start])
            )

    def _batch(self, places: Places, draw: np.random.Generator) -> Seq2SeqBatch:
        examples = self.examples
        sources, targets = [], []
        for place in places:
            document = self.documents[examples.row[place]]
            start, stop = int(examples.start[place]), int(examples.stop[place])
            targets.append(document[start:stop])
            sources.append(self._source(document, start, stop, int(examples.read[place]), draw))
        characters = [len(self._vocabulary.decode(target)) for target in targets]
        ids = self._length_id[np.minimum(characters, len(self._length_id) - 1)]
        return collate(sources, targets, ids.tolist())

    def _source(
        self, document: Ids, start: int, stop: int, read: int, draw: np.random.Generator
    ) -> Ids:
        match self.settings.task:
            case "span_denoising":
                return masked(document[:read], *drawn_spans(read, self.settings, draw))
            case "gap_sentence" if draw.random() >= self.settings.kept_share:
                gap = masked(document, np.array([start]), np.array([stop - start]))
                return gap[: self._sizes.source_tokens]
            case "gap_sentence":
                return document[: self._sizes.source_tokens]
            case "next_sentence":
                return document[:read]


def drawn_spans(
    length: int, settings: PretrainingSettings, generator: np.random.Generator
) -> tuple[Places, Places]:
    """Which spans are to be missing from a text of `length` tokens.

    Lengths are Poisson distributed, 0 counted as 1; no two spans touch.

    Returns:
        Tokens left before each span, rising, and tokens in it, both (spans,).
    """
    budget = max(1, round(settings.masked_share * length))
    spans = np.maximum(generator.poisson(settings.span_tokens, size=budget), 1)
    spans = spans[: np.searchsorted(spans.cumsum(), budget) + 1]
    spans[-1] -= spans.sum() - budget
    spans = spans[: length - budget + 1]  # one token between two of them at least
    left = length - int(spans.sum())
    return np.sort(generator.choice(left + 1, size=len(spans), replace=False)), spans


def masked(tokens: Ids, places: Places, spans: Places) -> Ids:
    """The tokens without some spans, one mask in the place of each.

    Args:
        tokens: Ids, (S,).
        places: Tokens left before each span, rising, (spans,).
        spans: Tokens in each, (spans,).
    """
    hidden = np.repeat(places, spans) + np.arange(spans.sum())
    return np.insert(np.delete(tokens, hidden), places, MASK_ID)


@dataclass(frozen=True)
class _Examples:
    """One text to write for each usable document."""

    row: Places
    """The document, rising, (examples,)."""
    start: Places
    stop: Places
    """Where it begins in the document and the place behind it, (examples,)."""
    read: Places
    """Tokens of the source, as nearly as is known before anything is drawn, (examples,)."""

    def __len__(self) -> int:
        return len(self.row)


def _examples(
    documents: Ragged, vocabulary: Vocabulary, settings: PretrainingSettings, sizes: BatchSettings
) -> _Examples:
    lengths, room = np.diff(documents.offsets), sizes.source_tokens
    if settings.task == "span_denoising":
        read = np.minimum(lengths, room)
        row = np.flatnonzero(read > 1)
        found = _Examples(row, np.zeros_like(row), read[row], read[row])
    else:
        finder = SentenceFinder(vocabulary)
        sentences = finder.sentences(documents)
        fits = sentences.stop - sentences.start <= settings.sentence_tokens
        if settings.task == "gap_sentence":
            # It has to be seen where it is kept, and there has to be another one.
            fits &= sentences.stop <= room
            fits &= np.bincount(sentences.document)[sentences.document] > 1
            best = _best(sentences, finder.overlap(documents, sentences), fits)
        else:
            fits &= (sentences.before > 0) & (sentences.before <= room)
            best = _best(sentences, sentences.before, fits)
        row, start, stop = (
            of[best] for of in (sentences.document, sentences.start, sentences.stop)
        )
        left = np.minimum(lengths[row] - (stop - start) + 1, room)
        is_next = settings.task == "next_sentence"
        found = _Examples(row, start, stop, sentences.before[best] if is_next else left)
    if not len(found):
        raise InputError(_none_usable(len(documents), settings, sizes))
    return found


def _best(sentences: Sentences, score: Places, fits: NDArray[np.bool_]) -> Places:
    """The sentence of the highest score of each document that has any that fit; of equals the first."""
    places = np.flatnonzero(fits)
    ranked = places[np.lexsort((-score[places], sentences.document[places]))]
    return ranked[np.diff(sentences.document[ranked], prepend=-1) > 0]


def _none_usable(count: int, settings: PretrainingSettings, sizes: BatchSettings) -> str:
    if settings.task == "span_denoising":
        return f"none of the {count} documents has two tokens: there is nothing to take out"
    return (
        f"pretraining.task {settings.task} needs documents with a second whole sentence, ended by "
        f"。！？, and one of them of at most {settings.sentence_tokens} tokens "
        f"(pretraining.sentence_tokens) within or right after the first {sizes.source_tokens} "
        f"(mixture.source_tokens): none of the {count} documents has them. Make the pack with more "
        "data.document_tokens, or set pretraining.task=span_denoising, which needs no sentences"
    )


def _length_ids(vocabulary: Vocabulary) -> NDArray[np.int64]:
    """Id of the length token for every length; where none is near, that which leaves it open."""
    ids = length_ids(vocabulary)
    near = LENGTH_STEP // 2
    ids[: LENGTH_BUCKETS[0] - near] = vocabulary.ids[OPEN_LENGTH]
    ids[LENGTH_BUCKETS[-1] + near + 1 :] = vocabulary.ids[OPEN_LENGTH]
    return ids
