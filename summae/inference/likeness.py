"""How near a text comes to what its document is about, as the default sentence encoder sees it.

The encoder has learned from documents alone which sentences belong together; a headline's vector lies near
the mean of those of the sentences that it stands for. It is loaded when it is first asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from threading import Lock

import numpy as np

from summae.inference.encoder_folder import open_encoder_folder
from summae.inference.encoder_runtime import EncoderRuntime, Vectors
from summae.text.script import to_simplified
from summae.text.sentences import split_sentences

_ENCODED = 600
"""Characters of the document whose sentences are encoded."""
_LOADING = Lock()
_SHORTEST = 4
"""Characters of a sentence that tells something of its document."""


def likeness(texts: Sequence[str], document: str) -> list[float]:
    """Cosine of each text's vector with the mean of those of the document's first sentences.

    Args:
        texts: Encoded together; one without letters or digits is like nothing: 0.
        document: Cleaned; simplified or traditional.
    """
    cosines = [0.0] * len(texts)
    places = [place for place, text in enumerate(texts) if _says_something(text)]
    sentences = [
        text
        for text in split_sentences(document[:_ENCODED])
        if len(text) >= _SHORTEST and _says_something(text)
    ]
    if places and sentences:
        vectors = _encoded([*sentences, *(texts[place] for place in places)])
        mean = vectors[: len(sentences)].mean(axis=0)
        whole = mean / max(float(np.linalg.norm(mean)), 1e-9)
        for place, cosine in zip(places, vectors[len(sentences) :] @ whole, strict=True):
            cosines[place] = float(cosine)
    return cosines


def _says_something(text: str) -> bool:
    return any(map(str.isalnum, text))


def _encoded(sentences: Sequence[str]) -> Vectors:
    # They are clean already; to clean texts is what takes `SentenceEncoder` the longest.
    texts = [[to_simplified(sentence)] for sentence in sentences]
    return _encoder().encode(texts, len(texts), is_unit_length=True)


def _encoder() -> EncoderRuntime:
    with _LOADING:  # a cache alone would load it once for each thread that comes at the same time
        return _loaded()


@cache
def _loaded() -> EncoderRuntime:
    return EncoderRuntime(open_encoder_folder(None), threads=1)
