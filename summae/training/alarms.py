"""What can go wrong while the loss looks fine: alarms over the measures of all validations so far.

An alarm reads measures by name. A method that does not report them leaves it silent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

History = Sequence[Mapping[str, float]]
"""Measures of each validation, the newest last."""
Rule = Callable[[History], str | None]
"""Says what it sees, or None if all is well or the measures are missing."""


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """Something to look out for, and what to do about it."""

    name: str
    rule: Rule
    advice: str
    """What to turn."""
    roll_back: bool
    """Whether the generator is spoilt when it rings, so that going back helps."""


@dataclass(frozen=True, kw_only=True)
class Above:
    """All `measures` lie above `bound` in each of the last `validations`."""

    measures: tuple[str, ...]
    bound: float
    validations: int = 1

    def __call__(self, history: History) -> str | None:
        window = _window(history, self.measures, self.validations)
        if window is None or any(v <= self.bound for row in window for v in row):
            return None
        seen = " and ".join(
            f"{name} is {value:.3g}" for name, value in zip(self.measures, window[-1], strict=True)
        )
        times = f" for {self.validations} validations" if self.validations > 1 else ""
        return f"{seen}, above {self.bound:g}{times}"


@dataclass(frozen=True, kw_only=True)
class Drift:
    """`measure` was within `share` of `target` once, or of its first value, and no longer is.

    A model that has yet to learn is far from any target, and that is no drift.
    """

    measure: str
    share: float
    target: float | None = None
    """None: the first validation's."""

    def __call__(self, history: History) -> str | None:
        values = _values(history, self.measure)
        if not values or self.measure not in history[-1]:
            return None
        origin = values[0] if self.target is None else self.target
        near = [abs(value - origin) <= self.share * abs(origin) for value in values]
        if near[-1] or not any(near):
            return None
        what = "at first" if self.target is None else "wanted"
        return f"{self.measure} is {values[-1]:.3g}, {what} {origin:.3g}"


@dataclass(frozen=True, kw_only=True)
class Parting:
    """Over the last `validations`, `rising` rose while `falling` lost more than `share` of itself."""

    rising: str
    falling: str
    share: float
    validations: int

    def __call__(self, history: History) -> str | None:
        window = _window(history, (self.rising, self.falling), self.validations)
        if window is None:
            return None
        (up_from, down_from), (up_to, down_to) = window[0], window[-1]
        if up_to <= up_from or down_to >= (1 - self.share) * down_from:
            return None
        return (
            f"{self.rising} rose from {up_from:.3g} to {up_to:.3g} while {self.falling} fell "
            f"from {down_from:.3g} to {down_to:.3g}"
        )


@dataclass(frozen=True, kw_only=True)
class FallingBehind:
    """`measure` is a smaller part of `leader` than at first, by more than `share`.

    The ratio is compared with its own first value, as the two need not be equal when all is well;
    but with 1 at most, since a leader that only now learns catches up. While one of them is near 0,
    where a ratio says nothing, there is nothing to compare with.
    """

    measure: str
    leader: str
    share: float
    least: float = 0.0
    """The leader counts above this."""

    def __call__(self, history: History) -> str | None:
        rows = [row for row in history if self.measure in row]
        rows = [row for row in rows if row.get(self.leader, 0.0) > self.least]
        if not rows or rows[-1] is not history[-1]:
            return None
        ratios = [row[self.measure] / row[self.leader] for row in rows]
        first = next((ratio for ratio in ratios if ratio > 0), None)
        if first is None or ratios[-1] >= (1 - self.share) * min(1.0, first):
            return None
        return f"{self.measure} is {ratios[-1]:.3g} of {self.leader}, at first {first:.3g}"


def length_alarm(target: float | None = None) -> Alarm:
    """Summaries grow or shrink.

    Args:
        target: Wanted mean length in characters; None: that of the first validation, which suits a
            run that starts from a trained model.
    """
    return Alarm(
        name="length drift",
        # At 18 characters, the default model's mean: below 11 or above 25.
        rule=Drift(measure="characters", share=0.4, target=target),
        advice="raise the weight of the length reward, or reward a mean and not a sum over tokens",
        roll_back=True,
    )


STANDARD_ALARMS: tuple[Alarm, ...] = (
    Alarm(
        name="lead copying",
        # Of human headlines 5 % repeat the document's beginning, of the default model's summaries
        # 9 %, of a lead 100 % (evaluation/results-valid.md).
        rule=Above(measures=("lead_copy_rate",), bound=0.5),
        advice="the beginning of the document is the cheapest message: raise the weight of the "
        "discriminator or of the language model, or lower that of the reconstruction",
        roll_back=True,
    ),
    Alarm(
        name="repetition",
        # 0.6 % of the bigrams of headlines, human or of the default model, stood there before.
        rule=Above(measures=("repetition",), bound=0.1),
        advice="raise the weight of the repetition penalty or of the language model, or lower the "
        "learning rate of the generator",
        roll_back=True,
    ),
    length_alarm(),
    Alarm(
        name="discriminator saturation",
        rule=Above(measures=("real_accuracy", "fake_accuracy"), bound=0.98, validations=3),
        advice="a discriminator that is never wrong teaches nothing: give it fewer turns or a "
        "lower learning rate (discriminator.optimizer.learning_rate), or a smaller width",
        roll_back=False,
    ),
    Alarm(
        name="reward hacking",
        # From one validation to the next a healthy run lost up to 4 %, over three intervals never
        # anything (evaluation/training.md).
        rule=Parting(rising="reward", falling="rouge_l", share=0.05, validations=4),
        advice="the reward is earned by something else than good summaries: raise the weight of "
        "the anchor to the starting model, or read the previews and add a reward against it",
        roll_back=True,
    ),
    Alarm(
        name="private code",
        rule=FallingBehind(
            measure="independent_reconstruction", leader="reconstruction", share=0.2, least=0.05
        ),
        advice="generator and reconstructor agree on a language of their own: start again from here "
        "with the first reconstructor (reconstructor.start), or lower the weight of the reconstruction",
        roll_back=True,
    ),
)
"""What a unit may report for them: `lead_copy_rate`, `repetition` (shares of a summary),
`characters` (mean length), `real_accuracy`, `fake_accuracy` (shares that the discriminator tells
right), `reward` (mean, higher is better), `rouge_l`, `reconstruction` and
`independent_reconstruction` (how much a summary helps to read its document back, the second by a
reconstructor that did not train with this generator; higher is better and 0 is no help)."""


@dataclass(frozen=True)
class Ringing:
    """An alarm that rings, and what it saw."""

    alarm: Alarm
    seen: str

    def __str__(self) -> str:
        return f"{self.alarm.name}: {self.seen}; {self.alarm.advice}"


def alarms_for(mean_characters: float | None) -> tuple[Alarm, ...]:
    """The standard alarms, with lengths held to those of headlines that people wrote.

    Args:
        mean_characters: Of those headlines; None where there are none to go by.
    """
    length = length_alarm(mean_characters)
    return tuple(length if alarm.name == length.name else alarm for alarm in STANDARD_ALARMS)


def ringing(alarms: Iterable[Alarm], history: History) -> list[Ringing]:
    """The alarms that ring after the newest validation."""
    answers = ((alarm, alarm.rule(history)) for alarm in alarms)
    return [Ringing(alarm, seen) for alarm, seen in answers if seen is not None]


def _values(history: History, measure: str) -> list[float]:
    return [row[measure] for row in history if measure in row]


def _window(
    history: History, measures: Sequence[str], validations: int
) -> list[list[float]] | None:
    """The measures in each of the last `validations`; None if there are fewer or one is missing."""
    rows = history[-validations:]
    if len(rows) < validations or any(name not in row for row in rows for name in measures):
        return None
    return [[row[name] for name in measures] for row in rows]
