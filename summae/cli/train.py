"""`summae train CONFIG`: from texts to a generator or to sentence encoders, resumable."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from summae.cli.console import OK, run_command, say
from summae.cli.settings import (
    CONFIG,
    HELP,
    OVERRIDES,
    StageProgress,
    load_pipeline,
    log_to_stderr,
    parse,
    silence_transformers,
)
from summae.errors import SummaeError, needs_extra

if TYPE_CHECKING:
    from summae.recipes.any_settings import AnySettings
    from summae.recipes.pipeline import Outcome

PROGRAM = "summae train"

_ENDS = {
    "": "stopped after step {step}",
    "steps": "finished after step {step}",
    "patience": "ended after step {step}, {patience} validations without a better model",
    "alarm": "ended by an alarm after step {step} (see its log)",
}
"""What `TrainState.ended` means."""

_DESCRIPTION = """Train what CONFIG says: a generator, or sentence encoders.

Makes the token pack first if it is not there. A run that was stopped or killed goes on where its
newest checkpoint stands; the best model is in OUTPUT/best. Several processes:
accelerate launch --num_processes N -m summae train CONFIG
"""


def main(argv: list[str] | None = None) -> int:
    """Run the command; `argv` without the program's name. Returns the exit code."""
    return run_command(PROGRAM, lambda: _main(sys.argv[1:] if argv is None else argv))


@click.command(help=_DESCRIPTION, context_settings=HELP)
@CONFIG
@OVERRIDES
@click.option(
    "--resume",
    type=click.Choice(["auto", "never"]),
    default="auto",
    help="auto goes on from the newest checkpoint; never refuses an output that has one.",
)
@click.option("--max-minutes", type=float, help="Stop, saved, after so many minutes.")
def _command(**values: object) -> dict[str, object]:
    return values


def _main(argv: list[str]) -> int:
    options = parse(_command, PROGRAM, argv)
    if options is None:
        return OK
    overrides = list(options["overrides"])
    if options["max_minutes"] is not None:
        overrides.append(f"training.max_minutes={options['max_minutes']}")
    settings = load_pipeline(options["config"], overrides)
    if options["resume"] == "never":
        _refuse_earlier_runs(settings)
    log_to_stderr()
    with needs_extra("training", "train"):
        silence_transformers()
        from summae.recipes.pipeline import train
        from summae.training.trainer import process_state

        outcome = train(settings, progress=StageProgress())
    if process_state().is_main_process:  # of several, one speaks
        say(PROGRAM, _report(outcome))
        if not outcome.is_over:
            say(PROGRAM, "run the same command again to go on")
    return OK


def _refuse_earlier_runs(settings: AnySettings) -> None:
    from summae.recipes.stages import stages_of

    for stage in stages_of(settings):
        if any(Path(stage.output, "checkpoints").glob("step-*")):
            raise SummaeError(
                f"{stage.output} holds checkpoints of an earlier run; remove it, name another "
                "output, or use --resume auto to go on with it"
            )


def _report(outcome: Outcome) -> str:
    """Which stage ended where and why, and how good its best model is."""
    state, training = outcome.state, outcome.settings.training
    stage = ""
    if outcome.count > 1:
        name = Path(outcome.settings.output).name
        stage = f"stage {outcome.number} of {outcome.count} ({name}) "
    why = _ENDS[state.ended].format(step=state.step, patience=training.patience)
    best = f"best model at step {state.best_step}" if state.best_step else "no model validated yet"
    if math.isfinite(state.best):
        best += f" ({training.watched} {state.best:.4f})"
    return f"{stage}{why}, {best}"
