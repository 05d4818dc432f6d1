"""How near a text comes to what its document is about."""

from __future__ import annotations

import numpy as np
import pytest

from summae.inference.likeness import likeness
from summae.inference.sentence_encoder import SentenceEncoder
from summae.text.script import to_simplified

SNOW = "昨夜大雪封山，山区公路积雪很深。扫雪车整夜清扫路面。"
TRADITIONAL = "颱風今晚將在東部登陸，氣象單位提醒民眾避免前往海邊。多個航班已經取消。"


def test_it_is_the_cosine_with_the_mean_of_the_sentences() -> None:
    encoder = SentenceEncoder.from_pretrained(normalize=True)
    mean = encoder.encode(["昨夜大雪封山，山区公路积雪很深。", "扫雪车整夜清扫路面。"]).mean(axis=0)
    expected = encoder.encode(["山区大雪"]) @ mean / np.linalg.norm(mean)
    assert likeness(["山区大雪"], SNOW) == pytest.approx(list(expected), abs=1e-5)


def test_what_the_document_is_about_is_likest_whatever_stands_beside_it() -> None:
    snow, library = likeness(["山区公路积雪", "图书馆八点开门"], SNOW)
    assert snow > library
    assert likeness(["图书馆八点开门"], SNOW) == pytest.approx([library], abs=1e-5)


def test_both_scripts_are_alike() -> None:
    simplified = to_simplified(TRADITIONAL)
    assert likeness(["颱風登陸東部"], TRADITIONAL) == pytest.approx(
        likeness(["台风登陆东部"], simplified), abs=1e-5
    )


@pytest.mark.parametrize("text", ["", "。", "“”"])
def test_what_says_nothing_is_like_nothing(text: str) -> None:
    assert likeness([text, "大雪"], SNOW)[0] == 0
    assert likeness(["大雪"], text) == [0]
    assert likeness([], SNOW) == []


def test_only_the_beginning_of_a_document_counts() -> None:
    long = SNOW * 30
    assert likeness(["山区大雪"], long + "图书馆八点开门。" * 50) == likeness(["山区大雪"], long)
