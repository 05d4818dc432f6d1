from __future__ import annotations

import random
import subprocess
import sys

import pytest

from summae.errors import MissingExtraError
from summae.text import segment
from summae.text.segment import CharacterSegmenter, JiebaSegmenter, Segmenter

SEGMENTERS = [CharacterSegmenter(), JiebaSegmenter()]


def test_latin_runs_stay_whole_and_the_rest_is_characters() -> None:
    assert CharacterSegmenter()("G20峰会 3.5天\nCafé\U00020000") == [
        *["G20", "峰", "会", " ", "3", ".", "5", "天", "\n", "Café", "\U00020000"]
    ]


def test_jieba_finds_words() -> None:
    assert JiebaSegmenter()("北京今日降温3.5度") == ["北京", "今日", "降温", "3.5", "度"]


@pytest.mark.parametrize("segmenter", SEGMENTERS)
def test_joining_gives_the_text_back(segmenter: Segmenter) -> None:
    rng = random.Random(0)
    alphabet = "今天北京下雨风力减弱。，“” \n\r\t\u3000aB1.5%é\U00020000\U0001f600\x00\ud800"
    for _ in range(500):
        text = "".join(rng.choices(alphabet, k=rng.randint(0, 40)))
        assert "".join(segmenter(text)) == text


@pytest.mark.parametrize("segmenter", SEGMENTERS)
def test_segmenters_keep_the_protocol(segmenter: Segmenter) -> None:
    assert isinstance(segmenter, Segmenter)
    assert segmenter("") == []


def test_names_tell_segmenters_apart() -> None:
    assert [segmenter.name for segmenter in SEGMENTERS] == ["characters", "jieba"]


def test_jieba_is_imported_only_when_it_is_used_and_then_silently() -> None:
    code = (
        "import sys; from summae.text.segment import JiebaSegmenter; segmenter = JiebaSegmenter();"
        "print('jieba' in sys.modules); segmenter('今天'); print('jieba' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.split() == ["False", "True"]
    assert done.stderr == ""


def test_missing_jieba_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    uncached = segment.jieba_tokenizer.__wrapped__  # the one in the cache is other tests' too
    monkeypatch.setattr(segment, "jieba_tokenizer", uncached)
    monkeypatch.setitem(sys.modules, "jieba", None)  # makes `import jieba` fail
    with pytest.raises(MissingExtraError, match=r"summae\[train\]"):
        JiebaSegmenter()("今天")
