"""What is to be written was taken out of the source, or follows it; batches depend on their number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from summae.data.batches import Seq2SeqBatch
from summae.data.pack import Ragged
from summae.data.pretraining import MASK_ID, PretrainingDataset, drawn_spans, masked
from summae.data.settings import BatchSettings, PretrainingSettings, PretrainingTask
from summae.errors import InputError
from summae.text.vocabulary import BOS_ID, CONTROL_TOKENS, EOS_ID, OPEN_LENGTH, Vocabulary

CHARACTERS = "雨停了风天晴今有"
VOCABULARY = Vocabulary(
    ("<pad>", "<unk>", "<s>", "</s>", *CONTROL_TOKENS, "▁", "。", *CHARACTERS, *"0123456789")
)
SIZES = BatchSettings(batch_size=4, bucket_batches=2, source_tokens=30)
TASKS: tuple[PretrainingTask, ...] = ("span_denoising", "gap_sentence", "next_sentence")
# Document n is two or three sentences with n in each; the last two have one and cannot be used but
# for spans.
NUMBERED = [
    *(f"{n}天有雨。" + f"{n}今有风。" * (n % 2 + 1) for n in range(8)),
    *("8天有雨。8今", "9天有雨"),
]


def packed(texts: Sequence[str]) -> Ragged:
    return Ragged.of([[VOCABULARY.ids[piece] for piece in text] for text in texts])


def dataset(
    texts: Sequence[str],
    task: PretrainingTask,
    *,
    sizes: BatchSettings = SIZES,
    seed: int = 1,
    **settings: Any,
) -> PretrainingDataset:
    return PretrainingDataset(
        packed(texts),
        VOCABULARY,
        PretrainingSettings(task=task, **settings),
        sizes,
        num_batches=30,
        seed=seed,
    )


def texts_of(batch: Seq2SeqBatch) -> list[tuple[str, str]]:
    """(source, target) of each row as pieces, without end and length token."""
    spell = VOCABULARY.pieces
    return [
        (
            "".join(spell[i] for i in source[: source.index(EOS_ID)]),
            "".join(spell[i] for i in labels[1 : labels.index(EOS_ID)]),
        )
        for source, labels in zip(batch.source_ids.tolist(), batch.labels.tolist(), strict=True)
    ]


def first(
    text: str, task: PretrainingTask, *, sizes: BatchSettings = SIZES, **settings: Any
) -> tuple[str, str]:
    """The one example of a document."""
    return texts_of(dataset([text], task, sizes=sizes, **settings)[0])[0]


def test_the_sentence_that_shares_most_with_the_rest_is_taken_out() -> None:
    # Words in common with the rest: 晴 is 1, 雨停了 are 3, 雨停了晴 are 4.
    document = "今晴。雨停了。雨停了晴。有天"
    assert first(document, "gap_sentence", kept_share=0) == (
        "今晴。雨停了。<unk>有天",
        "雨停了晴。",
    )
    # The third has five tokens and stops after twelve.
    second = ("今晴。<unk>雨停了晴。有天", "雨停了。")
    assert first(document, "gap_sentence", kept_share=0, sentence_tokens=4) == second
    short = replace(SIZES, source_tokens=11)
    assert first(document, "gap_sentence", kept_share=0, sizes=short) == second


def test_the_first_of_sentences_that_share_as_much_is_taken_out() -> None:
    assert first("雨停了。风停了。", "gap_sentence", kept_share=0) == ("<unk>风停了。", "雨停了。")


def test_some_gap_sentences_are_kept() -> None:
    batches = [texts_of(dataset(NUMBERED, "gap_sentence", kept_share=0.25)[n]) for n in range(30)]
    rows = [row for batch in batches for row in batch]
    kept = [target in source and "<unk>" not in source for source, target in rows]
    # 120 rows: 30 of them, deviation sqrt(120 * 0.25 * 0.75) = 4.7
    assert abs(sum(kept) - 30) < 3 * 4.7
    assert all(
        source in NUMBERED for (source, _), is_kept in zip(rows, kept, strict=True) if is_kept
    )


def test_what_was_taken_out_fits_into_the_gap() -> None:
    made = dataset(NUMBERED, "gap_sentence", kept_share=0)
    for source, target in texts_of(made[0]) + texts_of(made[1]):
        assert source.replace("<unk>", target) in NUMBERED


def test_the_next_sentence_follows_all_that_is_read() -> None:
    document = "雨停了。▁风停了。▁天晴。今有"
    assert first(document, "next_sentence") == ("雨停了。▁风停了。", "天晴。")
    # The two have nine tokens. What follows them may lie beyond what is read of a document.
    short = replace(SIZES, source_tokens=9)
    assert first(document, "next_sentence", sizes=short) == ("雨停了。▁风停了。", "天晴。")
    short = replace(SIZES, source_tokens=8)
    assert first(document, "next_sentence", sizes=short) == ("雨停了。", "风停了。")


def test_spans_leave_one_mask_each() -> None:
    # 2 tokens, a span of 3, 3 tokens, a span of 1, a last token.
    left = masked(np.arange(10, 20), np.array([2, 5]), np.array([3, 1]))
    assert left.tolist() == [10, 11, MASK_ID, 15, 16, 17, MASK_ID, 19]


def test_spans_have_their_share_and_length_and_do_not_touch() -> None:
    draw = np.random.default_rng(3)
    settings = PretrainingSettings(masked_share=0.3, span_tokens=3)
    drawn = [drawn_spans(100, settings, draw) for _ in range(300)]
    for places, spans in drawn:
        assert spans.sum() == 30
        assert spans.min() >= 1
        assert np.diff(places).min(initial=1) >= 1
        assert places.min() >= 0 <= places.max() <= 70
    # A Poisson length of mean 3, its 0 counted as 1, has the mean 3 + exp(-3) = 3.05; the last span
    # is cut off where the share is reached, on average by about two tokens of ten spans.
    mean = np.mean(np.concatenate([spans for _, spans in drawn]))
    assert 2.75 < mean < 3.05


@pytest.mark.parametrize("length", [2, 3, 5])
@pytest.mark.parametrize("share", [0.01, 0.3, 0.99])
def test_short_texts_lose_a_token_at_least_and_sources_do_not_grow(
    length: int, share: float
) -> None:
    settings = PretrainingSettings(masked_share=share, span_tokens=1)
    for seed in range(20):
        spans = drawn_spans(length, settings, np.random.default_rng(seed))
        source = masked(np.arange(10, 10 + length), *spans)
        assert MASK_ID in source
        assert len(source) <= length


def test_a_text_with_holes_is_restored_as_a_whole() -> None:
    short = replace(SIZES, source_tokens=12)
    made = dataset(NUMBERED, "span_denoising", sizes=short)
    for source, target in [row for n in range(5) for row in texts_of(made[n])]:
        assert target in {text[:12] for text in NUMBERED}
        assert re.fullmatch(source.replace("<unk>", ".+"), target)
        # 0.3 of 12 tokens are 4, of 10 three, of 7 two, of 4 one.
        hidden = len(target) - len(source.replace("<unk>", ""))
        assert hidden == {12: 4, 10: 3, 7: 2, 4: 1}[len(target)]


@pytest.mark.parametrize(
    ("characters", "length"), [(4, None), (5, 6), (20, 20), (41, 40), (42, None), (300, None)]
)
def test_the_first_label_states_a_length_that_is_true_or_leaves_it_open(
    characters: int, length: int | None
) -> None:
    document = "雨。" + "停" * (characters - 1) + "。"
    batch = dataset([document], "next_sentence", sentence_tokens=400)[0]
    expected = VOCABULARY.length_id(length) if length else VOCABULARY.ids[OPEN_LENGTH]
    assert set(batch.labels[:, 0].tolist()) == {expected}
    assert batch.target_inputs[0, :2].tolist() == [BOS_ID, expected]


@pytest.mark.parametrize("task", TASKS)
def test_each_usable_document_comes_once_in_an_epoch(task: PretrainingTask) -> None:
    made = dataset(NUMBERED, task, sizes=replace(SIZES, batch_size=2))
    usable = 10 if task == "span_denoising" else 8
    for epoch in range(3):
        batches = range(epoch * usable // 2, (epoch + 1) * usable // 2)
        rows = [row for number in batches for row in texts_of(made[number])]
        # Every sentence has its document's number.
        assert sorted(int(target[0]) for _, target in rows) == list(range(usable))


@pytest.mark.parametrize("task", TASKS)
def test_a_batch_depends_on_its_number_and_the_seed_alone(task: PretrainingTask) -> None:
    in_order, alone = dataset(NUMBERED, task), dataset(NUMBERED, task)
    seventh = [in_order[number] for number in range(8)][7]
    assert equal(seventh, alone[7])
    other = dataset(NUMBERED, task, seed=2)
    assert not all(equal(in_order[number], other[number]) for number in range(4))


# They may be more than there are cores.
@pytest.mark.filterwarnings("ignore:This DataLoader will create")
def test_several_workers_make_the_same_batches() -> None:
    made = dataset(NUMBERED, "span_denoising")
    loader = torch.utils.data.DataLoader(made, batch_size=None, num_workers=2)
    batches = list(loader)
    assert len(batches) == len(made) == 30
    assert all(equal(batch, made[number]) for number, batch in enumerate(batches))


@pytest.mark.parametrize("task", TASKS)
def test_for_measuring_every_example_comes_once_and_the_same(task: PretrainingTask) -> None:
    made = dataset(NUMBERED, task, sizes=replace(SIZES, batch_size=3))
    once = [row for batch in made.once() for row in texts_of(batch)]
    assert [int(target[0]) for _, target in once] == list(range(len(made.examples)))
    assert once == [row for batch in made.once() for row in texts_of(batch)]


def test_sources_are_alike_in_length() -> None:
    # Two batches of four sorted together: even documents have 10 tokens, odd ones 15.
    made = dataset(NUMBERED[:8], "next_sentence")
    assert sorted(made[number].source_ids.shape[1] for number in (0, 1)) == [6, 11]


@pytest.mark.parametrize("task", ["gap_sentence", "next_sentence"])
def test_documents_of_one_sentence_are_refused(task: PretrainingTask) -> None:
    with pytest.raises(
        InputError, match="second whole sentence.* none of the 2 documents"
    ) as error:
        dataset(["雨停了。风停", "天晴。"], task)
    assert "pretraining.task=span_denoising" in str(error.value)


def test_a_pack_without_documents_is_refused() -> None:
    with pytest.raises(InputError, match="none of the 0 documents has two tokens"):
        dataset([], "span_denoising")


@pytest.mark.parametrize(
    "wrong",
    [{"masked_share": 0.0}, {"span_tokens": 0.5}, {"kept_share": 1.5}, {"sentence_tokens": 0}],
)
def test_settings_that_say_nothing_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        PretrainingSettings(**wrong)


def equal(one: Seq2SeqBatch, other: Seq2SeqBatch) -> bool:
    pairs = ((one.source_ids, other.source_ids), (one.labels, other.labels))
    return all(torch.equal(mine, its) for mine, its in pairs)
