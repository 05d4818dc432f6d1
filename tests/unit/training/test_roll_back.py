"""When an alarm rings, a run goes back to where all was well, more slowly, and not for ever."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")

from summae.errors import ConfigError
from summae.objectives.loss import Loss
from summae.training.alarms import Above, Alarm
from summae.training.checkpoints import TrainState
from summae.training.settings import TrainerSettings
from summae.training.trainer import Trainer
from summae.training.unit import Player

pytestmark = pytest.mark.usefixtures("fresh_accelerator")

FAR = Alarm(
    name="far",
    rule=Above(measures=("distance",), bound=1.0),
    advice="lower the learning rate",
    roll_back=True,
)
SETTINGS = TrainerSettings(
    steps=8,
    warmup_steps=0,
    schedule="constant",
    log_every=100,
    validate_every=2,
    save_every=1,
    clip_norm=100.0,
    on_alarm="roll_back",
)


@dataclass(frozen=True)
class Noise:
    values: torch.Tensor

    def to(self, device: object) -> Noise:
        return self

    def shard(self, index: int, count: int) -> Noise:
        return self


class Always(torch.utils.data.Dataset[Noise]):
    def __len__(self) -> int:
        return 100

    def __getitem__(self, number: int) -> Noise:
        return Noise(torch.ones(1))


class Walker:
    """One weight that moves away from 0 by the learning rate with each step, a little at random."""

    def __init__(self, rate: float) -> None:
        self.module = torch.nn.Linear(1, 1, bias=False)
        torch.nn.init.zeros_(self.module.weight)
        optimizer = torch.optim.SGD(self.module.parameters(), lr=1.0)
        self.player = Player(self.module, optimizer, rate)
        self.rates: list[float] = []
        self.saved: list[str] = []

    def players(self) -> Mapping[str, Player]:
        return {"walker": self.player}

    def turns(self, step: int) -> Sequence[str]:
        return ("walker",)

    def loss(self, player: str, batch: Noise) -> Loss:
        self.rates.append(self.player.optimizer.param_groups[0]["lr"])
        return Loss(-self.player.module(batch.values).sum() * (1 + 0.01 * torch.rand(())))

    def validate(self) -> Mapping[str, float]:
        distance = self.module.weight.item()
        return {"distance": distance, "rouge_l": distance}

    def save(self, directory: Path) -> None:
        self.saved.append(directory.name)


def walk(output: Path, rate: float, **options: Any) -> tuple[Walker, TrainState]:
    walker = Walker(rate)
    trainer = Trainer(walker, Always(), replace(SETTINGS, **options), output, alarms=[FAR])
    return walker, trainer.fit()


def alarms(output: Path) -> list[tuple[int, str]]:
    lines = (output / "log" / "metrics.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [(row["step"], row["alarm"]) for row in rows if "alarm" in row]


def test_it_goes_back_to_the_last_quiet_validation_and_on_at_half_the_rate(tmp_path: Path) -> None:
    # Distances after steps 2, 4, 6, 8 at 0.17: 0.34, 0.68, 1.02. Back to 0.68 and on at 0.085:
    # 0.85 and 1.02; back to 0.85 after step 6, and on at 0.0425: 0.935.
    walker, state = walk(tmp_path, rate=0.17)
    assert alarms(tmp_path) == [(6, "far"), (6, "rolled back"), (8, "far"), (8, "rolled back")]
    assert walker.rates == pytest.approx([0.17] * 6 + [0.085] * 4 + [0.0425] * 2)
    assert (state.step, state.ended, state.roll_backs, state.rate_share) == (8, "steps", 2, 0.25)
    assert walker.module.weight.item() == pytest.approx(0.935, rel=0.01)
    # 1.02 was more than any other, and never the best.
    assert (state.best_step, walker.saved[-2:]) == (8, ["best", "last"])
    assert state.best == walker.module.weight.item()
    assert [round(row["distance"], 1) for row in state.history] == [0.0, 0.3, 0.7, 0.9, 0.9]


def test_killed_after_each_step_it_takes_the_same_way(tmp_path: Path) -> None:
    whole, state = walk(tmp_path / "whole", rate=0.17)
    sessions = 0
    while True:
        walker, found = walk(tmp_path / "parts", rate=0.17, max_minutes=1e-9)
        if found.ended:
            break
        sessions += 1
    assert sessions > 8
    assert torch.equal(walker.module.weight, whole.module.weight)
    assert replace(found, seconds=0) == replace(state, seconds=0)
    assert alarms(tmp_path / "parts") == alarms(tmp_path / "whole")


def test_it_does_not_go_back_for_ever(tmp_path: Path) -> None:
    # At 10 even half and a quarter are too fast: twice back to the start, then over.
    walker, state = walk(tmp_path, rate=10.0, max_roll_backs=2)
    assert (state.step, state.ended, state.roll_backs) == (2, "alarm", 2)
    assert alarms(tmp_path).count((2, "far")) == 3
    assert (state.best_step, walker.saved) == (0, ["best", "last"])
    again, state = walk(tmp_path, rate=10.0, max_roll_backs=2)
    assert (again.rates, state.ended) == ([], "alarm")


def test_without_anything_to_go_back_to_it_goes_on(tmp_path: Path) -> None:
    walker = Walker(0.1)
    torch.nn.init.constant_(walker.module.weight, 2.0)
    state = Trainer(walker, Always(), SETTINGS, tmp_path, alarms=[FAR]).fit()
    assert (state.step, state.roll_backs) == (8, 0)
    assert len(alarms(tmp_path)) == 5


def test_it_stops_or_only_tells_if_asked_to(tmp_path: Path) -> None:
    _, stopped = walk(tmp_path / "stop", rate=0.17, on_alarm="stop")
    assert (stopped.step, stopped.ended, stopped.best_step) == (6, "alarm", 4)
    _, told = walk(tmp_path / "tell", rate=0.17, on_alarm="tell")
    assert (told.step, told.ended, told.best_step) == (8, "steps", 8)
    assert alarms(tmp_path / "tell") == [(6, "far"), (8, "far")]


def test_it_goes_back_for_another_alarm_if_its_name_is_given(tmp_path: Path) -> None:
    sated = replace(FAR, name="sated", roll_back=False)

    def walked(name: str, **options: Any) -> TrainState:
        settings = replace(SETTINGS, **options)
        return Trainer(Walker(0.17), Always(), settings, tmp_path / name, alarms=[sated]).fit()

    assert walked("plain").roll_backs == 0
    assert walked("named", roll_back_on=("sated",)).roll_backs == 2
    with pytest.raises(ConfigError, match="names hungry, and the alarms are sated"):
        walked("unknown", roll_back_on=("hungry",))
