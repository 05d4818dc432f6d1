"""`summarize` is quick, small and quiet."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_long_table_needs_no_more_memory_than_a_short_one(
    tmp_path: Path, tiny_runtime: Path
) -> None:
    if not Path("/proc/self/status").exists():
        pytest.skip("the peak of a process's memory is read from /proc")
    # Documents of four characters are their own summaries: the model costs no time here.
    row = json.dumps({"content": "今晚有雨", "filler": "x" * 5000}) + "\n"
    code = (
        "import sys; from pathlib import Path; from summae.cli.summarize import main; main(); "
        "print(Path('/proc/self/status').read_text(), file=sys.stderr)"
    )
    peaks_kilobytes = []
    for number in (300, 20_000):  # the second is a hundred megabytes
        file = tmp_path / f"{number}.jsonl"
        with file.open("w", encoding="utf-8") as stream:
            stream.writelines(row for _ in range(number))
        process = [sys.executable, "-c", code, str(file), "--model", str(tiny_runtime)]
        ended = subprocess.run(
            process, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True, text=True
        )
        status = dict(line.split(":", 1) for line in ended.stderr.splitlines() if ":" in line)
        peaks_kilobytes.append(int(status["VmHWM"].split()[0]))
    assert peaks_kilobytes[1] - peaks_kilobytes[0] < 15 * 1024


def test_neither_torch_nor_transformers_nor_datasets_is_imported(
    tmp_path: Path, tiny_runtime: Path, news: tuple[str, ...]
) -> None:
    file = write(tmp_path / "a.txt", "\n".join(news))
    code = (
        "import sys; from summae.cli.summarize import main; assert main() == 0; "
        "print(*sorted({'torch', 'transformers', 'datasets', 'pyarrow', 'rich', 'jieba'} "
        "& set(sys.modules)), file=sys.stderr)"
    )
    process = [sys.executable, "-c", code, str(file), "--per", "line", "--model", str(tiny_runtime)]
    ended = subprocess.run(process, capture_output=True, check=True, text=True)
    assert len(ended.stdout.splitlines()) == len(news)
    assert ended.stderr == "\n"


@pytest.mark.parametrize("module", ["summae.cli.summarize", "summae.cli.main"])
def test_help_takes_less_than_a_third_of_a_second(module: str) -> None:
    code = f"import sys; from {module} import main; sys.exit(main(['--help']))"
    assert fastest([sys.executable, "-c", code]) < 0.3


def test_a_summary_takes_less_than_a_second(
    tmp_path: Path, command: Callable[..., list[str]], news: tuple[str, ...]
) -> None:
    file = write(tmp_path / "a.txt", news[0])
    assert fastest(command(file)) < 1.0


def test_a_progress_bar_is_shown_to_people_only(
    command: Callable[..., list[str]], news_jsonl: Path, expected: list[str]
) -> None:
    arguments = command(news_jsonl, "--format", "text")
    terminal, terminal_end = pty.openpty()
    environment = {**os.environ, "TERM": "xterm"}
    ended = subprocess.run(
        arguments, stdout=subprocess.PIPE, stderr=terminal_end, env=environment, check=True
    )
    os.close(terminal_end)
    assert b"10/?" in os.read(terminal, 1 << 16)
    assert ended.stdout.decode().splitlines() == expected

    piped = subprocess.run(arguments, capture_output=True, check=True)
    assert piped.stderr == b""


def fastest(process: list[str]) -> float:
    """Seconds of the best of three runs: other work on the machine only ever adds."""
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        subprocess.run(process, capture_output=True, check=True)
        seconds.append(time.perf_counter() - started)
    return min(seconds)
