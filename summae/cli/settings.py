"""What the verbs that read a configuration share: the file, `--set`, and progress on stderr."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from summae.cli.console import UsageError

if TYPE_CHECKING:
    from summae.recipes.any_settings import AnySettings

CONFIG = click.argument("config", type=click.Path(path_type=Path, dir_okay=False))
OVERRIDES = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    help="Override a setting, as training.steps=100; may be given again.",
)
HELP = {"help_option_names": ["-h", "--help"]}


def parse(command: click.Command, program: str, argv: Sequence[str]) -> dict[str, Any] | None:
    """Options of a click command that returns its own; None after `--help`.

    Raises:
        UsageError: The command line is wrong.
    """
    try:
        values = command.main(list(argv), prog_name=program, standalone_mode=False)
    except click.ClickException as error:
        raise UsageError(error.format_message()) from error
    return None if isinstance(values, int) else values


def load_pipeline(config: Path, overrides: Sequence[str]) -> AnySettings:
    """The experiment of a configuration file."""
    from summae.recipes.any_settings import load_settings

    return load_settings(config, overrides)


def log_to_stderr() -> None:
    """Show what the library logs: one line each, with the time."""
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(message)s", datefmt="%H:%M:%S"
    )
    # It warns of tied weights at each checkpoint, which is how ours are meant.
    logging.getLogger("accelerate").setLevel(logging.ERROR)


def silence_transformers() -> None:
    """Keep transformers from drawing a progress bar for each file it reads or writes."""
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]


class StageProgress:
    """A bar for each stage of a long preparation, when a person is looking."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._tasks: dict[str, Any] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        if not sys.stderr.isatty():
            return
        if self._bar is None:
            from rich.console import Console
            from rich.progress import Progress

            self._bar = Progress(console=Console(stderr=True))
            self._bar.start()
        if stage not in self._tasks:
            self._tasks[stage] = self._bar.add_task(stage, total=total)
        self._bar.update(self._tasks[stage], completed=done)
        if done >= total:
            self._bar.stop()
