"""Cross-entropy by hand."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch")

from summae.objectives.cross_entropy import cross_entropy

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
