"""`summae pack CONFIG`: texts to a compact pack, the first stage of training alone."""

from __future__ import annotations

import sys

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
)

PROGRAM = "summae pack"

_DESCRIPTION = """Make the pack of CONFIG: clean texts, learn the tokenizer, mine pseudo-pairs or find sentences.

`summae train` does this by itself. Made here, the pack can be trained from elsewhere with nothing
but torch, transformers, accelerate, numpy and PyYAML: scripts/train_from_pack.py.
"""


def main(argv: list[str] | None = None) -> int:
    """Run the command; `argv` without the program's name. Returns the exit code."""
    return run_command(PROGRAM, lambda: _main(sys.argv[1:] if argv is None else argv))


@click.command(help=_DESCRIPTION, context_settings=HELP)
@CONFIG
@OVERRIDES
def _command(**values: object) -> dict[str, object]:
    return values


def _main(argv: list[str]) -> int:
    options = parse(_command, PROGRAM, argv)
    if options is None:
        return OK
    settings = load_pipeline(options["config"], options["overrides"])
    log_to_stderr()
    from summae.recipes.packing import ensure_pack

    folder = ensure_pack(settings, progress=StageProgress())
    size = sum(file.stat().st_size for file in folder.iterdir())
    say(PROGRAM, f"{folder} holds the pack, {size / 1e6:.1f} MB")
    return OK
