"""Parts of a batch make one update."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
accelerate = pytest.importorskip("accelerate")

sys.path.insert(0, str(Path(__file__).parent))
import toy_game

from summae.training.gradients import average, clip, documents_in, parts_of, scalar_on

pytestmark = pytest.mark.usefixtures("fresh_accelerator")


def points(count: int) -> toy_game.Points:
    return toy_game.Points(
        torch.zeros(count, 4, 3), torch.ones(count, 4).bool(), torch.arange(count)
    )


def rows_of(count: int, **place: int) -> list[tuple[list[int], bool]]:
    return [(part.rows.tolist(), counts) for part, counts in parts_of(points(count), **place)]


def test_a_batch_has_as_many_documents_as_its_first_field_or_its_length() -> None:
    assert documents_in(points(3)) == 3
    assert documents_in(range(4)) == 4


@pytest.mark.parametrize("value", [3, 3.0, torch.tensor(3), torch.tensor(3.0, requires_grad=True)])
def test_a_scalar_is_a_float_without_gradient_where_it_is_needed(value: float) -> None:
    here = scalar_on(torch.device("cpu"), value)
    assert (here.item(), here.dtype, here.requires_grad) == (3.0, torch.float32, False)
    assert scalar_on(torch.device("meta"), value).device.type == "meta"


def test_parts_of_all_processes_make_the_batch() -> None:
    # Seven documents: 0 2 4 6 and 1 3 5, each in two parts.
    assert rows_of(7, process=0, processes=2, parts=2) == [([0, 4], True), ([2, 6], True)]
    assert rows_of(7, process=1, processes=2, parts=2) == [([1, 5], True), ([3], True)]


def test_the_first_document_stands_in_for_an_empty_part_and_counts_nothing() -> None:
    assert rows_of(2, process=1, processes=2, parts=2) == [([1], True), ([0], False)]
    assert rows_of(1, process=1, processes=2, parts=1) == [([0], False)]


def test_sums_become_the_mean_over_all_weights() -> None:
    # Two parts with losses w and 3 w, of 1 and 3 tokens: (1 * 1 + 3 * 3) / 4 = 2.5
    weight = torch.nn.Parameter(torch.tensor(1.0))
    for factor, tokens in ((1.0, 1), (3.0, 3)):
        (factor * weight * tokens).backward()
    average(accelerate.Accelerator(cpu=True), [weight], torch.tensor(4.0))
    assert weight.grad.item() == 2.5


def test_a_turn_in_which_nothing_counts_moves_nothing() -> None:
    weight = torch.nn.Parameter(torch.tensor(1.0))
    (0 * weight).backward()
    average(accelerate.Accelerator(cpu=True), [weight], torch.tensor(0.0))
    assert weight.grad.item() == 0.0


def test_only_too_long_a_gradient_is_shortened() -> None:
    accelerator = accelerate.Accelerator(cpu=True)
    weight = torch.nn.Parameter(torch.zeros(2))
    optimizer = accelerator.prepare(torch.optim.SGD([weight], lr=1.0))
    for limit, expected in ((10.0, [3.0, 4.0]), (1.0, [0.6, 0.8])):
        weight.grad = torch.tensor([3.0, 4.0])
        assert clip(accelerator, optimizer, [weight], limit).item() == 5.0
        torch.testing.assert_close(weight.grad, torch.tensor(expected))


@pytest.mark.parametrize("parts", [2, 4])
def test_accumulation_changes_no_update(tmp_path: Path, parts: int) -> None:
    # Batches of 5, 5 and 1 documents: uneven parts, and three empty ones.
    for name, settings in (
        ("whole", toy_game.SETTINGS),
        ("parts", replace(toy_game.SETTINGS, accumulation=parts)),
    ):
        toy_game.play(settings, tmp_path / name)
    ours, whole = (torch.load(tmp_path / name / "weights-0.pt") for name in ("parts", "whole"))
    for name, weight in whole.items():
        torch.testing.assert_close(ours[name], weight, rtol=0, atol=1e-6, msg=name)
