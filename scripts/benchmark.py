"""Documents per second of the installed model, and how long the first summary takes.

    python scripts/benchmark.py [MODEL] [--documents FILE.jsonl] [--markdown OUT.md]

Machines differ and are shared, so figures come as ratios measured side by side in one run: each
setting against greedy decoding in one job of one thread. Where sumy is installed, its TextRank is timed too.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from repository import NEWS, read_lines
from summae import Summarizer, __version__
from summae.evaluation.rouge import score

PAIRS = 100_000
"""Headlines scored against one another."""


def main() -> None:
    """Measure, print, and write Markdown if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", nargs="?", help="a model folder; the default model without it")
    parser.add_argument("--documents", type=Path, default=NEWS)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--markdown", type=Path)
    arguments = parser.parse_args()
    items = read_lines(arguments.documents)
    texts = [item["document"] for item in items][:400]
    contestants: dict[str, Callable[[], object]] = {}
    for jobs in (1, None):
        summarizer = Summarizer.from_pretrained(arguments.model, threads=1, jobs=jobs or cores())
        for beams in (1, summarizer.folder.decoding.beam_size):
            name = f"beams {beams}, {'one job' if jobs else f'{cores()} jobs'}"
            contestants[name] = _run(summarizer, texts, beams)
    with contextlib.suppress(ImportError):
        contestants["TextRank (sumy)"] = _textrank(texts)
    seconds = _alternate(contestants, arguments.repeats)
    base = seconds["beams 1, one job"]
    rows = [
        f"summae {__version__}, {platform.machine()}, Python {platform.python_version()}; "
        f"{len(texts)} documents of {sum(map(len, texts)) // len(texts)} characters, "
        f"medians of {arguments.repeats} alternating runs",
        "",
        "| setting | documents/s | relative speed |",
        "|---|---|---|",
    ]
    for name, value in seconds.items():
        rows.append(f"| {name} | {len(texts) / value:.0f} | {base / value:.2f} |")
    command = [
        sys.executable,
        "-m",
        "summae",
        "summarize",
        str(NEWS.with_name("articles") / "weather-rain.txt"),
    ]
    if arguments.model:
        command += ["--model", arguments.model]
    rows += ["", f"`summarize FILE`, whole process, median: {_whole(command):.2f} s"]
    seconds_of_rouge = _rouge([item["summary"] for item in items])
    rows += ["", f"ROUGE-1/2/L of {PAIRS:,} pairs of headlines: {seconds_of_rouge:.1f} s"]
    print("\n".join(rows))
    if arguments.markdown:
        arguments.markdown.write_text("\n".join(["# Speed", "", *rows, ""]), encoding="utf-8")


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _rouge(headlines: list[str]) -> float:
    """Seconds for pairs drawn from them."""
    drawn = random.Random(0).choices(headlines, k=2 * PAIRS)
    start = time.perf_counter()
    score(drawn[:PAIRS], drawn[PAIRS:])
    return time.perf_counter() - start


def _run(summarizer: Summarizer, texts: list[str], beams: int) -> Callable[[], object]:
    return lambda: summarizer.summarize(texts, beams=beams)


def _textrank(texts: list[str]) -> Callable[[], object]:
    import sumy  # noqa: F401

    from summae.evaluation.baselines import CentralSentences

    textrank = CentralSentences("textrank")
    return lambda: [textrank(text) for text in texts]


def _alternate(contestants: dict[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Median seconds of each, run in turn so that a noisy moment hits all alike."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for run in contestants.values():  # warm-up
        run()
    for _ in range(repeats):
        for name, run in contestants.items():
            start = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in times.items()}


def _whole(command: list[str], repeats: int = 7) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


if __name__ == "__main__":
    main()
