"""A model's summaries put the mined pairs of a pack in another order, once, and survive a kill."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sentencepiece")
pytest.importorskip("ctranslate2")
pytest.importorskip("sklearn")

from made_up_writer import Writer, summary

from summae.data.mining import MinedPairs
from summae.data.pack import TokenPack
from summae.data.settings import PackSettings
from summae.errors import InputError, ModelError
from summae.recipes import iterated_mining
from summae.recipes.iterated_mining import quick_writer, rank_again, weighed
from summae.recipes.packing import ensure_pack
from summae.recipes.settings import PipelineSettings


def last_words(folder: Path, *, stop_at: int | None = None) -> Writer:
    """Writes the last characters of what it reads."""
    return Writer(folder, lambda text: summary(text[-20:]), stop_at=stop_at)


def write(monkeypatch: pytest.MonkeyPatch, writer: Writer) -> Writer:
    monkeypatch.setattr(iterated_mining, "quick_writer", lambda model: writer)
    return writer


def mined(scores: list[float]) -> MinedPairs:
    rows = np.arange(len(scores), dtype=np.int32)
    return MinedPairs(rows, rows + 10, np.array(scores, np.float32))


def test_headline_that_says_what_the_model_says_comes_first() -> None:
    headlines = ["新馆周六开放", "球队获胜", "北方降温"]
    pairs = weighed(
        mined([3.0, 2.0, 1.0]), headlines, ["流星雨今晚可见", "球队获胜", "北方多地降温"]
    )
    assert pairs.document.tolist() == [1, 2, 0]
    assert pairs.headline.tolist() == [11, 12, 10]
    # Characters of ROUGE-1: none of seven, all of four, four of four and six.
    assert pairs.score == pytest.approx([2.0 * 1.1, 1.0 * (0.1 + 0.8), 3.0 * 0.1])
    assert pairs.score.dtype == np.float32


def test_pairs_without_difference_keep_their_order() -> None:
    pairs = weighed(mined([2.0, 2.0, 2.0]), ["甲乙"] * 3, ["甲乙"] * 3)
    assert pairs.document.tolist() == [0, 1, 2]


def test_the_pack_has_the_same_pairs_in_another_order(
    saved_pack: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = TokenPack.load(saved_pack)
    writer = write(monkeypatch, last_words(model_folder))
    seen: list[tuple[str, int, int]] = []
    documents = sorted(set(before.pair_document.tolist()))
    assert rank_again(saved_pack, str(model_folder), progress=lambda *at: seen.append(at)) == len(
        documents
    )
    assert seen[-1] == ("writing summaries", len(documents), len(documents))
    assert len(writer.read) == len(documents)
    after = TokenPack.load(saved_pack)
    spell = before.vocabulary.decode
    expected = weighed(
        MinedPairs(before.pair_document, before.pair_headline, before.pair_score),
        [spell(before.headlines[row].tolist()) for row in before.pair_headline],
        [spell(before.documents[row].tolist())[-20:] for row in before.pair_document],
    )
    assert after.pair_document.tolist() == expected.document.tolist()
    assert after.pair_headline.tolist() == expected.headline.tolist()
    assert after.pair_score.tolist() == expected.score.tolist()
    assert after.pair_score.tolist() != before.pair_score.tolist()
    assert after.pairs_ranked_by.rpartition("@")[0] == str(model_folder)
    assert before.pairs_ranked_by == ""
    assert after.headlines.tokens.tolist() == before.headlines.tokens.tolist()
    assert not list(saved_pack.glob("*part*")) + list(saved_pack.glob("*new*"))


def test_a_pack_without_pairs_has_nothing_to_be_ranked(
    tiny_pack: TokenPack, model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    none = np.zeros(0, np.int32)
    bare = replace(
        tiny_pack, pair_document=none, pair_headline=none, pair_score=none.astype(np.float32)
    )
    bare.save(tmp_path / "bare")
    write(monkeypatch, last_words(model_folder))
    assert rank_again(tmp_path / "bare", str(model_folder)) == 0
    assert len(TokenPack.load(tmp_path / "bare").pair_score) == 0


def test_it_goes_on_where_it_was_killed(
    saved_pack: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(monkeypatch, last_words(model_folder, stop_at=1))
    with pytest.raises(KeyboardInterrupt):
        rank_again(saved_pack, str(model_folder))
    untouched = TokenPack.load(saved_pack)
    assert untouched.pairs_ranked_by == ""
    writer = write(monkeypatch, last_words(model_folder))
    documents = rank_again(saved_pack, str(model_folder))
    assert len(writer.read) == documents - 1


def test_a_pack_is_ranked_once_and_by_the_model_that_is_named(
    saved_pack: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = write(monkeypatch, last_words(model_folder))
    settings = PipelineSettings(
        pack=str(saved_pack), data=PackSettings(ranked_by=str(model_folder))
    )
    ensure_pack(settings)
    read, scores = len(writer.read), TokenPack.load(saved_pack).pair_score.tolist()
    ensure_pack(settings)
    assert len(writer.read) == read
    assert TokenPack.load(saved_pack).pair_score.tolist() == scores
    with pytest.raises(InputError, match=r"and data.ranked_by is zh-news: name that one"):
        ensure_pack(PipelineSettings(pack=str(saved_pack), data=PackSettings(ranked_by="zh-news")))


def test_what_another_model_began_is_not_mixed_in(
    saved_pack: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(monkeypatch, last_words(model_folder, stop_at=1))
    with pytest.raises(KeyboardInterrupt):
        rank_again(saved_pack, str(model_folder))
    (model_folder / "weights").write_bytes(b"2")
    with pytest.raises(
        InputError, match=r"is of another model .* in data.ranked_by, or remove the"
    ):
        rank_again(saved_pack, str(model_folder))


def test_a_real_model_writes_its_own_words_and_a_lost_one_is_named(
    saved_pack: Path, tiny_runtime: Path, news: tuple[str, ...]
) -> None:
    writer = quick_writer(str(tiny_runtime))
    origins = {one.origin for pool in writer.pools(news) for one in pool.candidates}
    assert origins == {"generated"}
    assert writer.folder.decoding.beam_size == 2
    assert rank_again(saved_pack, str(tiny_runtime)) > 0
    assert TokenPack.load(saved_pack).pairs_ranked_by.startswith(f"{tiny_runtime}@")
    with pytest.raises(ModelError, match="nowhere"):
        rank_again(saved_pack, "nowhere")
