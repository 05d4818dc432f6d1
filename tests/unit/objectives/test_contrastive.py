"""InfoNCE by hand and against a reference, its bound, and diagnostics at the ends of their scales."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch")

from summae.objectives.contrastive import alignment, effective_rank, info_nce, uniformity


def test_loss_is_what_a_person_gets_with_pencil_and_paper() -> None:
    # Row 0: scores ln 2, 0, 0, the first positive: p = 2/4, nll = ln 2, right.
    # Row 1: scores 0, ln 3, 0, but the second is forbidden: p = 1/2 each, the third positive: ln 2.
    # Row 2 has no positive and counts nothing.
    scores = torch.tensor([[math.log(2), 0, 0], [0, math.log(3), 0], [9, 9, 9]])
    positive = torch.tensor([[1, 0, 0], [0, 0, 1], [0, 0, 0]]).bool()
    allowed = torch.tensor([[1, 1, 1], [1, 0, 1], [1, 1, 1]]).bool()
    loss = info_nce(scores, positive, allowed)
    assert loss.value.item() == pytest.approx(math.log(2))
    assert float(loss.weight) == 2
    # Three candidates in row 0, two in row 1: (ln 3 + ln 2) / 2 - ln 2.
    assert loss.parts["bound"].item() == pytest.approx((math.log(3) - math.log(2)) / 2)
    # Mean magnitude of the five allowed scores of the rows that count: ln 2 / 5.
    assert loss.parts["score"].item() == pytest.approx(math.log(2) / 5)


def test_several_positives_shall_share_the_probability() -> None:
    # Targets 1/2, 1/2, 0: nll = -(ln 0.5 + ln 0.25) / 2 of the softmax (0.5, 0.25, 0.25).
    scores = torch.tensor([[math.log(2), 0.0, 0.0]])
    loss = info_nce(scores, torch.tensor([[True, True, False]]))
    assert loss.value.item() == pytest.approx(1.5 * math.log(2))


def test_accuracy_counts_the_best_allowed_candidate() -> None:
    scores = torch.tensor([[5.0, 2.0, 1.0], [5.0, 1.0, 2.0]])
    positive = torch.tensor([[False, True, False], [False, True, False]])
    allowed = torch.tensor([[False, True, True], [False, True, True]])
    assert info_nce(scores, positive, allowed).parts["accuracy"].item() == 0.5


def test_bound_saturates_at_the_log_of_the_number_of_candidates() -> None:
    count = 8
    for scale, wanted in ((0.0, 0.0), (1e4, math.log(count))):
        loss = info_nce(scale * torch.eye(count), torch.eye(count).bool())
        assert loss.parts["bound"].item() == pytest.approx(wanted, abs=1e-5)
    # Two positives each: the best that can be is ln 8 - ln 2.
    pairs = torch.eye(count // 2).repeat_interleave(2, 0).repeat_interleave(2, 1)
    loss = info_nce(1e4 * pairs, pairs.bool())
    assert loss.parts["bound"].item() == pytest.approx(math.log(4), abs=1e-5)


def test_forbidden_candidates_get_no_gradient_and_empty_rows_no_nan() -> None:
    scores = torch.randn(3, 3, generator=torch.Generator().manual_seed(1), requires_grad=True)
    allowed = torch.tensor([[False, True, True], [True, False, True], [False, False, False]])
    loss = info_nce(scores, torch.tensor([[0, 1, 0], [0, 0, 1], [1, 1, 1]]).bool(), allowed)
    loss.value.backward()
    assert scores.grad is not None
    assert scores.grad.isfinite().all()
    assert (scores.grad[~allowed] == 0).all()
    assert (scores.grad[:2][allowed[:2]] != 0).all()
    assert float(loss.weight) == 2


def test_batch_without_any_positive_is_still_part_of_the_graph() -> None:
    # Or one of several processes would not take part in the backward pass.
    scores = torch.ones(2, 2, requires_grad=True)
    loss = info_nce(scores, torch.zeros(2, 2).bool())
    loss.value.backward()
    assert loss.value.item() == 0
    assert scores.grad is not None


def test_loss_is_that_of_pytorch_metric_learning() -> None:
    losses = pytest.importorskip("pytorch_metric_learning.losses")
    distances = pytest.importorskip("pytorch_metric_learning.distances")
    draw = torch.Generator().manual_seed(3)
    queries, candidates = (torch.randn(6, 4, generator=draw) for _ in range(2))
    product = distances.DotProductSimilarity(normalize_embeddings=False)
    reference = losses.NTXentLoss(temperature=1.0, distance=product)
    labels = torch.arange(6)
    # Given the same object twice it would leave out the diagonal, which here are the pairs.
    theirs = reference(queries, labels, ref_emb=candidates, ref_labels=labels.clone())
    ours = info_nce(queries @ candidates.T, torch.eye(6).bool()).value
    torch.testing.assert_close(ours, theirs)


def test_one_positive_each_is_plain_cross_entropy() -> None:
    draw = torch.Generator().manual_seed(3)
    scores, answers = torch.randn(6, 9, generator=draw), torch.tensor([3, 0, 8, 8, 1, 5])
    positive = torch.nn.functional.one_hot(answers, 9).bool()
    theirs = torch.nn.functional.cross_entropy(scores, answers)
    torch.testing.assert_close(info_nce(scores, positive).value, theirs)


def test_alignment_is_zero_for_equal_directions_and_four_for_opposite_ones() -> None:
    vectors = torch.tensor([[1.0, 2.0], [0.0, 3.0]])
    assert alignment(vectors, 7 * vectors).item() == pytest.approx(0.0, abs=1e-6)
    assert alignment(vectors, -vectors).item() == pytest.approx(4.0)


def test_uniformity_is_zero_for_one_point_and_minus_eight_for_two_opposite_ones() -> None:
    # Squared distances 0 and 4, sharpness 2.
    assert uniformity(torch.ones(5, 3)).item() == pytest.approx(0.0, abs=1e-5)
    assert uniformity(torch.tensor([[1.0, 0.0], [-2.0, 0.0]])).item() == pytest.approx(-8.0)


def test_effective_rank_counts_directions() -> None:
    assert effective_rank(torch.eye(5)).item() == pytest.approx(5.0)
    assert effective_rank(torch.ones(5, 3)).item() == pytest.approx(1.0, abs=1e-3)
    # Singular values 3 and 1, shares 3/4 and 1/4: exp of their entropy.
    two = math.exp(-0.75 * math.log(0.75) - 0.25 * math.log(0.25))
    assert effective_rank(torch.diag(torch.tensor([3.0, 1.0]))).item() == pytest.approx(two)
