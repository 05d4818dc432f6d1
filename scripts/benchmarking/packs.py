"""What is trained on: random ids in place of texts, or a token pack without its validation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from summae.data.pack import Ragged, TokenPack, TruePairs
from summae.text.vocabulary import CONTROL_TOKENS, Vocabulary


def random_pack(sources: int = 1, *, documents: int = 4000, pieces: int = 12_000) -> TokenPack:
    """Random ids in place of texts, of the lengths that news and headlines have.

    Log-normal, fitted to 98,000 documents, of which three quarters are longer than the 128 tokens
    that a pack keeps, and to 404,000 headlines of 10 tokens in the mean.

    Args:
        sources: Of headlines.
        documents: How many; there are twice as many headlines.
        pieces: Of the vocabulary.
    """
    draw = np.random.default_rng(0)
    first = 4 + len(CONTROL_TOKENS)
    signs = [chr(0x4E00 + number) for number in range(pieces - first)]
    vocabulary = Vocabulary(("<pad>", "<unk>", "<s>", "</s>", *CONTROL_TOKENS, *signs))

    def texts(count: int, *, median: float, spread: float, shortest: int, longest: int) -> Ragged:
        lengths = draw.lognormal(np.log(median), spread, count).astype(int)
        return Ragged.of(
            [draw.integers(first, pieces, n).tolist() for n in lengths.clip(shortest, longest)]
        )

    news = texts(documents, median=260, spread=1.1, shortest=16, longest=128)
    headlines = texts(2 * documents, median=9, spread=0.42, shortest=4, longest=24)
    return TokenPack(
        vocabulary=vocabulary,
        tokenizer_model=b"",
        documents=news,
        headlines=headlines,
        headline_characters=(1.5 * np.diff(headlines.offsets)).astype(np.uint8),
        headline_source=(np.arange(2 * documents) % sources).astype(np.uint8),
        pair_document=draw.permutation(documents).astype(np.int32),
        pair_headline=draw.permutation(2 * documents)[:documents].astype(np.int32),
        pair_score=np.linspace(2, 1, documents, dtype=np.float32),
        validation_documents=Ragged.of([]),
        validation_summaries=[],
    )


def only_to_learn_from(pack: TokenPack) -> TokenPack:
    """The pack without validation; where there are no true pairs, mined ones, which cost the same."""
    pairs = pack.supervised
    if pairs is None:
        rows = list(zip(pack.pair_document[:4000], pack.pair_headline[:4000], strict=True))
        pairs = TruePairs(
            Ragged.of([pack.documents[document].tolist() for document, _ in rows]),
            Ragged.of([pack.headlines[headline].tolist() for _, headline in rows]),
            pack.headline_characters[[headline for _, headline in rows]],
        )
    return replace(
        pack,
        validation_documents=Ragged.of([]),
        validation_summaries=[],
        validation_headlines=None,
        supervised=pairs,
    )
