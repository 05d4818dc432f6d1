"""A batch is a function of its number, and the mixture is the one that was asked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from summae.data.batches import Seq2SeqBatch
from summae.data.mixture import MixtureDataset
from summae.data.pack import Ragged, TokenPack, WrittenSummaries
from summae.data.settings import MixtureSettings
from summae.errors import InputError
from summae.text.vocabulary import EOS_ID, OPEN_LENGTH

PLAIN = MixtureSettings(
    batch_size=4,
    pairs_share=1.0,
    bucket_batches=2,
    denoising_start=0.0,
    denoising_end=0.0,
    open_length_share=0.0,
)


def dataset(
    pack: TokenPack, settings: MixtureSettings = PLAIN, *, batches: int = 20, seed: int = 1
) -> MixtureDataset:
    return MixtureDataset(pack, settings, num_batches=batches, seed=seed)


def rows(batch: Seq2SeqBatch) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """(source, summary) of each row, without special and length tokens."""
    return [
        (
            tuple(source[: source.index(EOS_ID)]),
            tuple(labels[1 : labels.index(EOS_ID)]),
        )
        for source, labels in zip(batch.source_ids.tolist(), batch.labels.tolist(), strict=True)
    ]


def test_batch_depends_on_its_number_alone(tiny_pack: TokenPack) -> None:
    mixed = replace(PLAIN, denoising_start=0.5, denoising_end=0.5)
    in_order, alone = dataset(tiny_pack, mixed), dataset(tiny_pack, mixed)
    sixth = [in_order[number] for number in range(7)][6]
    assert torch.equal(sixth.source_ids, alone[6].source_ids)
    assert torch.equal(sixth.labels, alone[6].labels)


def test_another_seed_draws_otherwise(tiny_pack: TokenPack) -> None:
    one, other = dataset(tiny_pack), dataset(tiny_pack, seed=2)
    assert any(rows(one[n]) != rows(other[n]) for n in range(4))


def test_without_denoising_every_row_is_a_mined_pair(tiny_pack: TokenPack) -> None:
    pairs = {
        (
            tuple(tiny_pack.documents[int(document)].tolist()),
            tuple(tiny_pack.headlines[int(headline)].tolist()),
        )
        for document, headline in zip(tiny_pack.pair_document, tiny_pack.pair_headline, strict=True)
    }
    made = dataset(tiny_pack)
    assert {row for number in range(20) for row in rows(made[number])} == pairs


def test_the_first_label_states_the_length(tiny_pack: TokenPack) -> None:
    made = dataset(tiny_pack)[0]
    for (_, summary), labels in zip(rows(made), made.labels.tolist(), strict=True):
        characters = len(tiny_pack.vocabulary.decode(summary))
        assert labels[0] == tiny_pack.vocabulary.length_id(characters)


def test_from_some_place_on_lengths_are_left_open(tiny_pack: TokenPack) -> None:
    made = dataset(tiny_pack, replace(PLAIN, open_length_share=0.5, open_length_after=0.5))
    open_length = tiny_pack.vocabulary.ids[OPEN_LENGTH]
    is_open = [(made[number].labels[:, 0] == open_length).tolist() for number in range(20)]
    assert not np.any(is_open[:10])
    assert 0.25 < np.mean(is_open[10:]) < 0.75
    # The decoder reads what the first label says.
    assert all(
        torch.equal(made[number].target_inputs[:, 1], made[number].labels[:, 0])
        for number in range(20)
    )


def test_denoising_fades(tiny_pack: TokenPack) -> None:
    fading = replace(PLAIN, bucket_batches=1, denoising_start=1.0, denoising_end=0.0)
    documents = {tuple(tiny_pack.documents[n].tolist()) for n in range(len(tiny_pack.documents))}
    made = dataset(tiny_pack, fading)
    assert not {source for source, _ in rows(made[0])} & documents
    assert {source for source, _ in rows(made[19])} <= documents


def test_sources_are_cut(tiny_pack: TokenPack) -> None:
    short = replace(PLAIN, source_tokens=5, denoising_start=0.5, denoising_end=0.5)
    made = dataset(tiny_pack, short)
    assert max(made[number].source_ids.shape[1] for number in range(20)) == 6  # and the end token


def test_better_pairs_are_drawn_more_often(tiny_pack: TokenPack) -> None:
    # 8 pairs in 3 tiers of 2, 5 and 8: the best two stand in all three, the last three in one.
    made = dataset(tiny_pack, replace(PLAIN, batch_size=5, bucket_batches=3), batches=60)
    seen = [row for number in range(60) for row in rows(made[number])]
    headlines = [tuple(tiny_pack.headlines[n].tolist()) for n in range(8)]
    counts = [sum(summary == h for _, summary in seen) for h in headlines]
    # 60 batches of 5 are 20 epochs of 15.
    assert counts == [60, 60, 40, 40, 40, 20, 20, 20]


def test_from_some_place_on_only_the_best_pairs_are_drawn(tiny_pack: TokenPack) -> None:
    # A quarter of 8 documents: the two best of 8 pairs, in the last 10 of 20 batches.
    settings = replace(PLAIN, tiers=1, late_pairs_share=0.25, late_pairs_after=0.5)
    made, plain = dataset(tiny_pack, settings), dataset(tiny_pack, replace(PLAIN, tiers=1))
    best = {tuple(tiny_pack.headlines[int(row)].tolist()) for row in tiny_pack.pair_headline[:2]}
    assert {summary for number in range(10, 20) for _, summary in rows(made[number])} == best
    assert all(rows(made[number]) == rows(plain[number]) for number in range(10))


def test_source_without_a_share_is_not_used(tiny_pack: TokenPack) -> None:
    odd = replace(PLAIN, source_shares=(0, 1), denoising_start=0.5, denoising_end=0.5)
    made = dataset(tiny_pack, odd)
    used = {summary for number in range(20) for _, summary in rows(made[number])}
    assert used <= {tuple(tiny_pack.headlines[n].tolist()) for n in (1, 3, 5, 7)}


def test_shares_for_another_number_of_sources_are_refused(tiny_pack: TokenPack) -> None:
    with pytest.raises(InputError, match="names 3 headline sources, the pack has 2"):
        dataset(tiny_pack, replace(PLAIN, source_shares=(1, 1, 1)))


def test_pack_without_pairs_is_refused(tiny_pack: TokenPack) -> None:
    none = np.zeros(0, dtype=np.int32)
    empty = replace(
        tiny_pack, pair_document=none, pair_headline=none, pair_score=none.astype(np.float32)
    )
    with pytest.raises(InputError, match="no pseudo-pairs"):
        dataset(empty)


def test_rows_of_a_batch_are_alike_in_length(tiny_pack: TokenPack) -> None:
    # Documents of 1 to 8 tokens; two batches of four sorted together are 1-4 and 5-8.
    lengths = Ragged.of([[9] * n for n in range(1, 9)])
    sorted_settings = replace(PLAIN, tiers=1)
    made = dataset(replace(tiny_pack, documents=lengths), sorted_settings)
    widths = sorted(made[number].source_ids.shape[1] - 1 for number in (0, 1))
    assert widths == [4, 8]


def test_batches_even_by_tokens_hold_the_same_rows(tiny_pack: TokenPack) -> None:
    mixed = replace(PLAIN, batch_size=6, bucket_batches=4, denoising_start=0.5, denoising_end=0.5)
    plain, even = dataset(tiny_pack, mixed), dataset(tiny_pack, replace(mixed, even="tokens"))
    summaries = [
        sorted(summary for number in range(4) for _, summary in rows(made[number]))
        for made in (plain, even)
    ]
    assert summaries[0] == summaries[1]
    assert {len(even[number]) for number in range(4)} != {6}


@pytest.fixture
def with_written(tiny_pack: TokenPack) -> TokenPack:
    """The tiny pack, with summaries of two of its documents by a model."""
    summaries = [tiny_pack.headlines[n][::-1] for n in (3, 6)]
    texts = [tiny_pack.vocabulary.decode(ids.tolist()) for ids in summaries]
    written = WrittenSummaries(
        np.array([3, 6], dtype=np.int32),
        Ragged.of(summaries),
        np.array([len(text) for text in texts], dtype=np.uint8),
        np.zeros(2, np.float32),
        "teacher",
    )
    return replace(tiny_pack, written=written)


def test_a_share_of_the_targets_is_what_a_model_wrote(with_written: TokenPack) -> None:
    written = with_written.written
    assert written is not None
    own = {
        (
            tuple(with_written.documents[int(document)].tolist()),
            tuple(written.summaries[n].tolist()),
        )
        for n, document in enumerate(written.document)
    }
    made = dataset(with_written, replace(PLAIN, written_share=0.4), batches=100)
    drawn = [row for number in range(100) for row in rows(made[number])]
    assert own <= set(drawn)
    assert 0.3 < np.mean([row in own for row in drawn]) < 0.5
    # The others are mined pairs, and headlines are still buried among them.
    others = {row for row in drawn if row not in own}
    assert others <= {row for n in range(20) for row in rows(dataset(with_written)[n])}
    mixed = replace(PLAIN, written_share=0.4, denoising_start=0.5, denoising_end=0.5)
    made = dataset(with_written, mixed, batches=100)
    drawn = [row for number in range(100) for row in rows(made[number])]
    assert 0.1 < np.mean([row in own for row in drawn]) < 0.3
    headlines = {tuple(with_written.headlines[n].tolist()) for n in range(8)}
    assert all(row in own or row[1] in headlines for row in drawn)


def test_lengths_of_what_a_model_wrote_are_stated(with_written: TokenPack) -> None:
    made = dataset(with_written, replace(PLAIN, written_share=1.0))[0]
    for (_, summary), labels in zip(rows(made), made.labels.tolist(), strict=True):
        characters = len(with_written.vocabulary.decode(summary))
        assert labels[0] == with_written.vocabulary.length_id(characters)


def test_a_model_is_not_asked_for_what_it_wrote_unless_wanted(
    tiny_pack: TokenPack, with_written: TokenPack
) -> None:
    one, other = dataset(tiny_pack), dataset(with_written)
    assert all(rows(one[n]) == rows(other[n]) for n in range(20))
    with pytest.raises(InputError, match=r"the pack has none: name the model in data.written_by"):
        dataset(tiny_pack, replace(PLAIN, written_share=0.5))
