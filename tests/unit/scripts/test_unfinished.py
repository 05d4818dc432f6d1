"""Runs are shared among processes, none twice; what is missing is told in one breath."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("torch")

from filelock import FileLock

import unfinished
from comparison.experiment import Row
from comparison.runs import Run
from summae.recipes.game_settings import DiscriminatorSettings
from summae.recipes.settings import PipelineSettings
from unfinished import missing, train_all


def run(name: str, seed: int) -> Run:
    return Run(Row(name=name), seed, PipelineSettings())


@pytest.fixture(params=["generator", "discriminator"])
def runs(tmp_path: Path, request: pytest.FixtureRequest) -> list[Run]:
    """Two, and one of which a player starts from the first."""
    made = str(tmp_path / "a" / "best")
    judged = DiscriminatorSettings(start=made)
    start: dict[str, Any] = (
        {"start": made} if request.param == "generator" else {"discriminator": judged}
    )
    settings = [
        PipelineSettings(output=str(tmp_path / name), **values)
        for name, values in [("a", {}), ("b", {}), ("c", start)]
    ]
    return [Run(Row(name=Path(one.output).name), 1, one) for one in settings]


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of those that were trained, in order."""
    names: list[str] = []

    def train(settings: PipelineSettings) -> Any:
        names.append(Path(settings.output).name)
        state = SimpleNamespace(ended="steps", step=7, batches=7, seconds=60.0)
        return SimpleNamespace(is_over=True, state=state)

    monkeypatch.setattr(unfinished, "train", train)
    return names


def test_each_is_trained_once(runs: list[Run], trained: list[str]) -> None:
    assert train_all(runs) == ([], [])
    assert trained == ["a", "b", "c"]
    assert runs[0].outcome["minutes"] == 1
    assert train_all(runs) == ([], [])
    assert trained == ["a", "b", "c"]


def test_a_run_that_has_ended_is_seen_to_before_the_next_one_begins(
    runs: list[Run], trained: list[str]
) -> None:
    seen: list[tuple[str, int]] = []
    train_all(runs, then=lambda run: seen.append((run.name, len(trained))))
    assert seen == [("a", 1), ("b", 2), ("c", 3)]


def test_what_another_process_trains_is_left_to_it_and_what_starts_from_that_waits(
    runs: list[Run], trained: list[str]
) -> None:
    runs[0].folder.mkdir()
    with FileLock(runs[0].folder / "training.lock"):
        assert train_all(runs) == ([runs[0], runs[2]], [])
    assert trained == ["b"]
    assert train_all(runs) == ([], [])
    assert trained == ["b", "a", "c"]


def test_what_another_process_has_finished_meanwhile_is_not_trained_again(
    runs: list[Run], trained: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def finish_b(run: Run) -> dict[str, Any]:
        runs[1].write({"ended": "steps"})
        return {}

    assert train_all(runs, facts=finish_b) == ([], [])
    assert trained == ["a", "c"]


def test_one_that_fails_does_not_cost_the_others_theirs(
    runs: list[Run], trained: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    train: Callable[[PipelineSettings], Any] = unfinished.train

    def fail_first(settings: PipelineSettings) -> Any:
        if settings.output.endswith("a"):
            raise ValueError("no luck")
        return train(settings)

    monkeypatch.setattr(unfinished, "train", fail_first)
    assert train_all(runs) == ([], [(runs[0], "ValueError")])
    assert trained == ["b", "c"]


def test_rows_that_lack_the_same_seeds_are_named_together() -> None:
    left = [run("c", 2), *(run(name, 3) for name in ("a", "b, c", "c")), run("a", 4)]
    assert missing(left, [(run("b, c", 1), "ModelError")]) == [
        "seeds 2, 3 of: “c” (not trained to the end)",
        "seeds 3, 4 of: “a” (not trained to the end)",
        "seed 3 of: “b, c” (not trained to the end)",
        "b, c, seed 1 (failed: ModelError, see the log)",
    ]
    both = [run(name, seed) for seed in (2, 3) for name in ("a", "b")]
    assert missing(both, []) == ["seeds 2, 3 of: “a”, “b” (not trained to the end)"]
    assert missing([], []) == []
