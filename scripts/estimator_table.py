"""Bias and variance of every gradient estimator, against the exact gradient. Written to evaluation/estimators.md.

Played on games of `summae.estimators.toy`, each small enough to sum over all summaries.

    python scripts/estimator_table.py
"""

from __future__ import annotations

import argparse
import platform
import statistics
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from repository import TABLES, as_typed
from summae.estimators.policy_gradient import (
    MovingAverage,
    leave_one_out_advantage,
    normalize_advantage,
    self_critical_advantage,
)
from summae.estimators.straight_through import gumbel_softmax, soft_words, straight_through
from summae.estimators.toy import Accuracy, Toy, policy_gradients, relaxed_gradients

OUTPUT = TABLES / "estimators.md"
BATCH = 64
TEMPERATURES = (2.0, 1.0, 0.5, 0.2, 0.1)

Estimator = Callable[[Toy, int, torch.Generator], tuple[Tensor, int]]
"""(game, summaries, generator) -> independent gradients (N, T, V, V), and summaries in each."""


def main() -> None:
    """Play all games with each estimator and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--games", type=int, default=9)
    parser.add_argument("--summaries", type=int, default=32_000, help="drawn in each game")
    arguments = parser.parse_args()
    given = ["--games", arguments.games, "--summaries", arguments.summaries]
    lines = [
        "# Gradient estimators on games with a known gradient",
        "",
        f"`{as_typed('estimator_table.py', *given)}`, torch {torch.__version__.partition('+')[0]}, Python "
        f"{platform.python_version()}. {arguments.games} random games of "
        "`summae/estimators/toy.py`: an autoregressive policy over 40 summaries of at most three "
        "words of four, and a small network as the reward, with standard deviation "
        f"{_reward_spread(arguments.games):.2f} around 2. Medians over games, in lengths of the "
        "exact gradient:",
        "",
        "- *bias*: distance between the mean of the estimates and the exact gradient; in brackets "
        "the distance at which the mean of an unbiased estimator would be expected here.",
        "- *cosine*: between that mean and the exact gradient; 1 where only the step size is wrong.",
        "- *deviation*: root mean squared distance of the gradient of one drawn summary from its mean.",
        f"- *error*: root mean squared distance of the gradient of a batch of {BATCH} from the exact "
        "one, √(bias² + deviation²/64).",
        "",
        "| estimator | bias | cosine | deviation | error |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, estimator in estimators().items():
        lines.append(_row(name, estimator, arguments.games, arguments.summaries))
        print(lines[-1], flush=True)
    OUTPUT.write_text("\n".join([*lines, "", *READING]) + "\n", encoding="utf-8")


READING = (
    "REINFORCE has no bias whatever the baseline, and all depends on the baseline: without one, the "
    "reward's distance from 0 is noise. Self-critical is as good as the greedy summary is typical. "
    "The value of the prefix is what an ideal critic would subtract from the reward, token by token. "
    "Normalising divides by the batch's own deviation, so the step is longer where rewards differ "
    "little; the direction stays.",
    "",
    "Relaxed words trade bias for variance with the temperature. For the Gumbel-softmax the bias "
    "goes to 0; straight-through keeps the part that comes from reading the reward's slope at hard "
    "words. Plain softmax has no variance and points elsewhere.",
)


def estimators() -> dict[str, Estimator]:
    """Every row of the table."""
    rows: dict[str, Estimator] = {
        "REINFORCE, no baseline": _reinforce(lambda toy, reward: reward),
        "REINFORCE, self-critical": _reinforce(
            lambda toy, reward: self_critical_advantage(reward, toy.greedy_reward.expand_as(reward))
        ),
        "REINFORCE, moving average": _reinforce(_moving_average),
        "REINFORCE, leave one out of 2": _leave_one_out(2),
        "REINFORCE, leave one out of 4": _leave_one_out(4),
        "REINFORCE, value of the prefix": _prefix_value,
        f"REINFORCE, moving average, normalised in batches of {BATCH}": _normalized,
        "Soft words": lambda toy, rows, generator: (relaxed_gradients(toy, soft_words, 2), 1),
    }
    for relax in (gumbel_softmax, straight_through):
        for temperature in TEMPERATURES:
            name = relax.__name__.replace("_", "-").capitalize()
            rows[f"{name}, temperature {temperature:g}"] = _relaxed(relax, temperature)
    return rows


def _reinforce(advantage: Callable[[Toy, Tensor], Tensor]) -> Estimator:
    def estimate(toy: Toy, rows: int, generator: torch.Generator) -> tuple[Tensor, int]:
        drawn = toy.draw(rows, generator)
        return policy_gradients(toy, drawn, advantage(toy, toy.rewards[drawn])), 1

    return estimate


def _moving_average(toy: Toy, reward: Tensor) -> Tensor:
    baseline = MovingAverage()
    baseline.advantage(toy.rewards[toy.draw(BATCH, torch.Generator().manual_seed(0))])
    return torch.cat([baseline.advantage(batch) for batch in torch.split(reward, BATCH)])


def _leave_one_out(repeats: int) -> Estimator:
    def estimate(toy: Toy, rows: int, generator: torch.Generator) -> tuple[Tensor, int]:
        drawn = toy.draw(rows // repeats * repeats, generator)
        advantage = leave_one_out_advantage(toy.rewards[drawn], repeats=repeats)
        return _means(policy_gradients(toy, drawn, advantage), repeats), repeats

    return estimate


def _prefix_value(toy: Toy, rows: int, generator: torch.Generator) -> tuple[Tensor, int]:
    drawn = toy.draw(rows, generator)
    advantage = toy.rewards[drawn][:, None] - toy.values(toy.summaries)[drawn]
    return policy_gradients(toy, drawn, advantage), 1


def _normalized(toy: Toy, rows: int, generator: torch.Generator) -> tuple[Tensor, int]:
    drawn = toy.draw(rows // BATCH * BATCH, generator)
    batches = torch.split(_moving_average(toy, toy.rewards[drawn]), BATCH)
    advantage = torch.cat([normalize_advantage(batch) for batch in batches])
    return _means(policy_gradients(toy, drawn, advantage), BATCH), BATCH


def _relaxed(relax: Callable[..., Tensor], temperature: float) -> Estimator:
    def estimate(toy: Toy, rows: int, generator: torch.Generator) -> tuple[Tensor, int]:
        bound = partial(relax, temperature=temperature, generator=generator)
        return relaxed_gradients(toy, bound, rows), 1

    return estimate


def _means(gradients: Tensor, size: int) -> Tensor:
    return gradients.view(-1, size, *gradients.shape[1:]).mean(dim=1)


def _row(name: str, estimator: Estimator, games: int, summaries: int) -> str:
    found, errors, deviations = [], [], []
    for seed in range(games):
        generator = torch.Generator().manual_seed(seed)
        toy = Toy.random(generator)
        gradients, size = estimator(toy, summaries, generator)
        accuracy = Accuracy.of(gradients, toy.exact_gradient)
        found.append(accuracy)
        deviations.append(accuracy.deviation * size**0.5)
        errors.append((accuracy.bias**2 + deviations[-1] ** 2 / BATCH) ** 0.5)
    bias, chance, cosine = (
        statistics.median(getattr(accuracy, field) for accuracy in found)
        for field in ("bias", "standard_error", "cosine")
    )
    return (
        f"| {name} | {bias:.2f} ({chance:.2f}) | {cosine:.3f} | "
        f"{statistics.median(deviations):.1f} | {statistics.median(errors):.2f} |"
    )


def _reward_spread(games: int) -> float:
    spreads: list[float] = []
    for seed in range(games):
        toy = Toy.random(torch.Generator().manual_seed(seed))
        mean = toy.probabilities @ toy.rewards
        spreads.append(float(toy.probabilities @ (toy.rewards - mean).square()) ** 0.5)
    return float(statistics.median(spreads))


if __name__ == "__main__":
    main()
