"""What `--explain` tells adds up."""

from __future__ import annotations

from pathlib import Path

import pytest

from summae import Summarizer
from summae.inference.explanation import passages_of


@pytest.fixture(scope="module")
def summarizer(tiny_runtime: Path) -> Summarizer:
    return Summarizer.from_pretrained(tiny_runtime, threads=1)


def test_the_summary_is_the_one_that_summarize_gives(
    summarizer: Summarizer, news: tuple[str, ...]
) -> None:
    for text in news[:3]:
        assert summarizer.explain(text).summary == summarizer.summarize([text])[0]


def test_contributions_add_up_to_the_score_and_the_best_true_candidate_is_taken(
    summarizer: Summarizer, news: tuple[str, ...]
) -> None:
    told = summarizer.explain(news[0])
    for one in told.candidates:
        assert sum(one.contributions.values()) == pytest.approx(one.score)
    scores = [one.score for one in told.candidates]
    assert scores == sorted(scores, reverse=True)
    best = next(one for one in told.candidates if not one.unsupported)
    assert best.candidate.text == told.summary.text


def test_the_page_shows_summary_passages_and_candidates(
    summarizer: Summarizer, news: tuple[str, ...]
) -> None:
    told = summarizer.explain(news[0])
    page = str(told)
    assert page.startswith(told.summary.text)
    assert f"{told.summary.source}, confidence" in page
    assert all(passage in page for passage in told.passages)
    assert told.candidates[0].candidate.text in page
    assert "read back" not in page  # this model has no reconstructor


def test_a_document_that_is_its_own_summary_has_no_candidates(summarizer: Summarizer) -> None:
    told = summarizer.explain("今晚有雨")
    assert (told.candidates, told.passages, told.summary.text) == ((), (), "今晚有雨")


def test_passages_are_the_longest_pieces_from_left_to_right() -> None:
    assert passages_of("北方降温 山区有雪", "北方今晚降温，山区有雪。") == ["山区有雪"]
    assert passages_of("北方今晚 山区有雪", "北方今晚降温，山区有雪。") == ["北方今晚", "山区有雪"]
    assert passages_of("", "北方") == []
