"""Sentences are found by ids alone, and what they share with the rest is what ROUGE-1 counts."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

pytest.importorskip("torch")

from summae.data import packed_sentences
from summae.data.pack import Ragged
from summae.data.packed_sentences import SentenceFinder
from summae.text.vocabulary import CONTROL_TOKENS, Vocabulary

CHARACTERS = "雨停了风天晴他说的喊声加油歌名今有都唱" + "0123456789" + "。！？，、：“”《》（）…"
VOCABULARY = Vocabulary(
    ("<pad>", "<unk>", "<s>", "</s>", *CONTROL_TOKENS, "▁", *CHARACTERS, "”。", "▁今", "”，")
)
FINDER = SentenceFinder(VOCABULARY)


def packed(*texts: str | list[str]) -> Ragged:
    """Documents given as texts, a piece for each character, or as pieces; spaces are ▁."""
    spelled = [[VOCABULARY.ids[piece.replace(" ", "▁")] for piece in text] for text in texts]
    return Ragged.of(spelled)


def split(documents: Ragged) -> list[list[str]]:
    """The whole sentences of each document."""
    found = FINDER.sentences(documents)
    sentences: list[list[str]] = [[] for _ in range(len(documents))]
    for row, start, stop in zip(found.document, found.start, found.stop, strict=True):
        sentences[row].append("".join(VOCABULARY.pieces[i] for i in documents[row][start:stop]))
    return sentences


def test_documents_are_split_behind_enders_and_what_is_cut_off_is_no_sentence() -> None:
    documents = packed("雨停了。风停了！天晴？他说", "天晴", "", "雨停了。")
    assert split(documents) == [["雨停了。", "风停了！", "天晴？"], [], [], ["雨停了。"]]


def test_places_are_those_in_the_document() -> None:
    found = FINDER.sentences(packed("天晴。", "雨停了。 风停了。"))
    assert found.document.tolist() == [0, 1, 1]
    assert found.start.tolist() == [0, 0, 5]  # the space belongs to no sentence
    assert found.stop.tolist() == [3, 4, 9]
    assert found.before.tolist() == [0, 0, 4]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("“天晴。”他说。", ["“天晴。”", "他说。"]),
        ("天晴？！雨停了。", ["天晴？！", "雨停了。"]),
        (["天", "晴", "”。", "雨", "停", "。"], ["天晴”。", "雨停。"]),
        (["天", "晴", "。", "▁今", "天", "。"], ["天晴。", "▁今天。"]),
        ("（天晴。）雨停了。", ["（天晴。）", "雨停了。"]),
    ],
)
def test_closing_quotes_and_runs_stay_with_their_sentence(
    text: str | list[str], sentences: list[str]
) -> None:
    assert split(packed(text)) == [sentences]


@pytest.mark.parametrize(
    "text",
    [
        "“加油！”的喊声。",
        "“天晴？”，他说。",
        "《雨停！》有风。",
        "“雨！”、“风！”，都停了。",
        ["加", "油", "！", "”，", "他", "说", "。"],
    ],
)
def test_an_ender_inside_a_sentence_does_not_end_it(text: str | list[str]) -> None:
    assert split(packed(text)) == [["".join(text)]]


def test_a_document_ends_whatever_begins_the_next() -> None:
    assert split(packed("天晴。", "”雨停了。", "，风停了。")) == [
        ["天晴。"],
        ["”雨停了。"],
        ["，风停了。"],
    ]


def test_overlap_counts_words_that_stand_in_both_as_often_as_in_both() -> None:
    # 停 and 了 of the first two stand in each other, 天晴 nowhere else; 。 is no word.
    # In the second document 停 stands twice in the first sentence, once in the rest, and so does
    # the other way round.
    documents = packed("雨停了。风停了。天晴。", "停停。雨停")
    assert FINDER.overlap(documents, FINDER.sentences(documents)).tolist() == [2, 2, 0, 1]


def test_overlap_is_what_rouge_1_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed_sentences, "_BLOCK", 3)  # seven documents are blocks of 3, 3 and 1
    draw = np.random.default_rng(4)
    texts = ["".join(draw.choice(list("雨停了风天晴。"), size=40)) for _ in range(7)]
    documents = packed(*texts)
    found = FINDER.sentences(documents)
    expected = []
    for row, start, stop in zip(found.document, found.start, found.stop, strict=True):
        text = texts[row].replace("。", " ")
        sentence, rest = (
            Counter(part.replace(" ", ""))
            for part in (text[start:stop], text[:start] + text[stop:])
        )
        expected.append((sentence & rest).total())
    assert len(expected) > 20
    assert FINDER.overlap(documents, found).tolist() == expected


def test_without_enders_there_is_no_sentence() -> None:
    documents = packed("天晴", "雨停了")
    found = FINDER.sentences(documents)
    assert len(found) == len(FINDER.overlap(documents, found)) == 0
    assert len(FINDER.sentences(Ragged.of([]))) == 0
