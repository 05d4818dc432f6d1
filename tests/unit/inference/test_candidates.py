"""Which searches are made for one document, and that all that they find is compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from summae import Length, Summarizer
from summae.inference.backends.base import Hypothesis
from summae.inference.options import DecodingOptions
from summae.text.vocabulary import OPEN_LENGTH


class Searching:
    """A backend that remembers what it was asked to begin with, and writes as many 雨 as searches came before."""

    jobs = 1

    def __init__(self) -> None:
        self.prefixes: list[Sequence[list[str]] | None] = []

    def generate(
        self,
        sources: Sequence[list[str]],
        prefixes: Sequence[list[str]] | None,
        options: DecodingOptions,
    ) -> list[Hypothesis]:
        self.prefixes.append(prefixes)
        count = len(self.prefixes)
        second = Hypothesis(["雨"] * count + ["风"], -0.5 * count)
        return [Hypothesis(["雨"] * count, -0.4 * count, (second,)) for _ in sources]


@pytest.mark.parametrize(
    ("options", "length", "begun"),
    [
        ({}, None, [None]),
        ({"other_lengths": (18, 24)}, None, [None, "<len_18>", "<len_24>"]),
        ({"other_lengths": (18,), "open_length": True}, None, [OPEN_LENGTH, "<len_18>"]),
        ({"other_lengths": (18,), "shorter": 2}, 10, ["<len_10>", "<len_8>"]),
        ({"other_lengths": (18,)}, 10, ["<len_10>"]),
        # Where only one candidate is wanted, there is nothing to choose from.
        ({"other_lengths": (18,), "candidates": 1}, None, [None]),
        ({"shorter": 2, "beam_size": 1}, 10, ["<len_10>"]),
    ],
)
def test_candidates_of_several_lengths_are_searched_for(
    tiny_runtime: Path,
    news: tuple[str, ...],
    options: dict[str, Any],
    length: int | None,
    begun: list[str | None],
) -> None:
    summarizer = Summarizer.from_pretrained(tiny_runtime)
    backend = summarizer._backend = Searching()
    decoding = replace(summarizer.folder.decoding, **{"candidates": 2, **options})
    wanted = None if length is None else Length.characters(length)
    requests = [summarizer._prepare(0, text, wanted) for text in news[:3]]
    found = summarizer._generate(requests, decoding)
    assert backend.prefixes == [start and [[start]] * 3 for start in begun]
    for first in found:
        assert [h.score for h in (first, *first.alternatives)] == [
            pytest.approx(-share * search)
            for search in range(1, len(begun) + 1)
            for share in (0.4, 0.5)
        ]
        assert not any(h.alternatives for h in first.alternatives)
