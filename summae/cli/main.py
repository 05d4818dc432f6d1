"""The command `summae VERB ...`; the module of a verb is imported only when the verb is called."""

from __future__ import annotations

import difflib
import importlib
import sys
from collections.abc import Callable
from typing import NamedTuple

from summae import __version__
from summae.cli.console import OK, UsageError, run_command
from summae.errors import needs_extra

PROGRAM = "summae"


class Verb(NamedTuple):
    """A verb of the command line."""

    function: str
    """`module:function`; the function takes the arguments after the verb, returns an exit code."""
    help: str


VERBS = {
    "summarize": Verb("summae.cli.summarize:main", "summarize documents, as the command summarize"),
    "embed": Verb("summae.cli.embed:main", "write a vector for each text"),
    "similar": Verb("summae.cli.similar:main", "find texts that are alike, or like a query"),
    "pack": Verb("summae.cli.pack:main", "make a compact token pack from documents and headlines"),
    "train": Verb("summae.cli.train:main", "train a generator from a configuration"),
    "evaluate": Verb("summae.cli.evaluate:main", "score summaries against references"),
    "export": Verb("summae.cli.export:main", "turn a checkpoint into a model for summarize"),
}


def main(argv: list[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: Arguments without the program's name; None takes those of the process.

    Returns:
        The exit code.
    """
    arguments = sys.argv[1:] if argv is None else argv
    return run_command(PROGRAM, lambda: _main(arguments))


def _main(arguments: list[str]) -> int:
    if not arguments:
        raise UsageError(f"name a verb: {', '.join(VERBS)}")
    name, *rest = arguments
    if name in ("-h", "--help"):
        print(_help())
        return OK
    if name == "--version":
        print(f"{PROGRAM} {__version__}")
        return OK
    if name not in VERBS:
        nearest = difflib.get_close_matches(name, VERBS, n=1)
        hint = f"did you mean {nearest[0]!r}?" if nearest else f"known: {', '.join(VERBS)}"
        raise UsageError(f"there is no verb {name!r}; {hint}")
    return _load(name)(rest)


def _load(name: str) -> Callable[[list[str]], int]:
    module, _, function = VERBS[name].function.partition(":")
    with needs_extra(name, "train"):
        loaded: Callable[[list[str]], int] = getattr(importlib.import_module(module), function)
    return loaded


def _help() -> str:
    width = max(map(len, VERBS))
    verbs = "\n".join(f"  {name:<{width}}  {verb.help}" for name, verb in VERBS.items())
    return (
        f"Usage: {PROGRAM} VERB [ARGUMENTS]...\n\n"
        "Chinese summaries, learnt without document-summary pairs.\n\n"
        f"Verbs:\n{verbs}\n\n"
        f"'{PROGRAM} VERB --help' explains a verb; {PROGRAM} --version prints the version."
    )
