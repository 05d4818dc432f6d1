"""Write every table of evaluation/ again, and what README.md and the model card quote of them.

    python scripts/results.py CORPORA [--only scorer,results,valid,lengths,facts,mining,speed,estimators]

CORPORA is the folder with documents-train, pairs-train, pairs-valid and pairs-test.parquet, and those of other genres.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from repository import ROOT, TABLES


def main() -> None:
    """Run one command after the other; the first that fails ends it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--only", default="", help="names of tables, separated by commas")
    arguments = parser.parse_args()
    commands = commands_for(arguments.corpora.resolve())
    wanted = arguments.only.split(",") if arguments.only else list(commands)
    if unknown := set(wanted) - set(commands):
        parser.error(f"no such table: {', '.join(unknown)}; known: {', '.join(commands)}")
    for name in wanted:
        run(commands[name], arguments.corpora)
    run(script("complete_results.py"), ROOT)
    run(script("model_card.py"), ROOT)
    run(script("readme.py"), ROOT)


def commands_for(corpora: Path) -> dict[str, list[str]]:
    """The command of each table, to be run in the folder of the corpora; first what fits the search."""
    summae = [sys.executable, "-m", "summae"]
    results, valid = TABLES / "results", TABLES / "results-valid"
    return {
        "scorer": script("fit_scorer.py", ".", "--reconstructor", "--write"),
        "results": [
            *(*summae, "evaluate", "zh-news", "--data", "pairs-test.parquet"),
            *("--json", f"{results}.json", "--markdown", f"{results}.md"),
        ],
        "valid": [
            *(*summae, "evaluate", "zh-news", "--data", "pairs-valid.parquet", "--no-rankings"),
            *("--json", f"{valid}.json", "--markdown", f"{valid}.md"),
        ],
        "lengths": script("length_table.py", "zh-news", "pairs-valid.parquet"),
        "facts": script("facts_table.py", "."),
        "mining": script(
            "mining_quality.py",
            "pairs-train.parquet",
            "--encoder",
            "zh-sentences",
            "--model",
            "zh-news",
        ),
        "speed": script("benchmark.py", "--markdown", str(TABLES / "speed.md")),
        "estimators": script("estimator_table.py"),
    }


def script(name: str, *arguments: str) -> list[str]:
    """A command that runs one of our scripts."""
    return [sys.executable, str(ROOT / "scripts" / name), *arguments]


def run(command: list[str], folder: Path) -> None:
    """Run it there, saying so."""
    print("$", " ".join(command[1:]), file=sys.stderr, flush=True)
    subprocess.run(command, cwd=folder, check=True)


if __name__ == "__main__":
    main()
