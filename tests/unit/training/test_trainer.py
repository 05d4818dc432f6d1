"""The loop: whose turn it is, which rates, what is kept, and where it goes on."""

from __future__ import annotations

import json
import math
import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")

from summae.errors import ConfigError
from summae.objectives.loss import Loss
from summae.training.settings import TrainerSettings
from summae.training.trainer import Trainer
from summae.training.unit import Player

pytestmark = pytest.mark.usefixtures("fresh_accelerator")

SHORT = TrainerSettings(steps=6, warmup_steps=2, log_every=2, validate_every=2, save_every=2)


USUAL = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}


@pytest.fixture
def usual_handlers() -> Iterator[None]:
    """As in a program that was started in the foreground and has done nothing about signals."""
    before = {number: signal.signal(number, usual) for number, usual in USUAL.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@dataclass(frozen=True)
class Numbers:
    """Batch `n` holds the number n."""

    values: torch.Tensor

    def to(self, device: object) -> Numbers:
        return self

    def shard(self, index: int, count: int) -> Numbers:
        return self


class Counting(torch.utils.data.Dataset[Numbers]):
    def __len__(self) -> int:
        return 1000

    def __getitem__(self, number: int) -> Numbers:
        return Numbers(torch.full((1, 2), float(number)))


class TwoPlayers:
    """A unit that writes down what the trainer asks of it."""

    def __init__(self, measures: Sequence[float] = ()) -> None:
        torch.manual_seed(0)
        self.modules = {name: torch.nn.Linear(2, 1) for name in ("writer", "critic")}
        self._players = {
            name: Player(module, torch.optim.SGD(module.parameters(), lr=1.0), rate)
            for (name, module), rate in zip(self.modules.items(), (0.1, 0.01), strict=True)
        }
        self.seen: list[tuple[str, float]] = []
        self.frozen: list[tuple[str, set[str]]] = []
        self.rates: list[float] = []
        self.measures = iter(measures)
        self.saved: list[str] = []
        self.was_training: list[bool] = []

    def players(self) -> Mapping[str, Player]:
        return self._players

    def turns(self, step: int) -> Sequence[str]:
        return ("critic", "critic", "writer") if step % 2 else ("writer",)

    def loss(self, player: str, batch: Numbers) -> Loss:
        self.seen.append((player, batch.values[0, 0].item()))
        still = {n for n, m in self.modules.items() if not m.weight.requires_grad}
        self.frozen.append((player, still))
        self.rates.append(self._players[player].optimizer.param_groups[0]["lr"])
        value = (
            torch.nn.functional.dropout(self._players[player].module(batch.values)).pow(2).mean()
        )
        return Loss(value, {"square": value.detach()})

    def validate(self) -> Mapping[str, float]:
        self.was_training.append(self.modules["writer"].training)
        found = next(self.measures, None)
        return {} if found is None else {"rouge_l": found}

    def save(self, directory: Path) -> None:
        self.saved.append(directory.name)
        self.saved_weights = self.weights()

    def weights(self) -> torch.Tensor:
        return torch.cat([m.weight.detach().flatten() for m in self.modules.values()])


def trained(output: Path, settings: TrainerSettings = SHORT, **options: Any) -> TwoPlayers:
    unit = TwoPlayers(**options)
    Trainer(unit, Counting(), settings, output).fit()
    return unit


def test_each_turn_takes_the_next_batch_with_the_others_frozen(tmp_path: Path) -> None:
    unit = trained(tmp_path, replace(SHORT, steps=3))
    assert unit.seen == [("writer", 0), ("critic", 1), ("critic", 2), ("writer", 3), ("writer", 4)]
    assert unit.frozen[:2] == [("writer", {"critic"}), ("critic", {"writer"})]


def test_rates_rise_linearly_and_fall_like_a_cosine(tmp_path: Path) -> None:
    # Two steps of warm-up: 1/2, 1; then 0.05 + 0.95 (1 + cos(pi k/4)) / 2 for k = 0..3.
    unit = trained(tmp_path)
    writer = [
        rate for (name, _), rate in zip(unit.seen, unit.rates, strict=True) if name == "writer"
    ]
    cosine = [0.05 + 0.95 * (1 + math.cos(math.pi * k / 4)) / 2 for k in range(4)]
    assert writer == pytest.approx([0.1 * share for share in (0.5, 1.0, *cosine)])


@pytest.mark.parametrize(
    ("number", "ending"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit)]
)
@pytest.mark.usefixtures("usual_handlers")
def test_a_run_that_is_told_to_stop_saves_its_step_and_goes_on_from_there(
    tmp_path: Path, number: int, ending: type[BaseException]
) -> None:
    class Stopped(TwoPlayers):
        def loss(self, player: str, batch: Numbers) -> Loss:
            if len(self.seen) == 5:  # in step 4, between two checkpoints
                os.kill(os.getpid(), number)
            return super().loss(player, batch)

    settings = replace(SHORT, validate_every=0, save_every=100)
    whole = trained(tmp_path / "whole", settings)
    output = tmp_path / "stopped"
    with pytest.raises(ending) as stopped:
        Trainer(Stopped(), Counting(), settings, output).fit()
    if isinstance(stopped.value, SystemExit):
        assert stopped.value.code == 143
    assert [folder.name for folder in (output / "checkpoints").iterdir()] == ["step-00000004"]
    rest = trained(output, settings)
    assert torch.equal(rest.weights(), whole.weights())
    assert signal.getsignal(number) == USUAL[number]


@pytest.mark.usefixtures("usual_handlers")
def test_who_is_impatient_does_not_wait(tmp_path: Path) -> None:
    class Stopped(TwoPlayers):
        def loss(self, player: str, batch: Numbers) -> Loss:
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)
            raise AssertionError

    with pytest.raises(KeyboardInterrupt):
        Trainer(Stopped(), Counting(), SHORT, tmp_path).fit()
    assert not list((tmp_path / "checkpoints").glob("step-*"))


@pytest.mark.usefixtures("usual_handlers")
def test_whoever_handles_signals_already_goes_on_handling_them(tmp_path: Path) -> None:
    heard: list[int] = []

    class Stopped(TwoPlayers):
        def loss(self, player: str, batch: Numbers) -> Loss:
            os.kill(os.getpid(), signal.SIGTERM)
            return super().loss(player, batch)

    signal.signal(signal.SIGTERM, lambda number, frame: heard.append(number))
    assert Trainer(Stopped(), Counting(), SHORT, tmp_path).fit().step == SHORT.steps
    assert heard


@pytest.mark.parametrize("options", [{}, {"ema_decay": 0.5, "accumulation": 2}])
def test_two_sessions_continue_one_another_to_the_bit(
    tmp_path: Path, options: dict[str, Any]
) -> None:
    settings = replace(SHORT, **options)
    whole = trained(tmp_path / "whole", settings)
    first = TwoPlayers()
    trainer = Trainer(first, Counting(), replace(settings, max_minutes=1e-9), tmp_path / "parts")
    assert trainer.fit().step == 1  # time is up at once, after a step
    trainer = Trainer(second := TwoPlayers(), Counting(), settings, tmp_path / "parts")
    assert trainer.fit().step == 6
    assert first.seen + second.seen == whole.seen
    assert torch.equal(second.weights(), whole.weights())
    assert torch.equal(second.saved_weights, whole.saved_weights)


def test_finished_run_is_not_trained_further(tmp_path: Path) -> None:
    whole = trained(tmp_path)
    again = trained(tmp_path)
    assert again.seen == []
    assert torch.equal(again.weights(), whole.weights())


def test_run_can_begin_anew(tmp_path: Path) -> None:
    trained(tmp_path)
    unit = TwoPlayers()
    Trainer(unit, Counting(), SHORT, tmp_path).fit(resume=False)
    assert unit.seen[0] == ("writer", 0)


def test_a_run_that_begins_anew_is_the_one_that_goes_on(tmp_path: Path) -> None:
    trained(tmp_path)
    hurried = replace(SHORT, max_minutes=1e-9)
    Trainer(TwoPlayers(), Counting(), hurried, tmp_path).fit(resume=False)
    assert [path.name for path in (tmp_path / "checkpoints").iterdir()] == ["step-00000001"]
    assert Trainer(TwoPlayers(), Counting(), hurried, tmp_path).fit().step == 2


def test_best_model_is_the_one_that_measured_highest(tmp_path: Path) -> None:
    unit = TwoPlayers(measures=[0.2, 0.3, 0.1])
    state = Trainer(unit, Counting(), SHORT, tmp_path).fit()
    assert (state.best, state.best_step) == (0.3, 4)
    assert unit.saved == ["best", "best", "last"]


def test_without_the_measure_the_newest_model_is_the_best(tmp_path: Path) -> None:
    unit = TwoPlayers()
    state = Trainer(unit, Counting(), SHORT, tmp_path).fit()
    assert (state.best, state.best_step) == (-math.inf, 6)
    assert unit.saved == ["best", "best", "best", "last"]


def test_validation_runs_in_evaluation_mode_and_leaves_training_mode(tmp_path: Path) -> None:
    unit = trained(tmp_path)
    assert unit.was_training == [False] * 3
    assert unit.modules["writer"].training


def test_gradients_are_clipped(tmp_path: Path) -> None:
    # One step of plain descent moves by rate * norm, and the norm is bounded.
    settings = replace(SHORT, steps=1, warmup_steps=0, clip_norm=1e-3)
    unit, start = TwoPlayers(), TwoPlayers().weights()
    unit.turns = lambda step: ("critic", "critic", "writer")  # type: ignore[method-assign]
    Trainer(unit, Counting(), settings, tmp_path).fit()
    assert 0 < (unit.weights() - start).norm() <= 2 * 0.01 * 1e-3 + 0.1 * 1e-3 + 1e-7


def test_log_has_a_line_for_each_player_and_validation(tmp_path: Path) -> None:
    trained(tmp_path, measures=[0.2, 0.3, 0.1])
    lines = (tmp_path / "log" / "metrics.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["step"] for row in rows] == [2, 2, 4, 4, 6, 6]
    assert {"writer/loss", "critic/square", "writer/gradient", "rate"} <= rows[0].keys()
    assert rows[0]["turns_per_second"] > 0
    assert [row["validation/rouge_l"] for row in rows[1::2]] == [0.2, 0.3, 0.1]


def test_training_for_no_step_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1, got 0"):
        TrainerSettings(steps=0)


def test_averages_are_validated_and_saved_and_weights_trained(tmp_path: Path) -> None:
    # One step of the writer, from w to w': the average is w + (1 - 1/10) (w' - w).
    start = TwoPlayers().weights()
    averaged = trained(tmp_path / "averaged", replace(SHORT, steps=1, ema_decay=0.9))
    plain = trained(tmp_path / "plain", replace(SHORT, steps=1))
    assert torch.equal(averaged.weights(), plain.weights())
    torch.testing.assert_close(averaged.saved_weights, start + 0.9 * (plain.weights() - start))
    assert torch.equal(plain.saved_weights, plain.weights())


def test_patience_ends_a_run_for_good(tmp_path: Path) -> None:
    # Best at step 2; nothing better at 4 and 6. Of ten steps six are made.
    settings = replace(SHORT, steps=10, patience=2)
    unit = TwoPlayers(measures=[0.3, 0.2, 0.3, 0.9])
    state = Trainer(unit, Counting(), settings, tmp_path).fit()
    assert (state.step, state.ended, state.best_step) == (6, "patience", 2)
    assert unit.saved == ["best", "last"]
    assert Trainer(again := TwoPlayers(), Counting(), settings, tmp_path).fit().step == 6
    assert again.seen == []
    more = replace(settings, patience=5)
    state = Trainer(TwoPlayers(measures=[0.1] * 9), Counting(), more, tmp_path).fit()
    assert (state.step, state.ended) == (10, "steps")


def test_weights_that_a_method_froze_for_good_stay_so(tmp_path: Path) -> None:
    unit = TwoPlayers()
    frozen = unit.modules["writer"].weight
    frozen.requires_grad_(False)
    before = frozen.clone()
    Trainer(unit, Counting(), SHORT, tmp_path).fit()
    assert torch.equal(frozen, before)


def test_examples_are_written_while_the_model_is_at_rest(tmp_path: Path) -> None:
    class Showing(TwoPlayers):
        def previews(self) -> str:
            return f"<p>training: {self.modules['writer'].training}</p>"

    Trainer(Showing(), Counting(), replace(SHORT, preview_every=4), tmp_path).fit()
    (page,) = (tmp_path / "log" / "previews").iterdir()
    assert page.name == "step-000004.html"
    assert "<p>training: False</p>" in page.read_text("utf-8")


def test_too_few_batches_are_told(tmp_path: Path) -> None:
    class Three(Counting):
        def __len__(self) -> int:
            return 3

    with pytest.raises(ConfigError, match="the batches end after 3, at step 2 of 6"):
        Trainer(TwoPlayers(), Three(), SHORT, tmp_path).fit()


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"accumulation": 0}, "at least 1, got 0"),
        ({"kept_checkpoints": 0}, "kept_checkpoints .* at least 1, .* got 0"),
        ({"ema_decay": 1.0}, r"in \[0, 1\), got 1.0"),
    ],
)
def test_settings_out_of_range_are_refused(setting: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TrainerSettings(**setting)
