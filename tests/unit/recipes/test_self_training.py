"""What a model writes for the documents of a pack is kept where it is good, and its work survives a kill."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("sentencepiece")
pytest.importorskip("ctranslate2")

from made_up_writer import Writer, summary

from summae.data.pack import TokenPack
from summae.data.settings import MixtureSettings, PackSettings
from summae.errors import InputError, ModelError
from summae.recipes import self_training
from summae.recipes.experiment import check_experiment
from summae.recipes.packing import ensure_pack
from summae.recipes.self_training import add_written
from summae.recipes.settings import PipelineSettings

SUMMARIES = (
    summary("首个台风预计周五夜间登陆东南沿海"),
    summary("市图书馆新馆向读者开放", source="extracted"),  # is as good
    summary("新的植物"),  # no headline
    summary("高速铁路全程只需要59分钟"),  # invented
    summary("主场作战的球队以3比1获胜LG"),  # so is a name
    summary("北方多地气温下降超过10度"),
    summary("睡眠质量更好睡眠质量更好"),  # repeats itself
    summary("天文爱好者今晚可以看到流星雨", tokens=0),  # a copied document
)
KEPT = (0, 1, 5)


STARTS = (
    "今年首个",
    "市图书馆",
    "研究人员",
    "连接两座",
    "在昨晚结",
    "受冷空气",
    "一项新的",
    "天文爱好",
)


def teacher(folder: Path, *, stop_at: int | None = None) -> Writer:
    """Writes `SUMMARIES`."""
    by_start = dict(zip(STARTS, SUMMARIES, strict=True))
    return Writer(folder, lambda text: by_start[text[:4]], stop_at=stop_at)


def teach(monkeypatch: pytest.MonkeyPatch, writer: Writer) -> Writer:
    monkeypatch.setattr(self_training.Summarizer, "from_pretrained", lambda model: writer)
    return writer


def check_kept(saved_pack: Path, model_folder: Path) -> None:
    written = TokenPack.load(saved_pack).written
    assert written is not None
    assert written.document.tolist() == list(KEPT)
    spell = TokenPack.load(saved_pack).vocabulary.decode
    assert [spell(written.summaries[n].tolist()) for n in range(len(written))] == [
        SUMMARIES[row].text for row in KEPT
    ]
    assert written.characters.tolist() == [len(SUMMARIES[row].text) for row in KEPT]
    assert written.score.tolist() == [0.75] * len(KEPT)  # confidence
    assert written.model.rpartition("@")[0] == str(model_folder)


def test_what_is_sure_and_without_fault_is_kept(
    saved_pack: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    teach(monkeypatch, teacher(model_folder))
    seen: list[tuple[str, int, int]] = []
    kept = add_written(saved_pack, str(model_folder), progress=lambda *at: seen.append(at))
    assert kept == len(KEPT)
    check_kept(saved_pack, model_folder)
    assert seen == [("writing summaries", n, 8) for n in range(1, 9)]
    assert sorted(file.name for file in saved_pack.glob("written*")) == ["written.npz"]


def test_it_goes_on_where_it_was_killed(
    saved_pack: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    teach(monkeypatch, teacher(model_folder, stop_at=3))
    with pytest.raises(KeyboardInterrupt):
        add_written(saved_pack, str(model_folder))
    part = saved_pack / "written.part.jsonl"
    lines = part.read_text("utf-8").splitlines()
    assert len(lines) == 4
    # Killed in the middle of a line.
    part.write_text("\n".join(lines)[:-2], encoding="utf-8")
    writer = teach(monkeypatch, teacher(model_folder))
    assert add_written(saved_pack, str(model_folder)) == len(KEPT)
    assert len(writer.read) == 6
    check_kept(saved_pack, model_folder)


def test_what_another_model_began_is_not_mixed_in(
    saved_pack: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    teach(monkeypatch, teacher(model_folder, stop_at=3))
    with pytest.raises(KeyboardInterrupt):
        add_written(saved_pack, str(model_folder))
    (model_folder / "weights").write_bytes(b"2")
    with pytest.raises(InputError, match="is of another model than .* remove the file"):
        add_written(saved_pack, str(model_folder))


def test_a_teacher_without_a_good_summary_is_refused(
    saved_pack: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(self_training, "_is_good", lambda summary, document: False)
    teach(monkeypatch, teacher(model_folder))
    with pytest.raises(InputError, match="for the 8 documents of .* nothing could be kept"):
        add_written(saved_pack, str(model_folder))


def test_a_pack_is_written_for_once_and_by_the_model_that_is_named(
    saved_pack: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = teach(monkeypatch, teacher(model_folder))
    settings = PipelineSettings(
        pack=str(saved_pack), data=PackSettings(written_by=str(model_folder))
    )
    ensure_pack(settings)
    ensure_pack(settings)
    assert len(writer.read) == 8
    check_kept(saved_pack, model_folder)
    with pytest.raises(InputError, match=r"and data.written_by is zh-news: name that one"):
        ensure_pack(PipelineSettings(pack=str(saved_pack), data=PackSettings(written_by="zh-news")))


def test_a_real_model_writes_and_a_lost_one_is_named(saved_pack: Path, tiny_runtime: Path) -> None:
    # Random weights find each clause of a document likelier than their own words.
    kept = add_written(saved_pack, str(tiny_runtime))
    pack = TokenPack.load(saved_pack)
    assert pack.written is not None
    assert kept == len(pack.written) > 0
    assert pack.written.model.startswith(f"{tiny_runtime}@")
    spell = pack.vocabulary.decode
    for place, row in enumerate(pack.written.document.tolist()):
        line = spell(pack.written.summaries[place].tolist())
        assert line in spell(pack.documents[row].tolist())
    with pytest.raises(ModelError, match="nowhere"):
        add_written(saved_pack, "nowhere")


def test_a_pack_without_summaries_is_refused_before_anything_is_trained(
    tiny_pack: TokenPack,
) -> None:
    settings = PipelineSettings(mixture=MixtureSettings(written_share=0.5))
    with pytest.raises(InputError, match=r"name the model in data.written_by"):
        check_experiment(settings, tiny_pack)
