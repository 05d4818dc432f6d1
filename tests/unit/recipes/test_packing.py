"""A pack is made once, and not at all for a mixture that could not be trained on."""

from __future__ import annotations

from pathlib import Path

import pytest

from summae.data.settings import MixtureSettings, PackSettings
from summae.errors import ConfigError, InputError
from summae.recipes.packing import ensure_pack
from summae.recipes.settings import PipelineSettings


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
