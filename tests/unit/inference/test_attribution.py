"""Who says it stands in front, and nobody who does not."""

from __future__ import annotations

import pytest

from summae.inference.attribution import attributed
from summae.text.ngrams import NGramModel

HEADLINES = (
    "气象台：北方今晚降温",
    "气象台：山区有雪",
    "市交通局：新增三条公交线路",
    "专家：多喝水",
    "市交通局局长：票价不变",
    "受冷空气影响北方降温",
) * 3


@pytest.fixture(scope="module")
def headlines() -> NGramModel:
    return NGramModel.train(HEADLINES, fewest=(1, 1, 1, 1, 1))


def lines(document: str, headlines: NGramModel) -> list[str]:
    return [text for text, _ in attributed(document, headlines)]


def test_a_speaker_leads_what_is_said(headlines: NGramModel) -> None:
    assert lines("气象台今天上午表示，北方今晚降温，山区有小雪。", headlines) == [
        "气象台：北方今晚降温",
        "气象台：北方今晚降温，山区有小雪",
    ]


def test_the_source_of_a_report_is_a_speaker(headlines: NGramModel) -> None:
    assert lines("据气象台消息，北方今晚降温。", headlines) == ["气象台：北方今晚降温"]


def test_a_circumstance_is_no_speaker(headlines: NGramModel) -> None:
    assert lines("受冷空气影响，北方今晚降温。", headlines) == []


def test_who_is_not_known_to_speak_in_headlines_does_not(headlines: NGramModel) -> None:
    assert lines("他在雨中一边走一边说，北方今晚降温。", headlines) == []


def test_the_end_of_a_sentence_ends_what_is_said(headlines: NGramModel) -> None:
    assert lines("专家提醒，高温天气多喝水。公园今天开放。", headlines) == ["专家：高温天气多喝水"]
    assert lines("气象台今天表示。北方今晚降温。", headlines) == []


def test_the_span_holds_speaker_and_words(headlines: NGramModel) -> None:
    document = "气象台今天表示，北方今晚降温。"
    ((_, span),) = attributed(document, headlines)
    assert document[span.start : span.end] == document
