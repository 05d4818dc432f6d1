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
    assert (settings.on_error, settings.per, settings.column) == ("stop", "file", None)
    assert settings.jobs is None


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


@pytest.mark.parametrize("name", ["", "base64", "rot13", "utf-9", "a\0b"])
def test_an_encoding_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="try utf-8"):
        parse(["a.txt", "--encoding", name])


@pytest.mark.parametrize(
    ("option", "highest"), [("--batch-size", 4096), ("--jobs", 256), ("--beams", 64)]
)
def test_a_number_beyond_reason_is_refused_with_the_range(option: str, highest: int) -> None:
    assert parse(["a.txt", option, str(highest)]) is not None
    for number in (highest + 1, 0, 10**20):
        with pytest.raises(UsageError, match=f"1<=x<={highest}"):
            parse(["a.txt", f"{option}={number}"])


def test_an_empty_model_is_not_the_default_one() -> None:
    with pytest.raises(UsageError, match="--model has an empty value"):
        parse(["a.txt", "--model", ""])
