"""A sentence pack on disk is the one in memory; made from texts, it holds out the newest."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from summae.data.pack import Ragged, TokenPack
from summae.data.sentences_pack import SentencePack, build_sentence_pack
from summae.data.settings import SentencePackSettings
from summae.errors import InputError


def test_saving_and_loading_changes_nothing(tiny_sentences: SentencePack, tmp_path: Path) -> None:
    tiny_sentences.save(tmp_path / "pack")
    loaded = SentencePack.load(tmp_path / "pack")
    for field in fields(SentencePack):
        before, after = getattr(tiny_sentences, field.name), getattr(loaded, field.name)
        if isinstance(before, Ragged):
            np.testing.assert_array_equal(before.tokens, after.tokens, strict=True)
            np.testing.assert_array_equal(before.offsets, after.offsets, strict=True)
        elif isinstance(before, np.ndarray):
            np.testing.assert_array_equal(before, after, strict=True)
        else:
            assert before == after, field.name


@pytest.mark.parametrize("name", ["pack.json", "sentences.npz", "tokenizer.model"])
def test_incomplete_pack_is_refused(
    name: str, tiny_sentences: SentencePack, tmp_path: Path
) -> None:
    tiny_sentences.save(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(InputError, match="no complete sentence pack .* `summae pack`"):
        SentencePack.load(tmp_path)


def test_token_pack_is_no_sentence_pack(tiny_pack: TokenPack, tmp_path: Path) -> None:
    tiny_pack.save(tmp_path)
    with pytest.raises(InputError, match="a pack of kind 'tokens'"):
        SentencePack.load(tmp_path)


@pytest.fixture
def made(news: tuple[str, ...], own_dataset_cache: None, tmp_path: Path) -> SentencePack:
    """Of the news, one a day, in two sets; the second once more, and a near-duplicate of the last."""
    pytest.importorskip("sentencepiece")
    rows: list[dict[str, Any]] = [
        {"document": text, "set": "mainland" if n < 8 else "island", "date": f"2021-03-{n + 1:02}"}
        for n, text in enumerate(news)
    ]
    rows[0]["document"] = "（中央社記者江今葉台北28日電）" + news[0] + "好。"
    rows += [rows[1] | {"date": "2022-01-01"}, {**rows[9], "date": "2020-01-01"}]
    rows[-1]["document"] = news[9] + "園方表示歡迎。"
    rows.append({**rows[2], "document": "太短了。"})
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (tmp_path / "documents.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return build_sentence_pack(
        SentencePackSettings(
            documents=(str(tmp_path / "documents.jsonl"),),
            vocabulary_size=700,
            held_out_share=0.3,
            sentence_tokens=30,
        )
    )


def spelled(pack: SentencePack, document: int) -> list[str]:
    rows = range(*pack.document_starts[document : document + 2])
    return [pack.vocabulary.decode(pack.sentences[row]) for row in rows]


def test_documents_become_sentences_without_datelines_and_remnants(
    made: SentencePack, news: tuple[str, ...]
) -> None:
    # The dateline and the sentence of two characters are gone, the sentence behind is cut to 30 tokens.
    first = spelled(made, 0)
    assert len(first) == 2
    assert news[0].startswith(first[0])
    assert first[1] == "沿海多条航线已经停航。"
    assert spelled(made, 8)[0].startswith("台风今晚将在东部登陆")  # in simplified characters
    assert np.diff(made.sentences.offsets).max() <= 30


def test_newest_of_each_set_are_held_out_and_nothing_repeats_them(made: SentencePack) -> None:
    # 30 % of eight and of three, rounded up: 3 and 1; the one near-duplicate of the latter, though
    # older than all, and the exact repeat are gone.
    assert len(made) == 10
    assert made.set_names == ("island", "mainland")
    assert made.sets.tolist() == [1] * 8 + [0] * 2
    assert np.flatnonzero(made.is_held_out).tolist() == [5, 6, 7, 9]
    assert made.notes["near_duplicates"] == 1
    assert made.dates[0] == (date(2021, 3, 1) - date(1970, 1, 1)).days


def test_texts_without_sets_and_dates_make_one_set(
    news: tuple[str, ...], own_dataset_cache: None, tmp_path: Path
) -> None:
    (tmp_path / "documents.txt").write_text("\n".join(news), encoding="utf-8")
    pack = build_sentence_pack(
        SentencePackSettings(documents=(str(tmp_path / "documents.txt"),), vocabulary_size=700)
    )
    assert pack.set_names == ("",)
    assert (pack.dates == -1).all()
    assert np.flatnonzero(pack.is_held_out).tolist() == [9]  # of documents without a date the last


def test_sources_without_a_usable_document_are_refused(
    own_dataset_cache: None, tmp_path: Path
) -> None:
    (tmp_path / "documents.txt").write_text("短。\n", encoding="utf-8")
    with pytest.raises(InputError, match="no document of at least 24 characters"):
        build_sentence_pack(SentencePackSettings(documents=(str(tmp_path / "documents.txt"),)))
