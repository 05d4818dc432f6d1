"""Recipes side by side: same corpus, same start, same search, same test. Written to evaluation/recipes.md.

    python scripts/compare_recipes.py configs/comparison.yaml --data pairs-valid.parquet --rows 1000

Trains every row of the experiment with its first seed, then every row with the second, and so on;
goes on where a killed call stood and skips what is finished; then writes summaries and measures
them. Exit status 3 says that time was up.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from comparison.experiment import Experiment
from comparison.measuring import measure_all
from comparison.plan import Plan
from comparison.report import as_dict, markdown
from repository import TABLES, as_typed, write_json
from summae.cli.settings import silence_transformers
from summae.config import load_config
from summae.evaluation.rows import evenly, read_rows
from unfinished import missing, train_all


def main(argv: Sequence[str] | None = None) -> int:
    """Train what is not trained yet, then measure."""
    arguments = _arguments(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    silence_transformers()
    experiment = load_config(Experiment, arguments.experiment, arguments.set)
    plan = Plan(experiment, arguments.experiment.parent)
    plan.check()
    left, failed = train_all(plan.runs, max_minutes=arguments.max_minutes)
    if left and not arguments.now:
        print(f"{len(plan.runs) - len(left)} of {len(plan.runs)} runs are finished; run it again")
        return 3
    rows = read_rows(arguments.data)
    found = measure_all(plan, rows.take(evenly(len(rows), arguments.rows)), arguments.data.name)
    command, lacking = _command(arguments), missing(left, failed)
    text = markdown(plan, found, command, lacking)
    print(text)
    arguments.output.write_text(text, encoding="utf-8")
    write_json(arguments.output.with_suffix(".json"), as_dict(plan, found, command, lacking))
    return 3 if left else 1 if failed else 0


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("experiment", type=Path)
    parser.add_argument(
        "--data", type=Path, required=True, help="parquet or JSONL: document, summary, set"
    )
    parser.add_argument("--rows", type=int, help="rows of it, evenly spread; default: all")
    parser.add_argument("--max-minutes", type=float, default=0.0, help="of training in this call")
    parser.add_argument("--now", action="store_true", help="measure what is finished so far")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--output", type=Path, default=TABLES / "recipes.md")
    return parser.parse_args(argv)


def _command(arguments: argparse.Namespace) -> str:
    """What to type for the same; where it was stopped on the way does not matter."""
    words = [arguments.experiment, "--data", arguments.data]
    words += ["--rows", arguments.rows] if arguments.rows else []
    for override in arguments.set:
        words += ["--set", override]
    return as_typed("compare_recipes.py", *words)


if __name__ == "__main__":
    sys.exit(main())
