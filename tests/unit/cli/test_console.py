"""Every way to end has its exit code and at most one message."""

from __future__ import annotations

import errno

import pytest

from summae.cli.console import UsageError, run_command, say
from summae.errors import InputError


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (InputError("a.txt: empty"), 1, "demo: a.txt: empty\n"),
        (UsageError("no such option"), 2, "demo: no such option\nTry 'demo --help'.\n"),
        (KeyboardInterrupt(), 130, "demo: interrupted\n"),
        (OSError(errno.ENOSPC, "No space left", "out"), 1, "demo: out: No space left\n"),
    ],
)
def test_a_foreseen_end_has_a_message_and_a_code(
    error: BaseException, code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> int:
        raise error

    assert run_command("demo", fail) == code
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", message)


def test_our_own_mistakes_are_not_hidden() -> None:
    def fail() -> int:
        raise AssertionError("a bug")

    with pytest.raises(AssertionError):
        run_command("demo", fail)


def test_a_closed_standard_output_is_told_before_any_work(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> int:
        raise AssertionError("called")

    monkeypatch.setattr("sys.stdout", None)
    assert run_command("demo", fail) == 1
    assert capsys.readouterr().err == "demo: standard output is closed\n"


def test_a_message_for_a_closed_stderr_does_not_become_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr", None)
    say("demo", "lost")
    assert capsys.readouterr().out == ""
