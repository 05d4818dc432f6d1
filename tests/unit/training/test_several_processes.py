"""Two processes do together what one does alone."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")

sys.path.insert(0, str(Path(__file__).parent))
import toy_game

from summae.errors import ModelError

pytestmark = pytest.mark.usefixtures("fresh_accelerator")


@pytest.fixture(scope="module")
def together(
    in_two_processes: Callable[[str, Path], None], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """All scenarios, played by two processes."""
    folder = tmp_path_factory.mktemp("together")
    in_two_processes(toy_game.__file__, folder)
    return folder


def losses(run: Path) -> list[dict[str, float]]:
    lines = (run / "log" / "metrics.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [{k: v for k, v in row.items() if k.startswith(("writer", "critic"))} for row in rows]


def about(run: Path, rank: int) -> Any:
    return json.loads((run / f"about-{rank}.json").read_text("utf-8"))


def assert_same(ours: Path, alone: Path) -> None:
    found, expected = (torch.load(path) for path in (ours, alone))
    assert found.keys() == expected.keys()
    for name, weight in expected.items():
        torch.testing.assert_close(found[name], weight, rtol=0, atol=1e-6, msg=name)


@pytest.mark.parametrize("scenario", ["whole", "parts"])
def test_weights_averages_and_losses_are_those_of_one_process(
    together: Path, tmp_path: Path, scenario: str
) -> None:
    # Batches of 5 and 1: shares of 3 and 2, 1 and 0 documents, then parts of 2 and 1, 1 and 1.
    toy_game.play(toy_game.SETTINGS, tmp_path)
    assert_same(together / scenario / "weights-0.pt", tmp_path / "weights-0.pt")
    assert_same(together / scenario / "last" / "weights.pt", tmp_path / "last" / "weights.pt")
    ours, alone = losses(together / scenario), losses(tmp_path)
    assert len(ours) == len(alone) == 7  # after steps 2, 4, 6 and 7, and three validations
    for row, expected in zip(ours, alone, strict=True):
        assert row == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("scenario", ["whole", "parts"])
def test_the_processes_never_drift_apart(together: Path, scenario: str) -> None:
    one, other = (torch.load(together / scenario / f"weights-{rank}.pt") for rank in range(2))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_averages_and_weights_differ(together: Path) -> None:
    # Else that one of them agrees would prove nothing about the other.
    run = together / "whole"
    weights, averages = torch.load(run / "weights-0.pt"), torch.load(run / "last" / "weights.pt")
    assert any(not torch.equal(weights[name], averages[name]) for name in weights)


def test_no_document_is_repeated_within_an_epoch(together: Path) -> None:
    # 14 turns: four epochs of three batches, and a batch of each of the first two kinds. Of the
    # batch of one document the second process has no share, and takes document 10 uncounted.
    first, second = (about(together / "whole", rank)["seen"] for rank in range(2))
    for epoch in range(4):
        ours, theirs = first[7 * epoch :][:7], second[5 * epoch :][:5]
        assert theirs[-1] == 10
        assert sorted([*ours, *theirs[:-1]]) == list(range(11))


def test_all_follow_the_first_in_what_is_best(together: Path) -> None:
    # The first process measures less each time, the second more.
    assert [about(together / "whole", rank)["best_step"] for rank in range(2)] == [3, 3]


def test_all_stop_at_the_same_step_when_time_is_up(together: Path) -> None:
    # Asked when losses are logged, after the second step.
    assert [about(together / "hurried", rank)["steps"] for rank in range(2)] == [2, 2]
    # Where none are logged, after the twentieth of twenty-five.
    assert [about(together / "unlogged", rank)["steps"] for rank in range(2)] == [20, 20]


def test_sharded_weights_train_and_are_saved_whole(together: Path, tmp_path: Path) -> None:
    toy_game.play(toy_game.SHARDED, tmp_path)
    assert_same(together / "sharded" / "last" / "weights.pt", tmp_path / "last" / "weights.pt")


def test_one_process_does_not_resume_what_two_began(together: Path, tmp_path: Path) -> None:
    shutil.copytree(together / "hurried", tmp_path, dirs_exist_ok=True)
    settings = replace(toy_game.SETTINGS, max_minutes=0.0)
    with pytest.raises(ModelError, match="by 2 processes, this run has 1: launch with --num"):
        toy_game.play(settings, tmp_path)
