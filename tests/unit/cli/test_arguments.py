"""The command line of `summarize`, parsed: defaults, lengths, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from summae.cli.arguments import parse
from summae.cli.console import UsageError
from summae.text.length import Length


def test_defaults_ask_for_nothing() -> None:
    settings = parse(["news.txt"])
    assert settings is not None
    assert settings.files == ("news.txt",)
    assert (settings.format, settings.length, settings.beams, settings.model) == (None,) * 4
    assert (settings.on_error, settings.per, settings.column) == ("stop", "file", "summary")


def test_options_may_stand_between_files() -> None:
    settings = parse(["a.txt", "--output", "out.jsonl", "b.txt"])
    assert settings is not None
    assert (settings.files, settings.output) == (("a.txt", "b.txt"), Path("out.jsonl"))


@pytest.mark.parametrize(
    ("written", "length"), [("20", Length.characters(20)), ("12.5%", Length.ratio(0.125))]
)
def test_a_length_is_a_number_or_a_share(written: str, length: Length) -> None:
    settings = parse(["a.txt", "--length", written])
    assert settings is not None
    assert settings.length == length


@pytest.mark.parametrize("written", ["0", "-3", "0%", "101%", "long", "%", "2.5"])
def test_an_impossible_length_is_repeated(written: str) -> None:
    with pytest.raises(UsageError, match="neither a number of characters"):
        parse(["a.txt", f"--length={written}"])


@pytest.mark.parametrize("option", ["--help", "-h", "--version"])
def test_help_and_version_are_all_that_was_asked_for(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert parse([option]) is None
    assert "summarize" in capsys.readouterr().out
