"""The command `summarize` in this process with a tiny model, and files for it to read."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from summae import Summarizer
from summae.cli.summarize import main


class Ended(NamedTuple):
    """What a finished command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture(scope="session")
def expected(tiny_runtime: Path, news: tuple[str, ...]) -> list[str]:
    """Summaries of the news by the library."""
    return [s.text for s in Summarizer.from_pretrained(tiny_runtime).summarize(news)]


@pytest.fixture
def run(tiny_runtime: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    """Call the command in this process with the tiny model."""

    def call(*arguments: object) -> Ended:
        capfd.readouterr()
        code = main([*map(str, arguments), "--model", str(tiny_runtime)])
        return Ended(code, *capfd.readouterr())

    return call


@pytest.fixture
def news_jsonl(tmp_path: Path, news: tuple[str, ...]) -> Path:
    """The news, one object a line."""
    file = tmp_path / "news.jsonl"
    rows = ({"id": number, "content": text} for number, text in enumerate(news))
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    file.write_text("".join(lines), encoding="utf-8")
    return file


@pytest.fixture
def broken_jsonl(tmp_path: Path, news: tuple[str, ...]) -> Path:
    """Three good lines around one that is not JSON and one that lacks the field."""
    good = [json.dumps({"content": text}, ensure_ascii=False) for text in news[:3]]
    file = tmp_path / "broken.jsonl"
    lines = [good[0], "{not json", good[1], '{"title": "雨"}', good[2]]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


@pytest.fixture
def command(tiny_runtime: Path) -> Callable[..., list[str]]:
    """The arguments that start the command in a process of its own, with the tiny model."""
    start = "import sys; from summae.cli.summarize import main; sys.exit(main())"

    def process(*arguments: object) -> list[str]:
        words = map(str, (*arguments, "--model", tiny_runtime))
        return [sys.executable, "-c", start, *words]

    return process
