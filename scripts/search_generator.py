"""Search for a generator, one factor at a time at equal cost. Written to evaluation/.

    python scripts/search_generator.py configs/generator-search.yaml --data pairs-valid.parquet --rows 500

Makes the token packs, trains the default and each change of it, goes on where a killed call stood, and
skips what is finished. What each is worth is measured as soon as it is trained and stays in a folder
beside the table: that run is done, on any machine. Exit status 3 says that time was up.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import unfinished
from repository import TABLES, as_typed, write_json
from search import scale
from search.experiment import Experiment
from search.findings import Findings, key_of, measure_all, measure_run
from search.kept import Kept
from search.measuring import Bench
from search.plan import Plan, Row, Section
from search.report import markdown
from search.runs import speed
from summae.cli.settings import silence_transformers
from summae.config import load_config
from summae.evaluation.results import KINDS
from summae.evaluation.rows import evenly, read_rows
from summae.evaluation.signature import Signature, content_hash


def main(argv: Sequence[str] | None = None) -> int:
    """Train what is not trained yet, then measure."""
    arguments = _arguments(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    silence_transformers()
    experiment = load_config(Experiment, arguments.experiment, arguments.set)
    rows = read_rows(arguments.data)
    rows = rows.take(evenly(len(rows), arguments.rows))
    digest = content_hash([*rows.documents, *rows.references])
    output = arguments.output or TABLES / f"{experiment.report}.md"
    kept = Kept(output.with_suffix(".runs"), digest)
    plan = Plan(experiment, arguments.experiment.parent, kept)
    bench = Bench(rows, experiment.checkpoint, kept)
    left, failed = unfinished.train_all(
        plan.runs,
        max_minutes=arguments.max_minutes,
        facts=speed,
        then=partial(measure_run, plan, bench),
    )
    if left and not arguments.now:
        print(f"{len(plan.runs) - len(left)} of {len(plan.runs)} runs are finished; run it again")
        return 3
    found = measure_all(plan, bench)
    command = _command(arguments)
    missing = unfinished.missing(left, failed)
    signature = Signature(
        system="rows",
        data=f"{arguments.data.name}@{digest}",
        items=len(rows),
        decoding="above",
        extras={"bs": str(found.samples)},
    )
    laws = scale.scalings(plan, found)
    last = [*scale.blocks(laws), f"`{signature}`"]
    text = markdown(plan, found, command, missing, last)
    print(text)
    output.write_text(text, encoding="utf-8")
    about = {"command": command, "signature": str(signature), "missing": missing}
    write_json(output.with_suffix(".json"), about | as_dict(plan, found, laws))
    return 3 if left else 1 if failed else 0


def as_dict(plan: Plan, found: Findings, laws: Sequence[scale.Scaling]) -> dict[str, Any]:
    """What was found as JSON types; scores in [0, 1], lengths in characters, times in seconds."""
    return {
        "title": plan.experiment.title,
        "decoding": asdict(plan.default().decoding),
        "factors": [
            {
                "name": section.factor.name,
                "reference": section.reference.label,
                "rows": [_row_dict(row, section, found) for row in section.rows],
            }
            for section in plan.sections
        ],
        "laws": scale.as_dicts(laws),
    }


def _row_dict(row: Row, section: Section, found: Findings) -> dict[str, Any]:
    measured = found.of(row)
    if measured is None:
        return {"name": row.label, "missing": True}
    run = measured.runs[0]
    difference = found.difference(section, row)
    return {
        "name": row.label,
        "run": row.draft,
        "seeds": [run.seed for run in measured.runs],
        "revisions": list(measured.revisions),
        "f1": [{k: float(w.f1[k].mean()) for k in KINDS} for w in measured.written],
        "greedy": [{k: float(w.f1[k].mean()) for k in KINDS} for w in measured.greedy],
        "length": [written.mean_length for written in measured.written],
        "nats_per_character": float(measured.loss().sum() / found.characters.sum()),
        "minus_reference": None if difference is None else asdict(difference),
        "pace": found.paces.get(key_of(row)),
        "int8_bytes": measured.bytes,
        **asdict(run.cost),
        "training_flops": run.flops,
        "training_documents": run.documents,
        "pairs": run.pairs,
        "outcomes": [run.outcome for run in measured.runs],
        "note": row.note,
    }


def _command(arguments: argparse.Namespace) -> str:
    """What to type for the same, however often it was stopped."""
    words = [arguments.experiment, "--data", arguments.data]
    words += ["--rows", arguments.rows] if arguments.rows else []
    words += [word for override in arguments.set for word in ("--set", override)]
    return as_typed("search_generator.py", *words)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("experiment", type=Path)
    parser.add_argument(
        "--data", type=Path, required=True, help="parquet or JSONL: document, summary, set"
    )
    parser.add_argument("--rows", type=int, help="rows of it, evenly spread; default: all")
    parser.add_argument(
        "--max-minutes", type=float, default=0.0, help="of training and measuring in this call"
    )
    parser.add_argument("--now", action="store_true", help="measure what is finished so far")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--output", type=Path, help="default: its name in evaluation/")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
