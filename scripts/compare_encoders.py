"""Sentence encoders side by side: same corpus, same budget; what each method shows. Written to evaluation/encoders.md.

    python scripts/compare_encoders.py configs/encoders.yaml

Trains every row of the experiment with its first seed, then every row with the second, and so on;
goes on where a killed call stood and skips what is finished. Real tasks are the matter of
scripts/embedding_table.py. Exit status 3 says that time was up.
"""

from __future__ import annotations

import argparse
import logging
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from comparison.runs import Run
from encoders.effects import last_measures, tables
from encoders.plan import Experiment, Plan
from repository import TABLES, as_typed, write_json
from summae.cli.settings import silence_transformers
from summae.config import load_config
from unfinished import missing, train_all


def main(argv: Sequence[str] | None = None) -> int:
    """Train what is not trained yet, then tell."""
    arguments = _arguments(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    silence_transformers()
    plan = Plan(
        load_config(Experiment, arguments.experiment, arguments.set), arguments.experiment.parent
    )
    left, failed = train_all(plan.runs, max_minutes=arguments.max_minutes, facts=_finished)
    if left and not arguments.now:
        print(f"{len(plan.runs) - len(left)} of {len(plan.runs)} runs are finished; run it again")
        return 3
    command = as_typed("compare_encoders.py", arguments.experiment)
    text = _markdown(plan, command, missing(left, failed))
    print(text)
    arguments.output.write_text(text, encoding="utf-8")
    about = {
        "command": command,
        "runs": {
            name: {f"seed {run.seed}": run.outcome for run in runs if run.outcome}
            for name, runs in plan.rows.items()
        },
    }
    write_json(arguments.output.with_suffix(".json"), about)
    return 3 if left else 1 if failed else 0


def _finished(run: Run) -> dict[str, object]:
    """What is remembered of a run. Of its checkpoints, which are large, the last method is kept.

    Critics and decoders are for training only, but that of Deep InfoMax also tells salience.
    """
    newest = max((run.folder / "checkpoints").glob("step-*"), default=None)
    if newest is not None:
        shutil.copyfile(newest / "model.safetensors", run.folder / "method.safetensors")
    shutil.rmtree(run.folder / "checkpoints", ignore_errors=True)
    return {"measures": last_measures(run)}


def _markdown(plan: Plan, command: str, lacking: Sequence[str]) -> str:
    notes = [
        f"- **{row.name}** (`configs/{row.config}`): {row.note or 'as configured'}."
        for row in plan.experiment.rows
    ]
    blocks = [
        "# Sentence encoders: what each method shows",
        f"`{command}`. All rows learned from one sentence pack, its newest documents held out; "
        "measures are of the last validation, on held-out documents. Mean over seeds, range in "
        "brackets. *next_sentence*: the next sentence among ten, the others from other documents, by "
        "the product of the vectors (chance 0.1). `accuracy` and `nll` (nats) are among the 256 "
        "sentences of a batch, `bound` is ln N less nll, N the number of candidates; "
        "`accuracy_within` is among the other sentences of the same document. Real tasks stand in "
        "[embeddings.md](embeddings.md).",
        *([f"**Missing**: {'; '.join(lacking)}."] if lacking else []),
        *(table.markdown() for table in tables(plan)),
        *EXPLAINED,
        "\n".join(notes),
    ]
    return "\n\n".join(blocks) + "\n"


EXPLAINED = (
    "Skip-thought: `nll_…` in nats a token, `told_…` by how many nats a token it rises when the decoder "
    "is given the vector of a sentence of another document. CPC: `…_k` for the sentence k places on. "
    "Deep InfoMax: `auroc`, how often the critic puts a sentence of the document before a stranger; "
    "`bound` of the Jensen-Shannon divergence, at most ln 2 = 0.693; `prior`, what a judge still knows "
    "of documents' vectors beside uniform draws, 0 is nothing.",
)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("experiment", type=Path)
    parser.add_argument("--max-minutes", type=float, default=0.0, help="of training in this call")
    parser.add_argument("--now", action="store_true", help="tell what is finished so far")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--output", type=Path, default=TABLES / "encoders.md")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
