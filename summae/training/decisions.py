"""What a validation leads to: a new best model, an end, or a way back; no tensors, no files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from summae.errors import ConfigError
from summae.training.alarms import Alarm, Ringing
from summae.training.checkpoints import TrainState
from summae.training.settings import TrainerSettings


def check_names(settings: TrainerSettings, alarms: Sequence[Alarm]) -> None:
    """Refuse to wait for an alarm that there is not.

    Raises:
        ConfigError: `roll_back_on` names one.
    """
    known = [alarm.name for alarm in alarms]
    if unknown := set(settings.roll_back_on) - set(known):
        raise ConfigError(
            f"roll_back_on names {', '.join(sorted(unknown))}, and the alarms are {', '.join(known)}"
        )


def is_spoilt(settings: TrainerSettings, rung: Sequence[Ringing]) -> bool:
    """Whether the model is not wanted as it is, in a run that acts on alarms."""
    return settings.on_alarm != "tell" and any(
        one.alarm.roll_back or one.alarm.name in settings.roll_back_on for one in rung
    )


def take_in(
    settings: TrainerSettings,
    state: TrainState,
    measures: Mapping[str, float],
    rung: Sequence[Ringing],
) -> bool:
    """Enter a validation into the state; whether its model is the best so far.

    A spoilt one never is: a model that copies the lead has high ROUGE, too. Where the watched
    measure is missing, as without validation texts, the newest model is the best.
    """
    watched = measures.get(settings.watched)
    is_best = watched is None or watched > state.best
    if is_spoilt(settings, rung) or not is_best:
        state.without_gain += 1
        return False
    state.best = state.best if watched is None else watched
    state.best_step, state.without_gain = state.step, 0
    return True


def goes_back(settings: TrainerSettings, state: TrainState, rung: Sequence[Ringing]) -> bool:
    """Whether to go back to the last quiet checkpoint, if there is one."""
    return (
        settings.on_alarm == "roll_back"
        and is_spoilt(settings, rung)
        and state.quiet_step is not None
        and state.roll_backs < settings.max_roll_backs
    )


def why_over(settings: TrainerSettings, state: TrainState, rung: Sequence[Ringing] = ()) -> str:
    """Why there is nothing more to do, as in `TrainState.ended`; empty while there is."""
    if state.step >= settings.steps:
        return "steps"
    if settings.patience and state.without_gain >= settings.patience:
        return "patience"
    # One that ended so stays over until its settings say that alarms are only to be told.
    if settings.on_alarm != "tell" and state.ended == "alarm":
        return "alarm"
    if settings.on_alarm == "stop" and rung:
        return "alarm"
    is_exhausted = state.roll_backs >= settings.max_roll_backs
    if settings.on_alarm == "roll_back" and is_exhausted and is_spoilt(settings, rung):
        return "alarm"
    return ""
