"""From files to a pack: cleaned, without repeats, disjoint, and encoded by a tokenizer that fits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("datasets")

from summae.data.pack import TokenPack
from summae.data.prepare import add_true_pairs, build_pack
from summae.data.settings import MiningSettings, PackSettings
from summae.data.transforms import model_text
from summae.errors import ConfigError, InputError

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


def test_pieces_can_be_characters(settings: PackSettings, news: tuple[str, ...]) -> None:
    pack = build_pack(replace(settings, tokenizer_kind="character"))
    assert decoded(pack, "documents") == [model_text(text) for text in news]
    spelled = [pack.vocabulary.pieces[token] for token in pack.headlines[0]]
    assert spelled == list("主场球队3比1获胜")


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


def test_old_headlines_are_left_out_beside_a_source_without_dates(
    settings: PackSettings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "undated.txt").write_text("今晚有雨请带伞出门\n", encoding="utf-8")
    sources = (*settings.headlines, str(tmp_path / "undated.txt"))
    pack = build_pack(replace(settings, headlines=sources, headlines_since="2012-01-01"))
    assert len(pack.headlines) == 2
    assert "1 of 6 headlines have no date" in caplog.text


@pytest.mark.parametrize("since", ["2012", "2012/13/41", "new ones"])
def test_what_is_no_day_is_refused(settings: PackSettings, since: str) -> None:
    with pytest.raises(ConfigError, match=f"headlines_since is '{since}', not a day"):
        build_pack(replace(settings, headlines_since=since))


def test_headlines_that_are_all_too_old_are_told_of(settings: PackSettings) -> None:
    with pytest.raises(InputError, match="no headline is dated 2099-01-01 or later"):
        build_pack(replace(settings, headlines_since="2099-01-01"))


def test_headline_of_a_training_document_is_refused_beside_a_source_without_ids(
    settings: PackSettings, tmp_path: Path
) -> None:
    rows = [{"id": "d1", "summary": "市图书馆新馆本周六开放"}]
    (tmp_path / "other.txt").write_text("今晚有雨请带伞出门\n", encoding="utf-8")
    sources = (write(tmp_path / "own.jsonl", rows), str(tmp_path / "other.txt"))
    with pytest.raises(InputError, match="1 headlines belong to training documents"):
        build_pack(replace(settings, headlines=sources))


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


def test_headline_of_a_training_document_under_another_id_is_refused_or_left_out(
    settings: PackSettings, tmp_path: Path, news: tuple[str, ...]
) -> None:
    rows = [
        {"id": "h1", "content": f"  {news[1]}", "title": "市图书馆新馆本周六开放"},
        {"id": "h2", "content": "别处的一场比赛昨晚结束。", "title": "主场球队3比1获胜"},
    ]
    settings = replace(settings, headlines=(write(tmp_path / "own.jsonl", rows),))
    with pytest.raises(InputError, match=r"1 headlines belong .*“市图书馆新馆本周六向读者…”"):
        build_pack(settings)
    pack = build_pack(replace(settings, drop_shared=True))
    assert decoded(pack, "headlines") == ["主场球队3比1获胜"]


def test_a_document_that_repeats_another_counts_by_its_own_id(
    settings: PackSettings, tmp_path: Path
) -> None:
    rows = [{"id": "again", "date": "", "summary": "台风今晚登陆东南"}]
    with pytest.raises(InputError, match=r"id again"):
        build_pack(replace(settings, headlines=(write(tmp_path / "own.jsonl", rows),)))


def test_rows_without_an_id_share_none(settings: PackSettings, tmp_path: Path) -> None:
    documents = [{"id": None, "document": "市图书馆新馆本周六向读者开放，馆内设有三百个座位。"}]
    headlines = [{"id": None, "summary": "主场球队3比1获胜"}]
    pack = build_pack(
        replace(
            settings,
            documents=(write(tmp_path / "d.jsonl", documents),),
            headlines=(write(tmp_path / "h.jsonl", headlines),),
        )
    )
    assert len(pack.headlines) == 1


def test_two_halves_of_one_source_are_disjoint(
    settings: PackSettings, tmp_path: Path, news: tuple[str, ...]
) -> None:
    titles = [f"第{number}条新闻的标题" for number in "一二三四五六七八九十"]
    pairs = [{"id": t, "document": d, "summary": t} for d, t in zip(news, titles, strict=True)]
    source = write(tmp_path / "pairs.jsonl", pairs)
    split = replace(settings, documents=(f"{source}?part=1/2",), headlines=(f"{source}?part=2/2",))
    pack = build_pack(split)
    assert decoded(pack, "documents") == [model_text(text) for text in news[::2]]
    assert decoded(pack, "headlines") == titles[1::2]
    with pytest.raises(InputError, match="10 headlines belong"):
        build_pack(replace(settings, documents=(source,), headlines=(source,)))


@pytest.fixture
def true_pairs(tmp_path: Path, news: tuple[str, ...]) -> str:
    """Four usable pairs of which one is measured on and one a repeat, and two unusable ones."""
    rows = [
        {"document": news[3], "summary": "高铁今天开始试运行"},  # the validation document
        {"document": news[0], "summary": "颱風週五登陸東南沿海（圖）"},
        {"document": news[0], "summary": "渔船尽快回港避风"},
        {"document": news[1], "summary": "新馆周六开放"},
        {"document": news[2], "summary": "晴"},
        {"document": "太短。", "summary": "高原湖泊发现新植物"},
    ]
    return write(tmp_path / "true.jsonl", rows)


def test_true_pairs_lie_apart_and_change_nothing_else(
    settings: PackSettings, true_pairs: str, news: tuple[str, ...]
) -> None:
    without, pack = build_pack(settings), build_pack(replace(settings, supervised=(true_pairs,)))
    assert without.supervised is None
    assert "true_pairs" not in without.notes
    assert pack.supervised is not None
    assert pack.notes["true_pairs"] == len(pack.supervised) == 2
    decode = pack.vocabulary.decode
    pairs = pack.supervised
    assert [decode(pairs.headlines[n]) for n in (0, 1)] == ["台风周五登陆东南沿海", "新馆周六开放"]
    assert [decode(pairs.documents[n]) for n in (0, 1)] == [model_text(t) for t in news[:2]]
    assert pairs.headline_characters.tolist() == [10, 6]
    assert pack.tokenizer_model == without.tokenizer_model
    for kind in ("documents", "headlines"):
        assert decoded(pack, kind) == decoded(without, kind)


def test_true_pairs_can_be_added_to_a_pack(
    settings: PackSettings, true_pairs: str, tmp_path: Path
) -> None:
    with_pairs = replace(settings, supervised=(true_pairs,))
    build_pack(settings).save(tmp_path / "pack")
    assert add_true_pairs(tmp_path / "pack", with_pairs) == 2
    added, built = TokenPack.load(tmp_path / "pack").supervised, build_pack(with_pairs).supervised
    assert added is not None
    assert built is not None
    assert added.documents.tokens.tolist() == built.documents.tokens.tolist()
    assert added.headlines.tokens.tolist() == built.headlines.tokens.tolist()


def test_true_pairs_that_are_all_unusable_are_refused(
    settings: PackSettings, tmp_path: Path
) -> None:
    source = write(tmp_path / "t.jsonl", [{"document": "太短。", "summary": "晴"}])
    with pytest.raises(InputError, match=r"no usable pair in .*t.jsonl"):
        build_pack(replace(settings, supervised=(source,)))


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


def test_a_missing_validation_set_is_told_before_anything_is_mined(settings: PackSettings) -> None:
    stages: list[str] = []
    lost = replace(settings, validation="nowhere.jsonl")
    with pytest.raises(InputError, match=r"nowhere\.jsonl"):
        build_pack(lost, progress=lambda stage, done, total: stages.append(stage))
    assert stages == []
