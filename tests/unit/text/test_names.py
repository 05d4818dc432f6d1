"""Names as jieba tags them, by the one dictionary that words are cut with."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest.importorskip("jieba")

from summae.text import names as module
from summae.text.names import can_tell_names, names
from summae.text.segment import jieba_tokenizer


def test_people_and_places_come_in_order_and_repeatedly() -> None:
    assert names("李明在上海发言，上海下雨") == ("李明", "上海", "上海")


def test_a_single_character_is_no_name() -> None:
    assert all(len(name) > 1 for name in names("京沪两地今晨有雾"))
    assert names("今晨有雾") == ()


def test_the_dictionary_is_loaded_once_for_words_and_names() -> None:
    assert module._tagger().tokenizer is jieba_tokenizer()


def test_jieba_is_loaded_when_the_first_name_is_wanted() -> None:
    code = (
        "import sys; from summae.text.names import can_tell_names; can_tell_names();"
        "print('jieba' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "False\n"
    assert can_tell_names()
