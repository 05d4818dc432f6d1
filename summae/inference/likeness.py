"""How near a text comes to what its document is about, as the default sentence encoder sees it.

The encoder has learned from documents alone, without their headlines, which sentences belong together; a headline's vector
lies near the mean of those of the sentences that it stands for.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np

from summae.inference.encoder_folder import open_encoder_folder
from summae.inference.encoder_runtime import EncoderRuntime, Vectors
from summae.text.script import to_simplified
from summae.text.sentences import split_sentences

_ENCODED = 600
"""Characters of the document whose sentences are encoded."""
_SHORTEST = 4
"""Characters of a sentence that tells something of its document."""
_KEPT = 64
"""Documents whose vectors are kept: each is asked for its candidates and again for its clauses."""


def likeness(texts: Sequence[str], document: str) -> list[float]:
    """Cosine of each text's vector with the mean of those of the document's first sentences.

    Args:
        texts: Encoded together; one without letters or digits is like nothing: 0.
        document: Cleaned; simplified or traditional.
    """
    cosines = [0.0] * len(texts)
    places = [place for place, text in enumerate(texts) if any(map(str.isalnum, text))]
    if places and (whole := _vector(document[:_ENCODED])) is not None:
        vectors = _encoded([texts[place] for place in places])
        for place, cosine in zip(places, vectors @ whole, strict=True):
            cosines[place] = float(cosine)
    return cosines


@lru_cache(_KEPT)
def _vector(document: str) -> Vectors | None:
    sentences = [text for text in split_sentences(document) if len(text) >= _SHORTEST]
    sentences = [text for text in sentences if any(map(str.isalnum, text))]
    if not sentences:
        return None
    mean = _encoded(sentences).mean(axis=0)
    unit: Vectors = mean / max(float(np.linalg.norm(mean)), 1e-9)
    return unit


def _encoded(sentences: Sequence[str]) -> Vectors:
    # They are clean already, which is what takes `SentenceEncoder` the longest.
    texts = [[to_simplified(sentence)] for sentence in sentences]
    return _encoder().encode(texts, len(texts), is_unit_length=True)


@cache
def _encoder() -> EncoderRuntime:
    return EncoderRuntime(open_encoder_folder(None), threads=1)
