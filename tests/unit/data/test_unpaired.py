"""A headline of a training document is found by id and by text, and refused or left out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from summae.data.unpaired import KnownDocuments, fingerprint, rows_of_others
from summae.errors import InputError

RAIN = "今晚有雨，气象部门提醒市民出门带伞。"


@pytest.fixture
def known() -> KnownDocuments:
    documents = KnownDocuments()
    documents.add(RAIN, "a")
    documents.add("市图书馆新馆本周六开放。")
    return documents


def test_headlines_of_other_texts_pass(known: KnownDocuments) -> None:
    headlines = [("b", "明天有雪，山区道路封闭。"), (None, None), ("", "")]
    assert rows_of_others(known, headlines) == [0, 1, 2]


def test_headline_of_a_document_is_refused_by_id(known: KnownDocuments) -> None:
    with pytest.raises(InputError, match=r"1 headlines belong .*\(id a\).*drop_shared"):
        rows_of_others(known, [("b", None), ("a", None)])


def test_headline_of_a_document_is_refused_by_its_text(known: KnownDocuments) -> None:
    # Another outlet printed the same text under an id of its own, with other punctuation.
    with pytest.raises(InputError, match=r"1 headlines belong .*今晚有雨 气象部门提醒"):
        rows_of_others(known, [("b", "今晚有雨 气象部门提醒市民出门带伞")])


def test_shared_headlines_are_left_out_on_request(known: KnownDocuments) -> None:
    headlines = [("a", None), ("b", None), ("c", RAIN), (None, "别的文章。")]
    assert rows_of_others(known, headlines, drop_shared=True) == [1, 3]


def test_only_three_of_many_are_shown(known: KnownDocuments) -> None:
    with pytest.raises(InputError, match=r"^9 headlines .*\(id a, id a, id a, …\)"):
        rows_of_others(known, [("a", None)] * 9)


def test_headlines_are_read_once_and_lazily(known: KnownDocuments) -> None:
    def stream() -> Iterator[tuple[str, None]]:
        yield from (("b", None) for _ in range(1000))

    assert len(rows_of_others(known, stream())) == 1000


def test_texts_are_compared_by_their_first_sixty_characters() -> None:
    # What an outlet adds at the end makes no other text; a character within the first 60 does.
    text = "雨" * 59
    assert fingerprint(text + "雪。本报讯") == fingerprint(text + "雪")
    assert fingerprint(text + "雪") != fingerprint(text + "风")


def test_texts_without_a_letter_are_no_copies_of_each_other() -> None:
    known = KnownDocuments()
    known.add("…" * 30, "a")
    assert not known.has(None, "！！😀")
    assert known.has("a", "！！😀")
