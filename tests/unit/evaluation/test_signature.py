"""A signature names what a score depends on."""

from __future__ import annotations

from pathlib import Path

import pytest

from summae import __version__
from summae.errors import MissingExtraError
from summae.evaluation import signature as module
from summae.evaluation.signature import Signature, content_hash, folder_hash, versions


def test_signature_is_one_line_of_key_value_parts() -> None:
    signature = Signature(
        system="zh-news@0123456789ab",
        data="test.parquet@ba9876543210",
        items=3000,
        decoding="beam_size=4",
        extras={"sumy": "0.13.0"},
    )
    assert str(signature) == (
        "rouge:f1|unit:character|norm:nfkc+lower|tok:summae.1|n:3000|data:test.parquet@ba9876543210|"
        f"system:zh-news@0123456789ab|decoding:beam_size=4|bs:2000|sumy:0.13.0|version:{__version__}"
    )


def test_content_hash_changes_with_text_order_and_borders() -> None:
    hashes = {
        content_hash(["晴天", "雨"]),
        content_hash(["晴天", "雪"]),
        content_hash(["雨", "晴天"]),
        content_hash(["晴", "天雨"]),
        content_hash(["晴天雨"]),
    }
    assert len(hashes) == 5
    assert content_hash(["晴天", "雨"]) == content_hash(iter(["晴天", "雨"]))


def test_a_lone_surrogate_can_be_hashed() -> None:
    assert len(content_hash(["\ud800"])) == 12


def test_versions_are_of_what_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("jieba")
    pytest.importorskip("sumy")
    assert list(versions("word", rankings=True)) == ["sumy", "jieba"]
    # Names of people and places are found by jieba, whatever ROUGE counts.
    assert list(versions("character", rankings=False)) == ["jieba"]
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda _: None)
    assert versions("character", rankings=False) == {}
    with pytest.raises(MissingExtraError, match=r"scoring words.*summae\[eval\]"):
        versions("word", rankings=False)


def test_folder_hash_changes_with_contents_and_names_but_not_with_the_folder(
    tmp_path: Path,
) -> None:
    found = set()
    for folder, name, content in [
        ("a", "x", "1"),
        ("b", "x", "2"),
        ("c", "y", "1"),
        ("d", "x", "1"),
    ]:
        (tmp_path / folder / "inside").mkdir(parents=True)
        (tmp_path / folder / name).write_text(content)
        found.add(folder_hash(tmp_path / folder))
    assert len(found) == 3
