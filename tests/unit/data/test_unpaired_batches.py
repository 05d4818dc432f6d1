"""Documents in epochs, headlines by their sources' shares, and neither knows of the other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from summae.data.batches import UnpairedBatch
from summae.data.pack import Ragged, TokenPack
from summae.data.settings import MixtureSettings, UnpairedSettings
from summae.data.unpaired_batches import UnpairedDataset
from summae.errors import InputError
from summae.text.vocabulary import EOS_ID

PLAIN = UnpairedSettings(batch_size=4, bucket_batches=2)


def dataset(
    pack: TokenPack, settings: UnpairedSettings = PLAIN, *, batches: int = 20, seed: int = 1
) -> UnpairedDataset:
    return UnpairedDataset(pack, settings, num_batches=batches, seed=seed)


def headline_rows(pack: TokenPack, batch: UnpairedBatch) -> list[int]:
    """Row of each headline of a batch in the pack."""
    rows = {tuple(pack.headlines[n].tolist()): n for n in range(len(pack.headlines))}
    return [rows[tuple(ids[: ids.index(EOS_ID)])] for ids in batch.headline_ids.tolist()]


def test_batch_depends_on_its_number_alone(tiny_pack: TokenPack) -> None:
    in_order, alone = dataset(tiny_pack), dataset(tiny_pack)
    sixth = [in_order[number] for number in range(7)][6]
    assert torch.equal(sixth.source_ids, alone[6].source_ids)
    assert torch.equal(sixth.headline_ids, alone[6].headline_ids)
    assert len(in_order) == 20


def test_each_document_comes_once_in_an_epoch(tiny_pack: TokenPack) -> None:
    made = dataset(tiny_pack)
    for epoch in range(5):  # two batches of four are the eight documents
        rows = [row for n in (2 * epoch, 2 * epoch + 1) for row in made[n].document_rows.tolist()]
        assert sorted(rows) == list(range(8))


def test_row_numbers_are_those_of_the_documents(tiny_pack: TokenPack) -> None:
    batch = dataset(tiny_pack)[3]
    for ids, row in zip(batch.source_ids.tolist(), batch.document_rows.tolist(), strict=True):
        assert ids[: ids.index(EOS_ID)] == tiny_pack.documents[row].tolist()


def test_documents_are_cut(tiny_pack: TokenPack) -> None:
    batch = dataset(tiny_pack, replace(PLAIN, source_tokens=5))[0]
    assert batch.source_ids.shape == (4, 6)
    assert (batch.source_ids[:, -1] == EOS_ID).all()


def test_headlines_end_and_state_their_length(tiny_pack: TokenPack) -> None:
    batch = dataset(tiny_pack)[0]
    for row, ids, length in zip(
        headline_rows(tiny_pack, batch),
        batch.headline_ids.tolist(),
        batch.length_ids.tolist(),
        strict=True,
    ):
        assert set(ids[ids.index(EOS_ID) + 1 :]) <= {0}
        assert length == tiny_pack.vocabulary.length_id(int(tiny_pack.headline_characters[row]))


def test_headlines_do_not_depend_on_the_documents(tiny_pack: TokenPack) -> None:
    backwards = Ragged.of([tiny_pack.documents[n].tolist() for n in reversed(range(8))])
    other = dataset(replace(tiny_pack, documents=backwards))
    made = dataset(tiny_pack)
    for number in range(20):
        assert torch.equal(made[number].headline_ids, other[number].headline_ids)


def test_a_document_meets_its_mined_headline_as_often_as_any_other(tiny_pack: TokenPack) -> None:
    # Pair n is document n with headline n. 4000 rows over 8 x 8 cells are 62.5 in each; 8 own
    # cells together are 500, give or take sqrt(4000 * 1/8 * 7/8) = 21.
    made = dataset(tiny_pack, batches=1000)
    cells = np.zeros((8, 8))
    for number in range(1000):
        rows = made[number].document_rows.tolist()
        np.add.at(cells, (rows, headline_rows(tiny_pack, made[number])), 1)
    assert abs(np.trace(cells) - 500) < 3 * 21
    # Chi-square of independence with 7 * 7 degrees of freedom is below 85 in 99.9 % of cases.
    expected = cells.sum(1, keepdims=True) * cells.sum(0) / cells.sum()
    assert ((cells - expected) ** 2 / expected).sum() < 85


def test_headline_sources_come_by_their_shares(tiny_pack: TokenPack) -> None:
    # Odd headlines are of source 1; 800 draws at 3 : 1 give 200 of it, deviation 12.
    made = dataset(tiny_pack, replace(PLAIN, source_shares=(3, 1)), batches=200)
    drawn = [row for n in range(200) for row in headline_rows(tiny_pack, made[n])]
    assert abs(sum(row % 2 for row in drawn) - 200) < 3 * 12.3
    only = dataset(tiny_pack, replace(PLAIN, source_shares=(0, 1)))
    assert all(row % 2 for n in range(20) for row in headline_rows(tiny_pack, only[n]))


def test_shares_for_another_number_of_sources_are_refused(tiny_pack: TokenPack) -> None:
    with pytest.raises(InputError, match="names 3 headline sources, the pack has 2"):
        dataset(tiny_pack, replace(PLAIN, source_shares=(1, 1, 1)))


def test_the_last_source_may_have_no_headline(tiny_pack: TokenPack) -> None:
    named = {"settings": {"headlines": ["a", "b", "c"]}}
    pack = replace(tiny_pack, notes=named)
    made = dataset(pack, replace(PLAIN, source_shares=(0, 1, 1)))
    assert all(row % 2 for n in range(20) for row in headline_rows(pack, made[n]))


def test_settings_of_a_mixture_serve_as_well(tiny_pack: TokenPack) -> None:
    mixture = MixtureSettings(batch_size=4, bucket_batches=2)
    assert torch.equal(dataset(tiny_pack, mixture)[0].source_ids, dataset(tiny_pack)[0].source_ids)


@pytest.mark.parametrize("field", ["documents", "headlines"])
def test_a_pack_without_one_of_the_two_is_refused(tiny_pack: TokenPack, field: str) -> None:
    with pytest.raises(InputError, match="0 "):
        dataset(replace(tiny_pack, **{field: Ragged.of([])}))
