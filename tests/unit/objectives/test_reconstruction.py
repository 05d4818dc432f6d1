"""What is recovered of a document: the likelihood by hand, and the choice of target."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch")

import numpy as np

from summae.objectives.cross_entropy import cross_entropy
from summae.objectives.reconstruction import (
    ReconstructionTarget,
    inverse_document_frequencies,
    reconstruction_loss,
    reconstruction_reward,
    reconstruction_targets,
)

# Probabilities over three tokens; the first document has two tokens, the second one.
LOGITS = torch.tensor([[[0.5, 0.25, 0.25], [0.1, 0.1, 0.8]], [[0.2, 0.2, 0.6], [1 / 3] * 3]]).log()
LABELS = torch.tensor([[0, 2], [1, -100]])


def test_loss_is_a_mean_over_tokens_and_weighs_as_many() -> None:
    loss = reconstruction_loss(LOGITS, LABELS)
    expected = -(math.log(0.5) + math.log(0.8) + math.log(0.2)) / 3
    assert loss.value.item() == pytest.approx(expected, abs=1e-6)
    assert float(loss.weight) == 3
    smoothed = reconstruction_loss(LOGITS, LABELS, smoothing=0.1).value
    assert torch.equal(smoothed, cross_entropy(LOGITS, LABELS, smoothing=0.1).value)


def test_reward_is_a_mean_for_each_document() -> None:
    reward = reconstruction_reward(LOGITS.requires_grad_(), LABELS)
    expected = [(math.log(0.5) + math.log(0.8)) / 2, math.log(0.2)]
    assert reward.tolist() == pytest.approx(expected, abs=1e-6)
    assert not reward.requires_grad


def test_reward_needs_no_normalised_logits_and_reads_no_padding() -> None:
    spoilt = (LOGITS + 5.0).masked_fill((LABELS == -100)[..., None], float("nan"))
    torch.testing.assert_close(
        reconstruction_reward(spoilt, LABELS), reconstruction_reward(LOGITS, LABELS)
    )


def test_rewards_of_equally_long_documents_are_minus_the_loss() -> None:
    logits = torch.randn(3, 4, 7, generator=torch.Generator().manual_seed(0))
    labels = torch.arange(12).view(3, 4) % 7
    torch.testing.assert_close(
        reconstruction_reward(logits, labels).mean(), -reconstruction_loss(logits, labels).value
    )


DOCUMENTS = torch.tensor([[10, 11, 12, 13, 3], [14, 15, 3, 0, 0]])


def test_whole_document() -> None:
    target = reconstruction_targets(DOCUMENTS, ReconstructionTarget(kind="document", max_tokens=1))
    assert target.labels.tolist() == [[10, 11, 12, 13, 3], [14, 15, 3, -100, -100]]
    assert target.inputs.tolist() == [[2, 10, 11, 12, 13], [2, 14, 15, 3, 0]]


def test_beginning_ends_where_the_document_does_or_is_cut() -> None:
    target = reconstruction_targets(DOCUMENTS, ReconstructionTarget(max_tokens=3))
    assert target.labels.tolist() == [[10, 11, 12], [14, 15, 3]]
    assert target.inputs.tolist() == [[2, 10, 11], [2, 14, 15]]


def test_content_words_keep_their_order_and_their_end() -> None:
    # Idf 3 and more have 11, 13 and 15; </s> is frequent and stays.
    idf = torch.full((16,), 1.0)
    idf[[11, 13, 15]] = torch.tensor([3.0, 4.0, 5.0])
    setting = ReconstructionTarget(kind="content", minimum_idf=3.0)
    target = reconstruction_targets(DOCUMENTS, setting, idf=idf)
    assert target.labels.tolist() == [[11, 13, 3], [15, 3, -100]]
    assert target.inputs.tolist() == [[2, 11, 13], [2, 15, 3]]
    cut = ReconstructionTarget(kind="content", minimum_idf=3.0, max_tokens=1)
    assert reconstruction_targets(DOCUMENTS, cut, idf=idf).labels.tolist() == [[11], [15]]


def test_document_without_content_still_has_an_end_to_foretell() -> None:
    setting = ReconstructionTarget(kind="content")
    target = reconstruction_targets(DOCUMENTS, setting, idf=torch.zeros(16))
    assert target.labels.tolist() == [[3], [3]]


def test_decoder_reads_what_it_wrote_one_place_before() -> None:
    draw = torch.Generator().manual_seed(0)
    documents = torch.randint(4, 40, (6, 9), generator=draw)
    lengths = torch.tensor([9, 7, 5, 3, 2, 1])
    places = torch.arange(9)
    documents = documents.masked_fill(places >= lengths[:, None], 0)
    documents[torch.arange(6), lengths - 1] = 3
    for kind in ("beginning", "document", "content"):
        setting = ReconstructionTarget(kind=kind, max_tokens=4, minimum_idf=1.0)
        target = reconstruction_targets(documents, setting, idf=torch.arange(40) / 20)
        written = target.labels[:, :-1]
        real = written != -100
        assert (target.inputs[:, 0] == 2).all()
        assert torch.equal(target.inputs[:, 1:][real], written[real])
        assert (target.inputs[:, 1:][~real] == 0).all()


def test_settings_that_cannot_be_meant_are_refused() -> None:
    with pytest.raises(ValueError, match="beginning, document, content, got 'middle'"):
        ReconstructionTarget(kind="middle")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="at least 1, got 0"):
        ReconstructionTarget(max_tokens=0)
    with pytest.raises(ValueError, match="none was given"):
        reconstruction_targets(DOCUMENTS, ReconstructionTarget(kind="content"))


def test_idf_counts_documents_and_not_occurrences() -> None:
    # Three documents: piece 1 in all, piece 2 in one (twice), piece 0 in none.
    documents = [np.array([1, 2, 2]), np.array([1]), np.array([1, 3])]
    idf = inverse_document_frequencies(documents, vocab_size=4)
    expected = [math.log(4), 0.0, math.log(2), math.log(2)]
    assert idf.tolist() == pytest.approx(expected, abs=1e-6)
    assert idf.dtype == np.float32
