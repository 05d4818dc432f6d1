"""Classes of rows: nothing lost, nothing twice."""

from __future__ import annotations

import pytest

from summae.evaluation.divisions import by_document_length, by_summary_length, divided


def test_labels_keep_the_order_of_appearance() -> None:
    assert divided(["b", "a", "b"]) == {"b": [0, 2], "a": [1]}


@pytest.mark.parametrize(
    ("length", "title"),
    [
        (0, "0"),
        (1, "1-10"),
        (10, "1-10"),
        (11, "11-15"),
        (30, "26-30"),
        (31, "31-40"),
        (999, "over 200"),
    ],
)
def test_a_bracket_holds_both_its_ends(length: int, title: str) -> None:
    assert by_summary_length(["字" * length]) == {title: [0]}


def test_brackets_come_short_ones_first() -> None:
    assert list(by_summary_length(["字" * 50, "字", "字" * 12])) == ["1-10", "11-15", "41-60"]


@pytest.mark.parametrize("count", [0, 1, 4, 5, 13, 100])
def test_classes_of_documents_are_equally_large_and_hold_each_once(count: int) -> None:
    documents = ["字" * (37 * place % 101 + 1) for place in range(count)]
    classes = by_document_length(documents)
    assert sorted(place for places in classes.values() for place in places) == list(range(count))
    assert all(abs(len(places) - count / 5) < 1 for places in classes.values())


def test_equally_long_documents_are_one_class() -> None:
    assert by_document_length(["晴天"] * 10) == {"2-2": list(range(10))}
