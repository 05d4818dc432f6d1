"""The notation of sources, read, and what is none refused with the form it should have."""

from __future__ import annotations

import pytest

from summae.data.places import Place
from summae.errors import InputError


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("docs.jsonl", Place("docs.jsonl")),
        ("docs.jsonl::body", Place("docs.jsonl", ("body",))),
        ("p.jsonl::body+lede", Place("p.jsonl", ("body", "lede"))),
        ("PART_II.txt?score>=3", Place("PART_II.txt", least={"score": 3.0})),
        ("a.csv::text?score>=-0.5&part=2/3", Place("a.csv", ("text",), {"score": -0.5}, (2, 3))),
        (
            "owner/name?config=zh&split=test&rows=100",
            Place("owner/name", rows=100, config="zh", split="test"),
        ),
    ],
)
def test_a_source_is_taken_apart(source: str, place: Place) -> None:
    assert Place.parse(source) == place


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "is no source"),
        ("a.csv::a+b+c", r"PLACE::DOCUMENT\+SUMMARY"),
        ("a.csv::a+", r"PLACE::DOCUMENT\+SUMMARY"),
        ("a.csv?score>3", "'score>3' .* means nothing.*COLUMN>=NUMBER"),
        ("a.csv?limit=3", "'limit=3' .* means nothing"),
        ("a.csv?rows=many", "rows=many .* write a number"),
        ("a.csv?rows=0", "rows=0 .* write a number"),
        ("a.csv?part=3/2", "part=3/2 .* part=1/2"),
        ("a.csv?part=0/2", "part=0/2 .* part=1/2"),
        ("a.csv?part=half", "part=half .* part=1/2"),
    ],
)
def test_what_means_nothing_is_refused(source: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Place.parse(source)
