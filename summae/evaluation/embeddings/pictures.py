"""Documents as points in the plane, by PCA and by t-SNE, coloured by label, and a page that shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from summae.errors import needs_extra
from summae.evaluation.embeddings.ranks import label_precision
from summae.evaluation.embeddings.report import Report, tables
from summae.evaluation.embeddings.suite import NEIGHBOURS
from summae.evaluation.embeddings.systems import FEATURE, Vectors
from summae.evaluation.page import frame, table_html
from summae.evaluation.plots import scatter

_PERPLEXITY = 30.0


@dataclass(frozen=True)
class Picture:
    """Points of documents, and how much of the vectors they kept."""

    title: str
    points: NDArray[np.float64]
    """(documents, 2)."""
    labels: Sequence[str]
    precision: float
    """Share of a point's ten nearest that have its label."""
    trustworthiness: float
    """How few of a point's neighbours are strangers to it among the vectors, at most 1 (Venna & Kaski, 2001)."""

    def __str__(self) -> str:
        return (
            f"{self.title}: precision@{NEIGHBOURS} {self.precision:.3f}, "
            f"trustworthiness {self.trustworthiness:.3f}"
        )


def pictures(name: str, vectors: Vectors, labels: Sequence[str], *, seed: int = 0) -> list[Picture]:
    """By PCA, which keeps the widest directions, and by t-SNE, which keeps neighbours (van der Maaten & Hinton, 2008).

    Args:
        name: The embedder's.
        vectors: Dense, (documents, D), of more than twenty documents.
        labels: One for each document.
        seed: Of both methods.
    """
    with needs_extra(FEATURE, "train"):
        from sklearn.decomposition import PCA
        from sklearn.manifold import TSNE
    perplexity = min(_PERPLEXITY, len(labels) / 4)
    methods = {
        "PCA": PCA(2, random_state=seed),
        "t-SNE": TSNE(2, perplexity=perplexity, init="pca", random_state=seed),
    }
    return [
        _picture(f"{name}, {method}", vectors, model.fit_transform(vectors), labels)
        for method, model in methods.items()
    ]


def picture_page(report: Report, pictures: Sequence[Picture]) -> str:
    """One HTML file that needs no network: the tables and the pictures."""
    main, *others = map(table_html, tables(report))
    figures = (scatter(str(picture), picture.points, picture.labels) for picture in pictures)
    body = (
        f"<section>{main}</section>"
        f'<section class="charts">{"".join(figures)}</section>'
        f"<section>{''.join(others)}</section>"
    )
    names = ", ".join(one.name for one in report.judged)
    return frame("Embeddings", names, body, [report.signature])


def _picture(
    title: str, vectors: Vectors, points: NDArray[np.float64], labels: Sequence[str]
) -> Picture:
    from sklearn.manifold import trustworthiness
    from sklearn.metrics import pairwise_distances

    nearness = -pairwise_distances(points.astype(np.float64))
    return Picture(
        title,
        points,
        labels,
        precision=float(label_precision(nearness, labels, NEIGHBOURS).mean()),
        trustworthiness=float(trustworthiness(vectors, points, n_neighbors=NEIGHBOURS)),
    )
