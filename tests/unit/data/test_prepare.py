"""From files to a pack: cleaned, without repeats, disjoint, and encoded by a tokenizer that fits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("datasets")

from summae.data.pack import TokenPack
from summae.data.prepare import build_pack
from summae.data.settings import MiningSettings, PackSettings
from summae.data.transforms import model_text
from summae.errors import InputError

pytestmark = pytest.mark.usefixtures("own_dataset_cache")

HEADLINES = [
    ("h1", "2026-03-02", "主场球队3比1获胜（图）"),
    ("h2", "2026-03-02", "颱風今晚登陸東部"),
    ("h3", "2009-03-02", "市图书馆新馆本周六开放"),
    ("h4", "2026-03-02", "颱風今晚登陸東部"),  # a repeat
    ("h5", "2026-03-02", "晴"),  # too short
]


@pytest.fixture
def settings(tmp_path: Path, news: tuple[str, ...]) -> PackSettings:
    documents = [{"id": f"d{n}", "date": "2026-03-01", "document": t} for n, t in enumerate(news)]
    documents += [documents[0] | {"id": "again"}, {"id": "x", "date": "", "document": "太短。"}]
    headlines = [{"id": i, "date": day, "summary": text} for i, day, text in HEADLINES]
    return PackSettings(
        documents=(write(tmp_path / "documents.jsonl", documents),),
        headlines=(write(tmp_path / "headlines.jsonl", headlines),),
        validation=write(tmp_path / "v.jsonl", [{"document": news[3], "summary": "高铁试运行"}]),
        vocabulary_size=700,
        mining=MiningSettings(minimum_coverage=0.5),
    )


def write(path: Path, rows: Sequence[dict[str, str]]) -> str:
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text("".join(lines), encoding="utf-8")
    return str(path)


def decoded(pack: TokenPack, kind: str) -> list[str]:
    ragged = getattr(pack, kind)
    return [pack.vocabulary.decode(ragged[n]) for n in range(len(ragged))]


def test_pack_holds_the_cleaned_texts_once(settings: PackSettings, news: tuple[str, ...]) -> None:
    pack = build_pack(settings)
    assert decoded(pack, "documents") == [model_text(text) for text in news]
    assert decoded(pack, "headlines") == [
        "主场球队3比1获胜",
        "台风今晚登陆东部",
        "市图书馆新馆本周六开放",
    ]
    assert pack.headline_characters.tolist() == [9, 8, 11]
    assert decoded(pack, "validation_documents") == [model_text(news[3])]
    assert pack.validation_summaries == ["高铁试运行"]
    assert (pack.notes["documents"], pack.notes["headlines"]) == (10, 3)


def test_pairs_belong_together(settings: PackSettings) -> None:
    pack = build_pack(settings)
    best: dict[int, int] = {}
    for headline, document in zip(pack.pair_headline, pack.pair_document, strict=True):
        best.setdefault(int(headline), int(document))
    assert best == {0: 4, 1: 8, 2: 1}


def test_preparing_twice_gives_the_same_pack(settings: PackSettings) -> None:
    one, other = build_pack(settings), build_pack(settings)
    assert one.tokenizer_model == other.tokenizer_model
    assert decoded(one, "documents") == decoded(other, "documents")
    assert one.pair_score.tolist() == other.pair_score.tolist()


def test_documents_are_cut_to_their_tokens(settings: PackSettings) -> None:
    pack = build_pack(replace(settings, document_tokens=7))
    assert max(len(pack.documents[n]) for n in range(len(pack.documents))) == 7


def test_old_headlines_can_be_left_out(settings: PackSettings) -> None:
    pack = build_pack(replace(settings, headlines_since="2012-01-01"))
    assert "市图书馆新馆本周六开放" not in decoded(pack, "headlines")
    assert len(pack.headlines) == 2


def test_headline_of_a_training_document_is_refused_or_left_out(
    settings: PackSettings, tmp_path: Path
) -> None:
    rows = [
        {"id": "d1", "date": "", "summary": "市图书馆新馆本周六开放"},
        {"id": "h", "date": "", "summary": "主场球队3比1获胜"},
    ]
    settings = replace(settings, headlines=(write(tmp_path / "own.jsonl", rows),))
    with pytest.raises(InputError, match="1 headlines belong to training documents"):
        build_pack(settings)
    pack = build_pack(replace(settings, drop_shared=True))
    assert decoded(pack, "headlines") == ["主场球队3比1获胜"]


def test_sources_without_a_usable_row_are_named(settings: PackSettings, tmp_path: Path) -> None:
    short = write(tmp_path / "short.jsonl", [{"id": "1", "date": "", "summary": "晴"}])
    with pytest.raises(InputError, match="no usable headline .*short.jsonl"):
        build_pack(replace(settings, headlines=(short,)))
    with pytest.raises(InputError, match="no document of at least 900 characters"):
        build_pack(replace(settings, minimum_characters=900))


def test_progress_names_the_stage(settings: PackSettings) -> None:
    told: list[tuple[str, int, int]] = []
    build_pack(settings, progress=lambda *now: told.append(now))
    assert told[-1] == ("mining", 10, 10)
