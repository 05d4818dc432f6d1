"""The sample texts keep the promises of data/README.md, on which other tests and the demo rely."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import TypedDict

import pytest

from summae.text.script import Script, detect_script

DATA = Path(__file__).resolve().parents[2] / "data"
NUMBER = re.compile(r"\d+(?:\.\d+)?")


class Item(TypedDict):
    """One line of news.jsonl."""

    id: str
    topic: str
    script: str
    date: str
    event: str | None
    document: str
    summary: str


def read_items() -> list[Item]:
    lines = (DATA / "news.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


ITEMS = read_items()
each_item = pytest.mark.parametrize("item", ITEMS, ids=[item["id"] for item in ITEMS])


def coverage(summary: str, document: str) -> float:
    """Share of the summary's character pairs that the document contains too."""
    pairs = [summary[i : i + 2] for i in range(len(summary) - 1)]
    return sum(pair in document for pair in pairs) / len(pairs)


def test_there_are_sixty_simplified_and_twenty_traditional_items() -> None:
    assert Counter(item["script"] for item in ITEMS) == {"simplified": 60, "traditional": 20}


def test_ids_documents_and_summaries_are_unique() -> None:
    for field in ("id", "document", "summary"):
        assert len({item[field] for item in ITEMS}) == len(ITEMS), field


def test_counts_in_the_notes_are_those_of_the_file() -> None:
    notes = (DATA / "README.md").read_text(encoding="utf-8")
    counts = Counter((item["topic"], item["script"]) for item in ITEMS)
    for topic in {item["topic"] for item in ITEMS}:
        simplified, traditional = counts[topic, "simplified"], counts[topic, "traditional"]
        row = f"| {topic} | {simplified} | {traditional} | {simplified + traditional} |"
        assert row in notes


def test_lengths_in_the_notes_are_those_of_the_file() -> None:
    notes = (DATA / "README.md").read_text(encoding="utf-8")
    documents = [len(item["document"]) for item in ITEMS]
    summaries = [len(item["summary"]) for item in ITEMS]
    document_mean = sum(documents) / len(documents)
    summary_mean = sum(summaries) / len(summaries)
    assert f"{min(documents)} to {max(documents)} characters, {document_mean:.0f} on" in notes
    assert f"{min(summaries)} to {max(summaries)} characters, {summary_mean:.1f} on" in notes


@each_item
def test_item_has_exactly_the_documented_fields(item: Item) -> None:
    assert set(item) == set(Item.__annotations__)
    assert 2025 <= date.fromisoformat(item["date"]).year <= 2026


@each_item
def test_script_label_agrees_with_the_characters(item: Item) -> None:
    assert detect_script(item["document"]).value == item["script"]
    # A short headline may hold no telling character, but never those of the other script.
    assert detect_script(item["summary"]) in (Script(item["script"]), Script.NEUTRAL)


@each_item
def test_lengths_are_those_of_short_news(item: Item) -> None:
    assert 120 <= len(item["document"]) <= 450
    assert 8 <= len(item["summary"]) <= 30
    assert "\n" not in item["document"] + item["summary"]


@each_item
def test_every_number_in_a_summary_stands_in_its_document(item: Item) -> None:
    assert set(NUMBER.findall(item["summary"])) <= set(NUMBER.findall(item["document"]))


@each_item
def test_summary_rephrases_instead_of_copying(item: Item) -> None:
    letters = re.sub(r"\W", "", item["summary"])
    source = re.sub(r"\W", "", item["document"])
    assert letters not in source
    assert not source.startswith(letters[:8])


def test_ten_events_are_reported_twice_within_a_few_days_in_one_script() -> None:
    reports: dict[str, list[Item]] = defaultdict(list)
    for item in ITEMS:
        if item["event"] is not None:
            reports[item["event"]].append(item)
    assert len(reports) == 10
    for event, (first, second) in reports.items():
        days = abs(date.fromisoformat(first["date"]) - date.fromisoformat(second["date"])).days
        assert days <= 3, event
        assert (first["topic"], first["script"]) == (second["topic"], second["script"]), event


@pytest.mark.parametrize(
    "item", [i for i in ITEMS if i["event"]], ids=[i["id"] for i in ITEMS if i["event"]]
)
def test_headline_is_best_covered_by_the_other_report_of_its_event(item: Item) -> None:
    others = [other for other in ITEMS if other["id"] != item["id"]]
    best = max(others, key=lambda other: coverage(item["summary"], other["document"]))
    assert best["event"] == item["event"]


@pytest.mark.parametrize("path", sorted((DATA / "articles").glob("*.txt")), ids=lambda p: p.stem)
def test_article_is_described_in_the_notes(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    notes = (DATA / "README.md").read_text(encoding="utf-8")
    assert f"| `{path.name}` | {detect_script(text).value} | {len(text)} |" in notes


def test_there_are_eight_articles_and_one_is_long() -> None:
    lengths = [len(p.read_text(encoding="utf-8")) for p in (DATA / "articles").glob("*.txt")]
    assert len(lengths) == 8
    assert [length > 1200 for length in lengths].count(True) == 1
