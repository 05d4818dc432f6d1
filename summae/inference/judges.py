"""What a candidate is judged by beside the generator: loaded from the model's folder, if it is there.

All of it is counted from texts that people wrote, documents and headlines apart, by `scripts/train_judges.py`.
A folder without a judge is judged without it: its term is 0 for every candidate.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from summae.text.boundaries import Boundaries
from summae.text.frequencies import BigramIdf
from summae.text.ngrams import NGramModel

FILES = HEADLINES, IDF, BOUNDARIES = "headlines.npz", "idf.npz", "boundaries.json"


@dataclass(frozen=True)
class Judges:
    """Those of one model."""

    headlines: NGramModel | None = None
    """What headlines read like."""
    idf: BigramIdf | None = None
    """How telling each bigram of a document is."""
    boundaries: Boundaries = field(default_factory=Boundaries)
    """How clauses begin and end inside their sentences."""

    @classmethod
    def load(cls, folder: Path) -> Judges:
        """Those that the folder has.

        Raises:
            ModelError: One of them cannot be read.
        """
        headlines, idf, edges = (folder / name for name in (HEADLINES, IDF, BOUNDARIES))
        return cls(
            NGramModel.load(headlines) if headlines.is_file() else None,
            BigramIdf.load(idf) if idf.is_file() else None,
            Boundaries.load(edges) if edges.is_file() else Boundaries(),
        )
