"""Every finished model before the same court: what it wrote, and how good that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comparison.plan import Plan
from comparison.telling_apart import ToldApart
from comparison.writing import PLAIN, Writer, shown_news
from repository import read_json, weights_hash, write_json
from summae.evaluation.baselines import cut_to_mean, lead
from summae.evaluation.judges import Fluency, Judge, ReconstructionGain
from summae.evaluation.results import KINDS
from summae.evaluation.rouge import score
from summae.evaluation.rows import Rows
from summae.evaluation.signature import Signature, content_hash
from summae.evaluation.significance import Difference, compare
from summae.evaluation.statistics import Statistics, measure
from summae.inference.options import DecodingOptions
from summae.text.normalize import clean_document, normalize

START = "the start, untouched"
"""As tables call the generator that all rows started from."""


@dataclass(frozen=True)
class Measured:
    """What one run wrote, and how good it is."""

    f1: dict[str, NDArray[np.float64]]
    """By kind of ROUGE, one value for each document."""
    lead: dict[str, float]
    """Mean F1 of a lead of equal length, by kind of ROUGE."""
    statistics: Statistics
    judged: dict[str, float]
    """Means by judge."""
    plain: Statistics
    """Of what it writes word by likeliest word."""
    plain_judged: dict[str, float]
    shown: list[str]
    """Its summaries of the documents that are shown, word by likeliest word."""
    revision: str
    """Hash of the weights."""
    outcome: dict[str, Any]


@dataclass(frozen=True)
class Found:
    """Everything that was measured."""

    rows: dict[str, list[Measured]]
    """By name, the start first, one for each finished seed."""
    human: Statistics
    human_judged: dict[str, float]
    short_lead: dict[str, float]
    """Mean F1 of a lead of 20 characters, by kind of ROUGE."""
    signature: str

    def differences(self, first: str) -> dict[str, Difference]:
        """R-1 of each row minus that of `first`, means over seeds, document by document."""
        means = {
            name: np.mean([m.f1["rouge_1"] for m in measured], axis=0)
            for name, measured in self.rows.items()
        }
        if first not in means:
            return {}
        return {name: compare(f1, means[first]) for name, f1 in means.items() if name != first}


def measure_all(plan: Plan, rows: Rows, data: str) -> Found:
    """Write summaries with every finished model, the same way, and measure them.

    Args:
        plan: All runs.
        rows: What is summarised.
        data: Name of the file it came from.
    """
    experiment = plan.experiment
    decoding = DecodingOptions.from_mapping(experiment.decoding)
    court = _Court(rows, _judges(plan))
    found = {}
    if plan.start:
        folder = Path(experiment.output) / "start"
        found[START] = [court.measure(Writer(Path(plan.start), folder, experiment), decoding, {})]
    for name, runs in plan.rows.items():
        found[name] = [
            court.measure(
                Writer(run.folder / experiment.checkpoint, run.folder, experiment),
                decoding,
                run.outcome,
            )
            for run in runs
            if run.outcome
        ]
    return Found(
        rows={name: each for name, each in found.items() if each},
        human=measure(court.references, court.documents),
        human_judged=court.ask(court.references),
        short_lead=score(lead(court.documents, 20), court.references).mean_f1(),
        signature=_signature(plan, rows, data, decoding),
    )


def _judges(plan: Plan) -> list[Judge]:
    folder = Path(plan.experiment.output) / "judged"
    judges: list[Judge] = []
    for path, kind in ((plan.reconstructor, ReconstructionGain), (plan.language_model, Fluency)):
        if path:
            judges.append(_Remembering(kind(path), folder, revision=weights_hash(Path(path))))
    return [*judges, _Remembering(ToldApart(), folder)]


class _Remembering:
    """A judge who remembers what was said: a comparison is looked at more than once as it grows.

    Args:
        judge: Who is asked.
        folder: Where it is written down.
        revision: Tells the judge from others of its kind.
    """

    def __init__(self, judge: Judge, folder: Path, *, revision: str = "") -> None:
        self._judge = judge
        self._folder = folder
        self._revision = revision
        self.name = judge.name

    def __call__(
        self, summaries: Sequence[str], references: Sequence[str], documents: Sequence[str] | None
    ) -> NDArray[np.float64]:
        texts = [*summaries, *references, *(documents or ())]
        file = self._folder / f"{content_hash([self.name, self._revision, *texts])}.json"
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            write_json(file, self._judge(summaries, references, documents).tolist())
        return np.array(read_json(file), dtype=np.float64)


def _signature(plan: Plan, rows: Rows, data: str, decoding: DecodingOptions) -> str:
    digest = content_hash([*rows.documents, *rows.references])
    judges = {"reconstructor": plan.reconstructor, "lm": plan.language_model}
    searched = ("beam_size", "length_penalty", "no_repeat_ngram_size")
    signature = Signature(
        system="rows",
        data=f"{data}@{digest}",
        items=len(rows),
        decoding=",".join(
            f"{name}={getattr(decoding, name)}" for name in (*searched, "repetition_penalty")
        ),
        extras={key: weights_hash(Path(path)) for key, path in judges.items() if path},
    )
    return str(signature)


class _Court:
    """The test, before which models appear one after another."""

    def __init__(self, rows: Rows, judges: Sequence[Judge]) -> None:
        self.rows = rows
        self.documents = [clean_document(text) for text in rows.documents]
        self.references = [normalize(text) for text in rows.references]
        self.judges = judges

    def measure(
        self, writer: Writer, decoding: DecodingOptions, outcome: dict[str, Any]
    ) -> Measured:
        written, plain = (
            [normalize(text) for text in writer(self.rows.documents, options)]
            for options in (decoding, PLAIN)
        )
        scores, found = score(written, self.references), measure(written, self.documents)
        beginning = cut_to_mean(self.documents, found.mean_length)
        return Measured(
            f1={kind: getattr(scores, kind).f1 for kind in KINDS},
            lead=score(beginning, self.references).mean_f1(),
            statistics=found,
            judged=self.ask(written),
            plain=measure(plain, self.documents),
            plain_judged=self.ask(plain),
            shown=writer([item["document"] for item in shown_news()], PLAIN),
            revision=writer.revision,
            outcome=outcome,
        )

    def ask(self, summaries: Sequence[str]) -> dict[str, float]:
        return {
            judge.name: float(judge(summaries, self.references, self.documents).mean())
            for judge in self.judges
        }
