"""The tensors of a batch, written out by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from summae.data.batches import Seq2SeqBatch, UnpairedBatch, collate, collate_unpaired
from summae.data.game import GameBatch


def batch() -> Seq2SeqBatch:
    return collate(
        [np.array([11, 12, 13]), np.array([14])],
        [np.array([21]), np.array([22, 23])],
        [7, 8],
    )


def test_source_ends_the_target_begins_and_padding_is_told_apart() -> None:
    # pad 0, begin 2, end 3; labels are the inputs one place on, and their padding is ignored.
    made = batch()
    assert made.source_ids.tolist() == [[11, 12, 13, 3], [14, 3, 0, 0]]
    assert made.source_mask.tolist() == [[True] * 4, [True, True, False, False]]
    assert made.target_inputs.tolist() == [[2, 7, 21, 0], [2, 8, 22, 23]]
    assert made.labels.tolist() == [[7, 21, 3, -100], [8, 22, 23, 3]]
    assert {t.dtype for t in (made.source_ids, made.target_inputs, made.labels)} == {torch.int64}


def test_a_batch_knows_whether_its_sources_are_full_wherever_it_goes() -> None:
    rows = [np.array([11, 12]), np.array([13, 14])]
    full = collate(rows, rows, [7, 8])
    assert full.to("cpu").shard(1, 2).sources_are_full
    assert not batch().to("cpu").shard(0, 2).sources_are_full  # its row still has the others' width


def test_sixteen_bit_ids_do_not_overflow() -> None:
    large = np.array([65_000], dtype=np.uint16)
    made = collate([large], [large], [65_001])
    assert made.source_ids.tolist() == [[65_000, 3]]
    assert made.labels.tolist() == [[65_001, 65_000, 3]]


def test_shards_share_the_rows_out() -> None:
    first, second = batch().shard(0, 2), batch().shard(1, 2)
    assert torch.equal(torch.cat([first.labels, second.labels]), batch().labels)
    assert first.source_ids.tolist() == [[11, 12, 13, 3]]


def test_a_moved_batch_is_the_same() -> None:
    moved = batch().to("cpu")
    assert torch.equal(moved.source_ids, batch().source_ids)
    assert torch.equal(moved.target_inputs, batch().target_inputs)
    assert torch.equal(moved.labels, batch().labels)


def test_a_pinned_batch_is_the_same_and_every_part_is_pinned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pinned: list[torch.Tensor] = []
    # Pinning itself takes a GPU.
    monkeypatch.setattr(torch.Tensor, "pin_memory", lambda part: pinned.append(part) or part)
    game = GameBatch(unpaired(), torch.zeros(2, 3), batch())
    again = game.pin_memory()
    assert len(pinned) == 8
    assert torch.equal(again.texts.source_ids, unpaired().source_ids)
    assert torch.equal(pair_labels(again), batch().labels)
    assert GameBatch(unpaired(), torch.zeros(2, 3)).pin_memory().pairs is None


def pair_labels(game: GameBatch) -> torch.Tensor:
    assert game.pairs is not None
    return game.pairs.labels


def unpaired() -> UnpairedBatch:
    return collate_unpaired(
        [np.array([11, 12, 13]), np.array([14])],
        [70, 71],
        [np.array([21], dtype=np.uint16), np.array([22, 23], dtype=np.uint16)],
        [7, 8],
    )


def test_documents_and_headlines_end_and_are_padded_apart() -> None:
    made = unpaired()
    assert made.source_ids.tolist() == [[11, 12, 13, 3], [14, 3, 0, 0]]
    assert made.source_mask.tolist() == [[True] * 4, [True, True, False, False]]
    assert made.headline_ids.tolist() == [[21, 3, 0], [22, 23, 3]]
    assert made.headline_mask.tolist() == [[True, True, False], [True] * 3]
    assert (made.document_rows.tolist(), made.length_ids.tolist()) == ([70, 71], [7, 8])
    assert {made.source_ids.dtype, made.headline_ids.dtype} == {torch.int64}
    assert {made.document_rows.dtype, made.length_ids.dtype} == {torch.int64}


def test_unpaired_batches_are_moved_and_shared_out_whole() -> None:
    first, second = unpaired().to("cpu").shard(0, 2), unpaired().shard(1, 2)
    for name in ("source_ids", "document_rows", "headline_ids", "length_ids"):
        parts = torch.cat([getattr(first, name), getattr(second, name)])
        assert torch.equal(parts, getattr(unpaired(), name)), name
