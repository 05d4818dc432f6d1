"""A signature names what a score depends on."""

from __future__ import annotations

from summae import __version__
from summae.evaluation.signature import Signature, content_hash


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
        f"system:zh-news@0123456789ab|decoding:beam_size=4|sumy:0.13.0|version:{__version__}"
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
