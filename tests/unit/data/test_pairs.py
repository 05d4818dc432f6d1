"""True pairs: each document with its own headline, only so many as were allowed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from summae.data.pack import Ragged, TokenPack, TruePairs
from summae.data.pairs import PairsDataset
from summae.data.settings import PairsSettings
from summae.errors import InputError
from summae.text.vocabulary import EOS_ID

PLAIN = PairsSettings(batch_size=3, bucket_batches=2)


@pytest.fixture(scope="module")
def pack(tiny_pack: TokenPack) -> TokenPack:
    """Document n is n + 1 tokens of 300 + n, its headline two tokens of 400 + n."""
    pairs = TruePairs(
        Ragged.of([[300 + n] * (n + 1) for n in range(12)]),
        Ragged.of([[400 + n] * 2 for n in range(12)]),
        np.arange(6, 30, 2, dtype=np.uint8),
    )
    return replace(tiny_pack, supervised=pairs)


def dataset(pack: TokenPack, settings: PairsSettings = PLAIN, *, seed: int = 1) -> PairsDataset:
    return PairsDataset(pack, settings, num_batches=40, seed=seed)


def test_each_document_stands_beside_its_own_headline(pack: TokenPack) -> None:
    for number in range(4):
        batch = dataset(pack)[number]
        for source, labels in zip(batch.source_ids.tolist(), batch.labels.tolist(), strict=True):
            row = source[0] - 300
            assert labels[1:3] == [400 + row] * 2
            assert labels[0] == pack.vocabulary.length_id(6 + 2 * row)
            assert source[: source.index(EOS_ID)] == [300 + row] * (row + 1)


def test_an_epoch_has_every_pair_once_and_batches_depend_on_their_number(pack: TokenPack) -> None:
    made = dataset(pack)
    first = [ids for n in range(4) for ids in made[n].source_ids[:, 0].tolist()]
    assert sorted(first) == list(range(300, 312))
    assert torch.equal(made[3].labels, dataset(pack)[3].labels)


def test_only_so_many_pairs_are_seen_and_fewer_are_among_more(pack: TokenPack) -> None:
    chosen = [set(dataset(pack, replace(PLAIN, count=n)).chosen.tolist()) for n in (2, 5, 12)]
    assert [len(rows) for rows in chosen] == [2, 5, 12]
    assert chosen[0] < chosen[1] < chosen[2]
    few = dataset(pack, replace(PLAIN, count=2))
    seen = {ids - 300 for n in range(40) for ids in few[n].source_ids[:, 0].tolist()}
    assert seen == chosen[0]


def test_another_seed_chooses_other_pairs(pack: TokenPack) -> None:
    five = replace(PLAIN, count=5)
    assert dataset(pack, five).chosen.tolist() != dataset(pack, five, seed=2).chosen.tolist()


def test_sources_are_cut(pack: TokenPack) -> None:
    batch = dataset(pack, replace(PLAIN, source_tokens=1))[0]
    assert batch.source_ids.shape == (3, 2)


def test_an_unpaired_pack_is_refused(tiny_pack: TokenPack) -> None:
    with pytest.raises(InputError, match=r"no true pairs: name their source in data\.supervised"):
        dataset(tiny_pack)


@pytest.mark.parametrize("count", [0, 13])
def test_more_pairs_than_there_are_cannot_be_had(pack: TokenPack, count: int) -> None:
    with pytest.raises(InputError, match=f"{count} true pairs were asked for, the pack has 12"):
        dataset(pack, replace(PLAIN, count=count))
