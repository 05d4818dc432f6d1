"""Two clouds stay two clouds in the plane, and the page holds both pictures."""

from __future__ import annotations

import re

import numpy as np
import pytest

from summae.evaluation.embeddings.pictures import picture_page, pictures
from summae.evaluation.embeddings.report import Report
from summae.evaluation.embeddings.suite import Judged, Outcome


def test_far_clouds_are_far_in_the_plane_and_on_the_page() -> None:
    random = np.random.default_rng(0)
    vectors = random.normal(size=(48, 6)).astype(np.float32)
    vectors[24:, 2] += 50.0
    labels = ["weather"] * 24 + ["<sport>"] * 24
    drawn = pictures("bag", vectors, labels)
    assert [one.title for one in drawn] == ["bag, PCA", "bag, t-SNE"]
    for one in drawn:
        assert one.points.shape == (48, 2)
        assert one.precision == 1.0  # the ten nearest of 24 in the own cloud
        assert 0.5 < one.trustworthiness <= 1.0
    judged = Judged("bag", {"next": Outcome(np.array([[1.0]]), chance=0.1)}, 1.0)
    text = picture_page(Report([judged], [], "signed"), drawn)
    assert text.count("<circle") == 96
    assert "&lt;sport&gt;" in text
    assert "<sport>" not in text
    assert "<script" not in text
    assert re.search(r"bag, PCA: precision@10 1\.000, trustworthiness 0\.\d{3}", text)


def test_a_picture_needs_ten_neighbours() -> None:
    with pytest.raises(ValueError, match="10 neighbours are asked of 8 texts"):
        pictures("bag", np.random.default_rng(0).normal(size=(8, 3)), list("abababab"))
