"""A pack is made once, and not at all for a mixture that could not be trained on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from summae.data.settings import MiningSettings, MixtureSettings, PackSettings
from summae.errors import ConfigError, InputError, ModelError
from summae.recipes.packing import ensure_pack
from summae.recipes.settings import PipelineSettings

if TYPE_CHECKING:
    from summae.data.mining import Encode


def test_shares_for_other_sources_are_refused_before_any_text_is_read(tmp_path: Path) -> None:
    settings = PipelineSettings(
        output=str(tmp_path),
        data=PackSettings(documents=("absent.jsonl",), headlines=("titles.txt",)),
        mixture=MixtureSettings(source_shares=(0.8, 0.2)),
    )
    with pytest.raises(ConfigError, match=r"2 shares, data.headlines 1 sources \(titles.txt\)"):
        ensure_pack(settings)


def test_a_pack_that_is_there_is_taken_whatever_the_texts(tmp_path: Path) -> None:
    (tmp_path / "pack.json").write_text("{}")
    settings = PipelineSettings(
        pack=str(tmp_path), mixture=MixtureSettings(source_shares=(0.8, 0.2))
    )
    assert ensure_pack(settings) == tmp_path


def test_without_pack_and_texts_both_ways_out_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no token pack in .* name no texts"):
        ensure_pack(PipelineSettings(output=str(tmp_path)))


def test_mining_asks_the_encoder_that_is_named(
    tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare = pytest.importorskip("summae.data.prepare")
    asked: list[int] = []

    class Made:
        def save(self, folder: Path) -> None:
            folder.mkdir()

    def build_pack(settings: PackSettings, *, encode: Encode | None, progress: object) -> Made:
        asked.append(0 if encode is None else encode(["今晚有雨"]).shape[1])
        return Made()

    monkeypatch.setattr(prepare, "build_pack", build_pack)
    data = PackSettings(documents=("a.jsonl",), headlines=("b.txt",))
    with_encoder = replace(data, mining=MiningSettings(encoder=str(tiny_encoder)))
    for name, its_data in (("without", data), ("with", with_encoder)):
        ensure_pack(
            PipelineSettings(output=str(tmp_path), pack=str(tmp_path / name), data=its_data)
        )
    assert asked == [0, 12]
    lost = replace(data, mining=MiningSettings(encoder=str(tmp_path / "nowhere")))
    with pytest.raises(ModelError, match="nowhere"):
        ensure_pack(PipelineSettings(pack=str(tmp_path / "never"), data=lost))


def test_a_start_that_is_not_there_is_told_before_anything_is_packed(tmp_path: Path) -> None:
    settings = PipelineSettings(
        output=str(tmp_path),
        start="nowhere",
        data=PackSettings(documents=("lost.jsonl",), headlines=("lost.txt",)),
    )
    with pytest.raises(InputError, match="start is nowhere, which does not exist"):
        ensure_pack(settings)
