"""One file, complete in itself, whatever the texts hold."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from summae.evaluation.page import page
from summae.evaluation.runner import evaluate

NASTY = '</script><script>alert("!")</script><img src=https://example.org/x.png>'


class Tags(HTMLParser):
    """Collects tags with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def text() -> str:
    report = evaluate(
        ["今晚有雨", NASTY, ""],
        ["今晚有雨", "晴", "风"],
        ["今晚有雨。", f"明天晴{NASTY}", "大风。"],
        sets=["a", "<b>", "a"],
        name="ours & <others>",
        rankings=(),
    )
    return page(report)


def test_nothing_is_loaded_from_anywhere(text: str) -> None:
    tags = Tags()
    tags.feed(text)
    loading = {
        (tag, name, value)
        for tag, attributes in tags.found
        for name, value in attributes.items()
        if name in ("src", "href", "data", "action", "srcset")
    }
    assert loading == {("link", "href", "data:,")}
    assert "default-src 'none'" in text
    assert "url(" not in text
    assert "@import" not in text


def test_texts_cannot_become_tags(text: str) -> None:
    tags = Tags()
    tags.feed(text)
    names = [tag for tag, _ in tags.found]
    assert names.count("script") == 2
    assert not {"img", "b", "others"} & set(names)


def test_the_rows_come_back_as_they_were(text: str) -> None:
    (rows,) = re.findall(r'id="rows">(.*?)</script>', text, re.DOTALL)
    summaries = [row["summary"] for row in json.loads(rows)]
    assert summaries[0] == "今晚有雨"
    assert "<script>alert(" in summaries[1]


def test_it_says_what_was_reached_and_how_many_said_nothing(text: str) -> None:
    # 100 for the first row, 0 for the others.
    assert "F1 33.3 / 33.3 / 33.3 on 3 rows, 1 of them without a summary" in text
    assert text.count("<figure>") == 4
    assert "rouge:f1|unit:character" in text


def test_without_documents_there_is_a_page_too() -> None:
    text = page(evaluate(["晴"], ["晴"]))
    assert text.count("<figure>") == 0
    assert "F1 100.0 / 0.0 / 100.0 on 1 rows" in text
