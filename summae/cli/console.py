"""How the commands end: every foreseen failure becomes one clear line on stderr and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from summae.errors import SummaeError

OK = 0
FAILURE = 1
USAGE = 2
INTERRUPTED = 130


class UsageError(Exception):
    """The command line itself is wrong; the message says what to write instead."""


def say(program: str, message: str) -> None:
    """Print a line for the person at the terminal, never into the output."""
    # Where the caller has closed stderr, print would write to stdout.
    if sys.stderr is not None:
        print(f"{program}: {message}", file=sys.stderr)


def run_command(program: str, command: Callable[[], int]) -> int:
    """Run `command` and turn what can go wrong into a message and an exit code.

    Args:
        program: Name that messages begin with.
        command: Returns the exit code of success.

    Returns:
        0 success, 1 an unusable input or model, 2 a wrong command line, 130 interrupted.
    """
    # What is opened next would take its number, and whatever prints would write into it.
    if sys.stdout is None:
        say(program, "standard output is closed")
        return FAILURE
    try:
        code = command()
        sys.stdout.flush()
    except UsageError as error:
        say(program, f"{error}\nTry '{program} --help'.")
        return USAGE
    except SummaeError as error:
        say(program, str(error))
        return FAILURE
    except KeyboardInterrupt:
        say(program, "interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader, say `head`, has enough. Python would complain once more when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except OSError as error:  # no space left, a device that went away
        say(program, f"{error.filename or 'input/output'}: {error.strerror or error}")
        return FAILURE
    return code
