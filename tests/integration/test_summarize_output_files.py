"""Nothing that `summarize` has written is lost: overwriting, resuming, interrupting."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from summae.cli.summarize import main

Run = Callable[..., Any]


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def summaries_of(file: Path) -> list[str]:
    return [json.loads(line)["summary"] for line in file.read_text(encoding="utf-8").splitlines()]


def test_an_existing_output_is_not_overwritten_by_accident(
    run: Run, tmp_path: Path, news_jsonl: Path, expected: list[str]
) -> None:
    output = write(tmp_path / "out.jsonl", "hours of work\n")
    ended = run(news_jsonl, "--output", output)
    assert ended.code == 1
    assert "--resume" in ended.err
    assert output.read_text(encoding="utf-8") == "hours of work\n"
    assert run(news_jsonl, "--output", output, "--force").code == 0
    assert summaries_of(output) == expected


def test_the_input_is_never_the_output(run: Run, news_jsonl: Path) -> None:
    before = news_jsonl.read_bytes()
    assert run(news_jsonl, "--output", news_jsonl, "--force").code == 1
    assert news_jsonl.read_bytes() == before


def test_a_failing_model_leaves_an_existing_output_alone(tmp_path: Path, news_jsonl: Path) -> None:
    output = write(tmp_path / "out.jsonl", "hours of work\n")
    assert main([str(news_jsonl), "-o", str(output), "--force", "-m", str(tmp_path)]) == 1
    assert output.read_text(encoding="utf-8") == "hours of work\n"


@pytest.mark.parametrize("form", ["text", "jsonl", "csv"])
@pytest.mark.parametrize("share", [0.0, 0.03, 0.5, 0.98, 1.0])
def test_resume_completes_a_file_cut_anywhere(
    run: Run, tmp_path: Path, broken_jsonl: Path, form: str, share: float
) -> None:
    # The unusable lines are skipped, so rows of the output are not lines of the input.
    usual = ("--field", "content", "--on-error", "skip", "--format", form)
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    assert run(broken_jsonl, "--output", whole, *usual).code == 0
    cut.write_bytes(whole.read_bytes()[: round(share * whole.stat().st_size)])
    assert run(broken_jsonl, "--output", cut, "--resume", *usual).code == 0
    assert cut.read_bytes() == whole.read_bytes()


def test_resume_refuses_an_output_of_something_else(
    run: Run, tmp_path: Path, broken_jsonl: Path
) -> None:
    output = write(tmp_path / "out.jsonl", "{}\n" * 100)
    ended = run(broken_jsonl, "--output", output, "--resume", "--on-error", "skip")
    assert ended.code == 1
    assert "does not belong to this input" in ended.err
    assert output.read_text(encoding="utf-8") == "{}\n" * 100


def test_resume_refuses_an_output_written_with_other_options(
    run: Run, tmp_path: Path, news_jsonl: Path
) -> None:
    output = tmp_path / "out.jsonl"
    assert run(news_jsonl, "--output", output, "--length", 12).code == 0
    before = output.read_bytes()
    ended = run(news_jsonl, "--output", output, "--resume")
    assert ended.code == 1
    assert "read otherwise with these options" in ended.err
    assert output.read_bytes() == before
    assert run(news_jsonl, "--output", output, "--resume", "--length", 12).code == 0


@pytest.fixture
def endless(tmp_path: Path, command: Callable[..., list[str]]) -> Iterator[subprocess.Popen[bytes]]:
    """The command, waiting for more on its standard input."""
    arguments = command("-", "--batch-size", "1", "--output", tmp_path / "out.jsonl")
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        yield process
        process.kill()


def test_an_interrupt_leaves_whole_lines_that_resume_continues(
    run: Run, endless: subprocess.Popen[bytes], tmp_path: Path, news: tuple[str, ...]
) -> None:
    output = tmp_path / "out.jsonl"
    lines = "".join(json.dumps({"content": text}) + "\n" for text in news * 60)
    assert endless.stdin is not None
    endless.stdin.write(lines.encode())
    endless.stdin.flush()
    wait_for(lambda: output.exists() and output.stat().st_size > 0)
    endless.send_signal(signal.SIGINT)
    _, error = endless.communicate()
    assert (endless.returncode, error) == (130, b"summarize: interrupted\n")

    written = output.read_text(encoding="utf-8")
    assert written.endswith("\n")
    assert 0 < len(written.splitlines()) < 600
    source = write(tmp_path / "all.jsonl", lines)
    assert run(source, "--output", output, "--resume").code == 0
    assert len(summaries_of(output)) == 600


def test_a_reader_that_has_enough_is_no_error(
    tmp_path: Path, command: Callable[..., list[str]]
) -> None:
    row = json.dumps({"content": "今晚有雨", "filler": "x" * 1000}) + "\n"
    file = write(tmp_path / "a.jsonl", row * 2000)
    with subprocess.Popen(command(file), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert b"summary" in process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_resume_refuses_another_policy_for_unusable_documents(
    run: Run, tmp_path: Path, broken_jsonl: Path
) -> None:
    output = tmp_path / "out.jsonl"
    assert run(broken_jsonl, "--output", output, "--on-error", "skip").code == 0
    before = output.read_bytes()
    ended = run(broken_jsonl, "--output", output, "--resume", "--on-error", "null")
    assert ended.code == 1
    assert "row 2 is not that of the unusable document" in ended.err
    assert output.read_bytes() == before


def test_an_input_that_fails_at_once_leaves_an_existing_output_alone(
    run: Run, tmp_path: Path
) -> None:
    output = write(tmp_path / "out.jsonl", "hours of work\n")
    source = write(tmp_path / "a.jsonl", "{not json\n")
    assert run(source, "--output", output, "--force").code == 1
    assert output.read_text(encoding="utf-8") == "hours of work\n"


def wait_for(condition: Callable[[], bool], timeout_seconds: float = 30) -> None:
    end = time.monotonic() + timeout_seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def test_parquet_cannot_be_resumed(run: Run, tmp_path: Path, news_jsonl: Path) -> None:
    ended = run(news_jsonl, "--output", tmp_path / "out.parquet", "--resume")
    assert ended.code == 1
    assert "a parquet file cannot grow" in ended.err
