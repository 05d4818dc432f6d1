"""Cross-entropy by hand."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch")

from summae.objectives.cross_entropy import cross_entropy, r_drop

# Probabilities over three tokens at two real places and a padded one.
PROBABILITIES = [[0.5, 0.25, 0.25], [0.1, 0.1, 0.8], [1.0, 0.0, 0.0]]
LABELS = torch.tensor([[0, 2, -100]])


def logits(shift: float = 0.0) -> torch.Tensor:
    return torch.tensor([PROBABILITIES]).clamp(min=1e-30).log() + shift


def test_mean_negative_log_likelihood_over_real_tokens() -> None:
    # -(ln 0.5 + ln 0.8) / 2 = 0.4581
    loss = cross_entropy(logits(), LABELS)
    assert loss.value.item() == pytest.approx(-(math.log(0.5) + math.log(0.8)) / 2, abs=1e-6)
    assert loss.parts["nll"].item() == pytest.approx(loss.value.item())


def test_logits_need_not_be_normalised() -> None:
    shifted = cross_entropy(logits(7.0), LABELS)
    assert shifted.value.item() == pytest.approx(cross_entropy(logits(), LABELS).value.item())


def test_smoothing_mixes_in_the_mean_over_the_vocabulary() -> None:
    # Means of the log-probabilities: (ln .5 + 2 ln .25) / 3 and (2 ln .1 + ln .8) / 3.
    uniform = (
        (math.log(0.5) + 2 * math.log(0.25)) / 3 + (2 * math.log(0.1) + math.log(0.8)) / 3
    ) / 2
    plain = -(math.log(0.5) + math.log(0.8)) / 2
    loss = cross_entropy(logits(), LABELS, smoothing=0.1)
    assert loss.value.item() == pytest.approx(0.9 * plain - 0.1 * uniform, abs=1e-6)
    assert loss.parts["nll"].item() == pytest.approx(plain, abs=1e-6)


def test_agrees_with_torch() -> None:
    torch.manual_seed(0)
    scores = torch.randn(2, 5, 11)
    labels = torch.randint(0, 11, (2, 5))
    labels[1, 3:] = -100
    expected = torch.nn.functional.cross_entropy(
        scores.flatten(0, 1), labels.flatten(), label_smoothing=0.2
    )
    torch.testing.assert_close(cross_entropy(scores, labels, smoothing=0.2).value, expected)


def test_padding_gets_no_gradient_and_parts_hold_none() -> None:
    scores = torch.randn(1, 3, 3, requires_grad=True)
    loss = cross_entropy(scores, LABELS, smoothing=0.1)
    loss.value.backward()
    assert scores.grad is not None
    assert scores.grad[0, 2].abs().sum() == 0
    assert scores.grad[0, :2].abs().sum() > 0
    assert not loss.parts["nll"].requires_grad


def test_it_weighs_as_much_as_it_has_real_tokens() -> None:
    # Two halves of unequal length, put together by weight, are the whole.
    torch.manual_seed(0)
    scores, labels = torch.randn(2, 4, 5), torch.tensor([[1, 2, 3, 4], [1, -100, -100, -100]])
    halves = [cross_entropy(scores[i : i + 1], labels[i : i + 1], smoothing=0.1) for i in range(2)]
    assert [int(half.weight) for half in halves] == [4, 1]
    mean = (4 * halves[0].value + 1 * halves[1].value) / 5
    torch.testing.assert_close(mean, cross_entropy(scores, labels, smoothing=0.1).value)


def test_without_a_real_token_it_is_nothing_and_weighs_nothing() -> None:
    scores = torch.randn(1, 3, 3, requires_grad=True)
    loss = cross_entropy(scores, torch.full((1, 3), -100), smoothing=0.1)
    loss.value.backward()
    assert (loss.value.item(), int(loss.weight)) == (0.0, 0)
    assert scores.grad is not None
    assert scores.grad.abs().sum() == 0


def two_passes(first: list[float], second: list[float]) -> torch.Tensor:
    """One row of one real place and a padded one, read twice; the padded place differs, too."""
    return torch.tensor([[first, [0.9, 0.1]], [second, [0.2, 0.8]]]).log()


ONE_LABEL = torch.tensor([[0, -100]])


def test_passes_are_drawn_together_by_the_mean_of_both_divergences() -> None:
    # p = (1/2, 1/2) and q = (1/4, 3/4):
    # KL(p, q) = 1/2 ln 2 + 1/2 ln 2/3 = 0.1438, KL(q, p) = 1/4 ln 1/2 + 3/4 ln 3/2 = 0.1308;
    # likelihood -(ln 1/2 + ln 1/4) / 2 = 1.0397; with weight 3 half of the paper's sum is
    # 1.0397 + 3 / 2 * (0.1438 + 0.1308) / 2 = 1.2457
    forward = 0.5 * math.log(2) + 0.5 * math.log(2 / 3)
    backward = 0.25 * math.log(0.5) + 0.75 * math.log(1.5)
    loss = r_drop(two_passes([0.5, 0.5], [0.25, 0.75]), ONE_LABEL, weight=3.0)
    nll = -(math.log(0.5) + math.log(0.25)) / 2
    assert loss.parts["nll"].item() == pytest.approx(nll, abs=1e-6)
    assert loss.parts["divergence"].item() == pytest.approx((forward + backward) / 2, abs=1e-6)
    expected = nll + 1.5 * (forward + backward) / 2
    assert loss.value.item() == pytest.approx(expected, abs=1e-6) == pytest.approx(1.2457, abs=1e-4)
    assert int(loss.weight) == 1  # of both passes


def test_passes_that_agree_leave_the_cross_entropy() -> None:
    torch.manual_seed(0)
    scores, labels = torch.randn(2, 4, 5), torch.tensor([[1, 2, 3, 4], [1, -100, -100, -100]])
    plain = cross_entropy(scores, labels, smoothing=0.1)
    twice = r_drop(scores.repeat(2, 1, 1), labels, weight=5.0, smoothing=0.1)
    torch.testing.assert_close(twice.value, plain.value)
    assert twice.parts["divergence"].item() == 0
    assert int(twice.weight) == int(plain.weight)


def test_both_passes_move_towards_each_other() -> None:
    # Of the divergence alone: the difference for weight 1 and 0.
    scores = two_passes([0.5, 0.5], [0.25, 0.75]).requires_grad_()
    pulled = (
        r_drop(scores, ONE_LABEL, weight=1.0).value - r_drop(scores, ONE_LABEL, weight=0.0).value
    )
    pulled.backward()
    assert scores.grad is not None
    first, second = scores.grad[:, 0, 0]  # of the word that the first pass finds likelier
    assert first > 0 > second
    assert scores.grad[:, 1].abs().sum() == 0  # padding


def test_logits_of_one_pass_are_refused() -> None:
    with pytest.raises(ValueError, match="make 2 rows of logits, got 1"):
        r_drop(logits(), LABELS, weight=1.0)
