"""The chosen line is read in the document's script, and says who wrote it."""

from __future__ import annotations

import numpy as np
import pytest

from summae.inference.candidates import Candidate
from summae.inference.preparing import Request
from summae.inference.rendering import Summary, render
from summae.inference.reranking import Choice
from summae.inference.scoring import NAMES
from summae.text.script import Script, detect_script, to_simplified

SIMPLIFIED = "北方今晚降温，山区有小雪，气象台提醒市民注意“保暖”。"
TRADITIONAL = "颱風今晚登陸，氣象單位提醒“防災”，多個航班已經取消。"


def request(
    document: str,
    *,
    max_characters: int | None = None,
    pieces: tuple[str, ...] = ("台", "风", "</s>"),
    is_truncated: bool = False,
) -> Request:
    return Request(
        document,
        detect_script(document),
        max_characters,
        list(pieces),
        is_truncated,
        read=to_simplified(document),
    )


def choice(candidate: Candidate, confidence: float = 0.75) -> Choice:
    return Choice(candidate, score=2.0, confidence=confidence, terms=np.zeros(len(NAMES)))


def test_what_was_chosen_is_told_with_what_is_known_of_it() -> None:
    candidate = Candidate("北方今晚降温", "generated", log_prob=-3.0, is_trimmed=True)
    asked = request(SIMPLIFIED, max_characters=6, is_truncated=True)
    assert render(asked, choice(candidate)) == Summary(
        text="北方今晚降温",
        source="generated",
        confidence=0.75,
        script=Script.SIMPLIFIED,
        trimmed=True,
        truncated=True,
        source_tokens=3,
    )


def test_a_span_is_extracted_and_prints_as_its_text() -> None:
    summary = render(request(SIMPLIFIED), choice(Candidate("山区有小雪", "extracted")))
    assert (summary.source, str(summary)) == ("extracted", "山区有小雪")
    assert (summary.trimmed, summary.truncated) == (False, False)


def test_a_traditional_document_gets_traditional_characters_and_quotes() -> None:
    summary = render(request(TRADITIONAL), choice(Candidate("台风登陆提醒“防灾”", "generated")))
    assert (summary.text, summary.script) == ("颱風登陸提醒「防災」", Script.TRADITIONAL)
    nested = render(request(TRADITIONAL), choice(Candidate("提醒‘防灾’", "generated")))
    assert nested.text == "提醒『防災』"


def test_a_simplified_document_keeps_its_quotes() -> None:
    summary = render(request(SIMPLIFIED), choice(Candidate("提醒市民“保暖”", "generated")))
    assert summary.text == "提醒市民“保暖”"


@pytest.mark.parametrize(
    ("document", "text"), [("今晚有“雨”", "今晚有“雨”"), ("颱風來“了”", "颱風來「了」")]
)
def test_a_document_that_is_its_own_summary_is_sure_and_extracted(document: str, text: str) -> None:
    summary = render(request(document, pieces=()), None)
    assert (summary.text, summary.confidence, summary.source) == (text, 1.0, "extracted")
    assert (summary.trimmed, summary.source_tokens) == (False, 0)


def test_a_document_that_is_its_own_summary_keeps_to_the_length() -> None:
    summary = render(request("今晚有雨，带好雨伞。", pieces=(), max_characters=5), None)
    assert (summary.text, summary.trimmed) == ("今晚有雨", True)


@pytest.mark.parametrize(
    ("document", "max_characters", "text"),
    [
        # Of 12 characters at most, where no length is asked for, behind the last clause that fits.
        (SIMPLIFIED, None, "北方今晚降温，山区有小雪"),
        (SIMPLIFIED, 8, "北方今晚降温"),
        (TRADITIONAL, None, "颱風今晚登陸"),
    ],
)
def test_where_nothing_can_be_said_the_beginning_stands_and_nobody_is_sure(
    document: str, max_characters: int | None, text: str
) -> None:
    summary = render(request(document, max_characters=max_characters), None)
    assert (summary.text, summary.confidence, summary.source) == (text, 0.0, "extracted")
    # Only what was cut to a length that somebody asked for was trimmed.
    assert summary.trimmed is (max_characters is not None)
