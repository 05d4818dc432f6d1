"""Find the document that a headline was written for among all held-out documents."""

from __future__ import annotations

import numpy as np

from summae.evaluation.embeddings.documents import Documents, document_vectors
from summae.evaluation.embeddings.ranks import Places, places
from summae.evaluation.embeddings.systems import Embed, Score, dense, unit_rows

_HEADLINES_AT_ONCE = 256


def by_vector(embed: Embed, documents: Documents) -> Places:
    """Each document is one vector, the mean of its sentences: what an index of documents would hold."""
    headlines = unit_rows(embed(documents.headlines))
    similarity = dense(headlines @ document_vectors(embed, documents).T)
    return places(similarity, np.arange(len(documents)))


def by_best_sentence(score: Score, documents: Documents) -> Places:
    """Each document counts by that sentence of it which scores best with the headline."""
    sentences, starts = documents.every_sentence, documents.starts[:-1]
    above, tied = [], []
    for start in range(0, len(documents), _HEADLINES_AT_ONCE):
        block = documents.headlines[start : start + _HEADLINES_AT_ONCE]
        best = np.maximum.reduceat(score(block, sentences), starts, axis=1)
        found = places(best, np.arange(start, start + len(block)))
        above.append(found.above)
        tied.append(found.tied)
    return Places(np.concatenate(above), np.concatenate(tied))
