"""Batches of sentences hold whole documents, in order, each once in an epoch."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from summae.data.sentence_batches import ContiguousSentences, SentenceBatch
from summae.data.settings import SentenceBatchSettings
from summae.errors import InputError

if TYPE_CHECKING:
    from summae.data.sentences_pack import SentencePack


def dataset(pack: SentencePack, size: int = 10, seed: int = 1) -> ContiguousSentences:
    settings = SentenceBatchSettings(sentences_per_batch=size)
    return ContiguousSentences(pack, settings, num_batches=40, seed=seed)


def documents_of(batch: SentenceBatch) -> list[int]:
    return list(dict.fromkeys(batch.document.tolist()))


def test_batch_depends_on_its_number_alone(tiny_sentences: SentencePack) -> None:
    in_order, alone = dataset(tiny_sentences), dataset(tiny_sentences)
    eleventh = [in_order[number] for number in range(11)][10]
    assert torch.equal(eleventh.ids, alone[10].ids)
    assert torch.equal(alone[2].ids, in_order[2].ids)  # back again
    assert len(in_order) == 40
    other = dataset(tiny_sentences, seed=2)[0].document
    assert not torch.equal(in_order[0].document, other)


def test_each_document_that_may_be_learned_from_comes_once_in_an_epoch(
    tiny_sentences: SentencePack,
) -> None:
    # Batches of ten: two documents of four and half a third; twelve documents are four batches.
    batches = dataset(tiny_sentences)
    for epoch in range(3):
        found = [d for n in range(4) for d in documents_of(batches[4 * epoch + n])]
        assert sorted(found) == list(range(12))
        assert [len(batches[4 * epoch + n]) for n in range(4)] == [10, 10, 10, 10]


def test_last_batch_of_an_epoch_holds_what_is_left(tiny_sentences: SentencePack) -> None:
    # Five documents to a batch of twenty, and two are left of twelve.
    batches = dataset(tiny_sentences, size=20)
    assert [len(batches[number]) for number in range(6)] == [20, 20, 8] * 2


def test_rows_are_neighbours_and_their_ids_those_of_the_pack(tiny_sentences: SentencePack) -> None:
    batch = dataset(tiny_sentences)[1]
    assert batch.place.tolist() == [0, 1, 2, 3, 0, 1, 2, 3, 0, 1]
    assert batch.document.tolist() == np.repeat(documents_of(batch), [4, 4, 2]).tolist()
    for ids, mask, document, place in zip(
        batch.ids, batch.mask, batch.document.tolist(), batch.place.tolist(), strict=True
    ):
        sentence = tiny_sentences.sentences[tiny_sentences.document_starts[document] + place]
        assert ids[mask].tolist() == sentence.tolist()
        assert (ids[~mask] == 0).all()


@pytest.mark.parametrize("count", [2, 3, 5])
def test_shards_are_whole_documents_and_together_the_batch(
    count: int, tiny_sentences: SentencePack
) -> None:
    batch = dataset(tiny_sentences, size=20)[0]
    shards = [batch.shard(index, count) for index in range(count)]
    assert [d for shard in shards for d in documents_of(shard)] == documents_of(batch)
    assert torch.equal(torch.cat([shard.ids for shard in shards]), batch.ids)
    assert all(len(shard) % 4 == 0 for shard in shards)
    assert len(shards[0]) > 0


def test_first_of_many_shards_has_a_document_and_others_may_have_none(
    tiny_sentences: SentencePack,
) -> None:
    batch = dataset(tiny_sentences)[0]
    assert documents_of(batch.shard(0, len(batch))) == documents_of(batch)[:1]
    assert len(batch.shard(1, len(batch))) == 0
    assert len(batch.shard(1, len(batch)).shard(0, 2)) == 0


def test_pack_without_anything_to_learn_from_is_refused(tiny_sentences: SentencePack) -> None:
    nothing = replace(tiny_sentences, is_held_out=np.ones(16, dtype=bool))
    with pytest.raises(InputError, match="of the pack's 16 documents none"):
        dataset(nothing)


def test_fewer_documents_are_among_the_more(tiny_sentences: SentencePack) -> None:
    def learned_from(count: int | None) -> set[int]:
        settings = SentenceBatchSettings(sentences_per_batch=10, documents=count)
        batches = ContiguousSentences(tiny_sentences, settings, num_batches=40, seed=1)
        return {d for number in range(40) for d in documents_of(batches[number])}

    assert learned_from(None) == set(range(12))
    assert len(learned_from(3)) == 3
    assert learned_from(3) < learned_from(7) < learned_from(None)
    with pytest.raises(ValueError, match="at least 1, got 0; null takes all"):
        SentenceBatchSettings(documents=0)


def test_held_out_documents_are_read_where_asked_for(tiny_sentences: SentencePack) -> None:
    settings = SentenceBatchSettings(sentences_per_batch=10, documents=1)
    batches = ContiguousSentences(tiny_sentences, settings, num_batches=40, seed=1, held_out=True)
    assert {d for number in range(4) for d in documents_of(batches[number])} == {12, 13, 14, 15}
    nothing = replace(tiny_sentences, is_held_out=np.zeros(16, dtype=bool))
    with pytest.raises(InputError, match="none is held out: give it more, or a larger"):
        ContiguousSentences(nothing, settings, num_batches=1, seed=1, held_out=True)
