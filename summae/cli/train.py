"""`summae train CONFIG`: from documents and unpaired headlines to a generator, resumable."""

from __future__ import annotations

import math
import sys
from pathlib import Path

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

PROGRAM = "summae train"

_DESCRIPTION = """Train a generator as CONFIG says.

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
    if options["resume"] == "never" and any(Path(settings.output, "checkpoints").glob("step-*")):
        raise SummaeError(
            f"{settings.output} holds checkpoints of an earlier run; remove it, name another "
            "output, or use --resume auto to go on with it"
        )
    log_to_stderr()
    with needs_extra("training", "train"):
        silence_transformers()
        from summae.recipes.pipeline import train

        state = train(settings, progress=StageProgress())
    best = f"best model at step {state.best_step}" if state.best_step else "no model validated yet"
    if math.isfinite(state.best):
        best += f" ({settings.training.watched} {state.best:.4f})"
    finished = state.step == settings.training.steps
    say(PROGRAM, f"{'finished' if finished else 'stopped'} after step {state.step}, {best}")
    if not finished:
        say(PROGRAM, "run the same command again to go on")
    return OK
