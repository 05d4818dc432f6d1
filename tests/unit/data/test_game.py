"""Batches of the game: the same luck for a document whoever holds it, and all parts stay together."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from summae.data.denoising import DenoisingDataset
from summae.data.game import GameDataset
from summae.data.mixture import MixtureDataset
from summae.data.pack import TokenPack
from summae.data.settings import MixtureSettings, UnpairedSettings
from summae.data.unpaired_batches import UnpairedDataset
from summae.text.vocabulary import EOS_ID

MIXTURE = MixtureSettings(batch_size=5, bucket_batches=2, source_tokens=20, pairs_share=1.0)


@pytest.fixture
def dataset(tiny_pack: TokenPack) -> GameDataset:
    settings = UnpairedSettings(batch_size=5, bucket_batches=2, source_tokens=20)
    texts = UnpairedDataset(tiny_pack, settings, num_batches=6, seed=1)
    pairs = MixtureDataset(tiny_pack, MIXTURE, num_batches=6, seed=1)
    return GameDataset(texts, num_chances=4, seed=1, pairs=pairs)


def test_a_batch_is_a_function_of_its_number(dataset: GameDataset) -> None:
    first, other, again = dataset[3], dataset[4], dataset[3]
    assert torch.equal(first.chances, again.chances)
    assert torch.equal(first.texts.source_ids, again.texts.source_ids)
    assert not torch.equal(first.chances, other.chances)


def test_chances_are_uniform_numbers_one_row_a_document(dataset: GameDataset) -> None:
    chances = torch.cat([dataset[number].chances for number in range(6)])
    assert chances.shape == (30, 4)
    assert chances.dtype == torch.float64
    assert 0 <= chances.min() < 0.1 < 0.9 < chances.max() < 1


def test_shares_of_a_batch_are_its_rows(dataset: GameDataset) -> None:
    whole = dataset[0]
    shares = [whole.shard(index, 2) for index in range(2)]
    assert [len(share) for share in shares] == [3, 2]
    for index, share in enumerate(shares):
        assert torch.equal(share.chances, whole.chances[index::2])
        assert torch.equal(share.texts.document_rows, whole.texts.document_rows[index::2])
        assert share.pairs is not None
        assert whole.pairs is not None
        assert torch.equal(share.pairs.labels, whole.pairs.labels[index::2])


def test_without_pairs_there_are_none(dataset: GameDataset) -> None:
    alone = GameDataset(dataset.texts, num_chances=1, seed=1)[0]
    assert alone.pairs is None
    assert alone.shard(0, 2).to("cpu").pairs is None


def test_denoising_buries_the_very_headline_that_is_its_target(tiny_pack: TokenPack) -> None:
    from summae.data.noise import NoiseSettings

    # Nothing dropped and no word of the document kept: the source is the headline's own words.
    noise = NoiseSettings(drop_share=0.0, document_share=(0.0, 0.0))
    settings = MixtureSettings(batch_size=4, bucket_batches=2, source_tokens=60, noise=noise)
    batch = DenoisingDataset(tiny_pack, settings, num_batches=2, seed=1)[0]
    for source, labels in zip(batch.source_ids, batch.labels, strict=True):
        target = [token for token in labels.tolist() if token > 0][1:]  # without its length
        assert sorted(token for token in source.tolist() if token > 0) == sorted(target)
        assert target[-1] == EOS_ID


def test_denoising_is_a_function_of_the_number_and_takes_each_document_once(
    tiny_pack: TokenPack,
) -> None:
    settings = MixtureSettings(batch_size=4, bucket_batches=2, source_tokens=20)
    dataset = DenoisingDataset(tiny_pack, settings, num_batches=4, seed=1)
    assert torch.equal(dataset[1].source_ids, dataset[1].source_ids)
    assert not torch.equal(dataset[0].labels, dataset[1].labels)
    assert len(dataset) == 4
