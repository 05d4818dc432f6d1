"""`summae VERB` imports what it calls and nothing else."""

from __future__ import annotations

import importlib.util
import sys

import pytest

from summae import __version__
from summae.cli import main as cli
from summae.cli.main import VERBS, Verb, main


def test_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    printed = capsys.readouterr().out
    assert all(f"  {name} " in printed for name in VERBS)


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"summae {__version__}\n"


def test_a_misspelt_verb_gets_the_nearest_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trian"]) == 2
    assert "summae: there is no verb 'trian'; did you mean 'train'?" in capsys.readouterr().err


def test_without_a_verb_the_verbs_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "summarize" in capsys.readouterr().err


def test_a_verb_gets_the_arguments_after_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summarize", "--version"]) == 0
    assert capsys.readouterr().out == f"summarize {__version__}\n"


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_the_module_of_every_verb_exists(verb: Verb) -> None:
    assert importlib.util.find_spec(verb.function.partition(":")[0]) is not None


def test_a_missing_package_is_named_with_the_extra(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(VERBS, "embed", Verb("no_such_package.embed:main", "for this test"))
    assert main(["embed"]) == 1
    error = capsys.readouterr().err
    assert "embed (no package 'no_such_package' here) needs" in error
    assert "summae[train]" in error


def test_arguments_default_to_those_of_the_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["summae", "--version"])
    assert cli.main() == 0
    assert __version__ in capsys.readouterr().out
