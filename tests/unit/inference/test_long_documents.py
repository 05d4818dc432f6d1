"""The model reads the beginning, and nobody pays for the rest."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from summae.inference.long_documents import choose_source, is_blank, opening
from summae.text.tokenizer import Tokenizer

SENTENCE = "今年首个台风预计将于周五夜间登陆东南沿海。"


def test_a_short_document_is_read_whole() -> None:
    start = opening(f"  {SENTENCE}\n", 128)
    assert (start.text, start.characters, start.is_whole) == (SENTENCE, len(SENTENCE), True)


def test_a_document_of_a_million_characters_costs_milliseconds() -> None:
    document = SENTENCE * (1_000_000 // len(SENTENCE))
    started = time.perf_counter()
    start = opening(document, 128)
    assert time.perf_counter() - started < 0.1
    assert not start.is_whole
    assert document.startswith(start.text)
    assert start.characters == len(document)


def test_white_space_before_and_after_the_document_does_not_count() -> None:
    start = opening("\n" * 100_000 + SENTENCE + " " * 5_000, 128)
    assert (start.text, start.is_whole) == (SENTENCE, True)


def test_text_behind_thousands_of_invisible_characters_is_found() -> None:
    assert opening("\u200b" * 50_000 + SENTENCE, 128).text == SENTENCE


@pytest.mark.parametrize("document", ["", " \n\t　", "\u200b\ufeff", "\x00\x01", "\ud800"])
def test_a_document_without_visible_characters_is_blank(document: str) -> None:
    assert is_blank(document)


@pytest.mark.parametrize("document", ["雨", "7", "😀", "\u200b" * 5_000 + "雨"])
def test_one_visible_character_is_enough(document: str) -> None:
    assert not is_blank(document)


def test_the_source_is_cut_at_the_models_bound(tiny_runtime: Path) -> None:
    tokenizer = Tokenizer.from_dir(tiny_runtime)
    whole = tokenizer.encode_pieces(SENTENCE)
    # One token of the bound is the end token.
    assert choose_source(SENTENCE, tokenizer, len(whole) + 1) == (whole, False)
    assert choose_source(SENTENCE, tokenizer, len(whole)) == (whole[:-1], True)
