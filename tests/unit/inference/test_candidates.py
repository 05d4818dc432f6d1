"""Which searches are made for one document, and that all they find and the document's spans are one pool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from summae import Length, Summarizer
from summae.inference.backends.base import Hypothesis
from summae.inference.candidates import Candidate, propose
from summae.inference.options import DecodingOptions
from summae.text.ngrams import NGramModel
from summae.text.vocabulary import OPEN_LENGTH

DOCUMENT = "北方今晚明显降温，山区有小雪。"
FIRST, BOTH = "北方今晚明显降温", "北方今晚明显降温，山区有小雪"
"""The spans of `DOCUMENT`; 山区有小雪 alone is too short to be one."""


class Searching:
    """A backend that remembers what it was asked to begin with; its second search finds -0.2 and -0.3."""

    jobs = 1

    def __init__(self) -> None:
        self.prefixes: list[Sequence[list[str]] | None] = []

    def generate(
        self,
        sources: Sequence[list[str]],
        prefixes: Sequence[list[str]] | None,
        options: DecodingOptions,
    ) -> list[list[Hypothesis]]:
        self.prefixes.append(prefixes)
        count = len(self.prefixes)
        scores = (-0.1 * count, -0.1 * (count + 1))
        return [[Hypothesis(["雨"] * count, score) for score in scores] for _ in sources]


@pytest.mark.parametrize(
    ("options", "length", "begun"),
    [
        ({}, None, [None]),
        ({"open_length": True}, None, [OPEN_LENGTH]),
        ({"shorter": 2}, None, [None]),
        ({}, 10, ["<len_10>"]),
        ({"open_length": True}, 10, ["<len_10>"]),
        ({"shorter": 2}, 10, ["<len_10>", "<len_8>"]),
        ({"shorter": 2, "open_length": True}, 10, ["<len_10>", "<len_8>"]),
    ],
)
def test_a_length_is_searched_for_and_a_shorter_one_beside_it(
    tiny_runtime: Path,
    news: tuple[str, ...],
    options: dict[str, Any],
    length: int | None,
    begun: list[str | None],
) -> None:
    summarizer = Summarizer.from_pretrained(tiny_runtime, threads=1)
    backend = summarizer._backend = Searching()
    wanted = None if length is None else Length.characters(length)
    requests = [summarizer._prepare(text, place, wanted) for place, text in enumerate(news[:3])]
    found = summarizer._search(requests, replace(summarizer.folder.decoding, **options))
    assert backend.prefixes == [start and [[start]] * 3 for start in begun]
    # What each search found stands behind what those before it did.
    expected = [-0.1, -0.2, -0.2, -0.3][: 2 * len(begun)]
    for one in found:
        assert [hypothesis.score for hypothesis in one] == pytest.approx(expected)


def test_where_no_document_needs_a_model_none_is_asked(tiny_runtime: Path) -> None:
    summarizer = Summarizer.from_pretrained(tiny_runtime, threads=1)
    backend = summarizer._backend = Searching()
    assert [summary.text for summary in summarizer.summarize(["今晚有雨", "7"])] == [
        "今晚有雨",
        "7",
    ]
    assert backend.prefixes == []


def pool_of(
    *lines: str,
    with_spans: bool = True,
    headlines: NGramModel | None = None,
    max_characters: int | None = None,
    document: str = DOCUMENT,
) -> list[Candidate]:
    return propose(
        document,
        [Hypothesis(list(line), -0.5) for line in lines],
        decode=lambda hypothesis: "".join(hypothesis.pieces),
        with_spans=with_spans,
        headlines=headlines,
        max_characters=max_characters,
    )


def test_hypotheses_and_then_spans_are_in_the_pool() -> None:
    pool = pool_of("北方降温", "山区降雪")
    assert [(one.text, one.origin) for one in pool] == [
        ("北方降温", "generated"),
        ("山区降雪", "generated"),
        (FIRST, "extracted"),
        (BOTH, "extracted"),
    ]
    assert [one.span and (one.span.start, one.span.end) for one in pool] == [
        *(None, None),
        *((0, 8), (0, 14)),
    ]
    assert not any(one.is_trimmed for one in pool)


def test_a_hypothesis_brings_the_sum_of_its_log_probabilities_and_a_span_none() -> None:
    # The mean of four characters and an end is -0.5: 5 · -0.5.
    assert [one.log_prob for one in pool_of("北方降温")] == [-2.5, None, None]


def test_each_text_is_there_once_and_what_was_written_stays_written() -> None:
    pool = pool_of(FIRST, "北方降温", FIRST)
    assert [(one.text, one.origin) for one in pool] == [
        (FIRST, "generated"),
        ("北方降温", "generated"),
        (BOTH, "extracted"),
    ]


def test_where_spans_are_not_wanted_only_what_was_written_is_there() -> None:
    headlines = NGramModel.train(["气象台：北方降温"] * 3, fewest=(1, 1, 1, 1))
    pool = pool_of(
        "北方降温", with_spans=False, headlines=headlines, document="气象台表示，北方今晚降温。"
    )
    assert [one.text for one in pool] == ["北方降温"]


def test_an_empty_hypothesis_is_no_candidate() -> None:
    assert [one.text for one in pool_of("")] == [FIRST, BOTH]


def test_what_is_too_long_is_cut_and_says_so() -> None:
    pool = pool_of("北方降温", "北方今晚降温，山区降雪", max_characters=9)
    assert [(one.text, one.is_trimmed) for one in pool] == [
        ("北方降温", False),
        ("北方今晚降温", True),  # behind the last clause that fits
        (FIRST, False),  # and cut to it the longer span is the same
    ]


def test_what_is_alike_once_cut_is_there_once() -> None:
    (only,) = pool_of(FIRST, max_characters=4)
    assert (only.text, only.is_trimmed, only.origin) == ("北方今晚", True, "generated")


def test_lines_led_by_a_speaker_come_last_and_only_where_headlines_know_him() -> None:
    document = "气象台今天表示，北方今晚降温。"
    headlines = NGramModel.train(["气象台：北方降温", "气象台：山区有雪"] * 3, fewest=(1, 1, 1, 1))
    spans = ["气象台今天表示", document.rstrip("。"), "北方今晚降温"]
    assert [one.text for one in pool_of(document=document)] == spans
    pool = pool_of(document=document, headlines=headlines)
    assert [one.text for one in pool] == [*spans, "气象台：北方今晚降温"]
    assert pool[-1].origin == "extracted"
    assert pool[-1].span is not None
    assert (pool[-1].span.start, pool[-1].span.end) == (0, len(document))
