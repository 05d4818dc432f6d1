"""A pack that an earlier run left is used again only for the data that it was made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest

pytest.importorskip("torch")

from summae.data.pack import TokenPack
from summae.data.settings import PackSettings
from summae.errors import InputError
from summae.recipes.packing import ensure_pack
from summae.recipes.settings import PipelineSettings

MakeSettings = Callable[..., PipelineSettings]
DATA = PackSettings(documents=("documents.jsonl",), headlines=("titles.txt",))


@pytest.fixture
def settings(tiny_settings: MakeSettings, tiny_pack: TokenPack, tmp_path: Path) -> PipelineSettings:
    """A run whose output holds a pack, made from `DATA`."""
    made = replace(tiny_pack, notes={"settings": asdict(DATA)})
    made.save(tmp_path / "run" / "pack")
    return replace(tiny_settings("mined"), output=str(tmp_path / "run"), pack="", data=DATA)


def test_the_same_data_find_the_pack_made(settings: PipelineSettings) -> None:
    assert ensure_pack(settings) == Path(settings.output) / "pack"


def test_other_data_are_refused_with_what_differs(settings: PipelineSettings) -> None:
    other = replace(DATA, documents=("others.jsonl",), minimum_characters=30)
    with pytest.raises(
        InputError, match=r"\(documents, minimum_characters: documents was .*others"
    ):
        ensure_pack(replace(settings, data=other))


def test_a_pack_that_is_named_may_be_of_any_data(settings: PipelineSettings) -> None:
    other = replace(DATA, documents=("others.jsonl",))
    named = str(Path(settings.output) / "pack")
    assert ensure_pack(replace(settings, data=other, pack=named)) == Path(named)


def test_no_data_go_on_with_what_there_is(settings: PipelineSettings) -> None:
    assert ensure_pack(replace(settings, data=PackSettings())).exists()
