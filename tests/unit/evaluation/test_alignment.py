"""Where a summary was copied from."""

from __future__ import annotations

import random

import pytest

from summae.evaluation.alignment import Copy, copied_spans, longest_run


def test_each_run_is_as_long_as_can_be_and_points_to_its_source() -> None:
    #           0 1 2 3 4 5 6 7 8 9 10
    document = "气象台说，台风今晚登陆"
    assert copied_spans("今晚台风登陆", document) == [Copy(0, 2, 7), Copy(2, 4, 5), Copy(4, 6, 9)]
    assert copied_spans("台风今晚来", document) == [Copy(0, 4, 5)]


def test_a_single_character_is_no_copy() -> None:
    assert copied_spans("晚霞", "今晚登陆") == []


def test_script_and_case_make_no_difference() -> None:
    assert copied_spans("颱風NASA", "台风，nasa") == [Copy(0, 2, 0), Copy(2, 6, 3)]


def test_places_count_code_points_beyond_the_basic_plane() -> None:
    assert copied_spans("\U00020000水", "看\U00020000水") == [Copy(0, 2, 1)]


def test_a_longer_run_later_in_the_document_wins() -> None:
    assert copied_spans("冷空气", "冷空，冷空气") == [Copy(0, 3, 3)]


@pytest.mark.parametrize("seed", range(40))
def test_spans_are_equal_texts_and_cannot_grow(seed: int) -> None:
    draw = random.Random(seed)
    summary, document = ("".join(draw.choices("甲乙丙", k=draw.randint(0, 12))) for _ in range(2))
    reached = 0
    for start, end, source in copied_spans(summary, document):
        assert start >= reached
        assert summary[start:end] == document[source : source + end - start]
        assert end == len(summary) or summary[start : end + 1] not in document
        reached = end


@pytest.mark.parametrize("seed", range(40))
def test_longest_run_agrees_with_trying_all(seed: int) -> None:
    draw = random.Random(seed)
    summary, document = ("".join(draw.choices("甲乙丙", k=draw.randint(0, 12))) for _ in range(2))
    pieces = [
        summary[start:end] for start in range(len(summary)) for end in range(len(summary) + 1)
    ]
    expected = max((len(piece) for piece in pieces if piece and piece in document), default=0)
    assert longest_run(summary, document) == expected
