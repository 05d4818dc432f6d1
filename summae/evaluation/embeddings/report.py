"""Embedders side by side, as tables for people and as JSON for machines; each difference with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

from summae import __version__
from summae.evaluation.embeddings.documents import SENTENCES
from summae.evaluation.embeddings.suite import Bench, Judged
from summae.evaluation.report import Table
from summae.evaluation.signature import content_hash
from summae.evaluation.significance import SAMPLES, Difference, compare, holm, p_value_text


@dataclass(frozen=True)
class Comparison:
    """One embedder minus another in each task that both took, paired by document."""

    first: str
    second: str
    differences: dict[str, Difference]
    p_holm: dict[str, float]
    """p-values raised by Holm's method over all comparisons of the table."""


@dataclass(frozen=True)
class Report:
    """All that was found out."""

    judged: Sequence[Judged]
    """The first one is what speeds are divided by."""
    comparisons: Sequence[Comparison]
    signature: str

    @property
    def tasks(self) -> dict[str, float]:
        """Every task with the score of chance."""
        return {
            task: outcome.chance for one in self.judged for task, outcome in one.outcomes.items()
        }

    def speed(self, one: Judged) -> float | None:
        """Texts per second as a ratio to the first embedder's."""
        first = self.judged[0].texts_per_second
        return one.texts_per_second / first if one.texts_per_second and first else None


def report(judged: Sequence[Judged], against: Sequence[tuple[str, str]], bench: Bench) -> Report:
    """Compare pairs of embedders and sign.

    Args:
        judged: All on `bench`.
        against: Names of pairs; the second is subtracted from the first.
        bench: What they were judged on.
    """
    return Report(judged, comparisons(judged, against), signature(bench, judged, against))


def comparisons(judged: Sequence[Judged], against: Sequence[tuple[str, str]]) -> list[Comparison]:
    """Paired bootstraps over documents, after averaging each document's scores over the seeds."""
    named = {one.name: one.outcomes for one in judged}
    samples = _samples(judged, against)
    found = [
        {
            task: compare(outcome.items, named[second][task].items, samples=samples)
            for task, outcome in named[first].items()
            if task in named[second]
        }
        for first, second in against
    ]
    raised = iter(holm([one.p_value for differences in found for one in differences.values()]))
    return [
        Comparison(first, second, differences, {task: next(raised) for task in differences})
        for (first, second), differences in zip(against, found, strict=True)
    ]


def _samples(judged: Sequence[Judged], against: Sequence[tuple[str, str]]) -> int:
    """So many that a p-value can stay below 0.05 when Holm's method is through with it.

    The smallest is 2 / (samples + 1), and it is multiplied by the number of comparisons.
    """
    return max(SAMPLES, 80 * len(against) * max((len(one.outcomes) for one in judged), default=0))


def signature(
    bench: Bench, judged: Sequence[Judged] = (), against: Sequence[tuple[str, str]] = ()
) -> str:
    """What one must know to get the same numbers again."""
    held_out, training = bench.held_out, bench.training
    parts = {
        "task": "embeddings",
        "data": content_hash([*held_out.every_sentence, *held_out.headlines, *held_out.labels]),
        "n": len(held_out),
        "train": content_hash([*training.every_sentence, *training.labels]),
        "n_train": len(training),
        "sentences": SENTENCES,
        "systems": ",".join(f"{one.name}@{one.revision}" for one in judged if one.revision),
        "seeds": ",".join(map(str, bench.seeds)),
        "bs": _samples(judged, against),
        "sklearn": version("scikit-learn"),
        "version": __version__,
    }
    return "|".join(f"{key}:{value}" for key, value in parts.items())


def tables(report: Report) -> list[Table]:
    """Scores, their range over the seeds, and differences; embedders beside each other."""
    found = [_scores(report), _seeds(report)]
    return [*found, _differences(report)] if report.comparisons else found


def markdown(report: Report) -> str:
    """All tables and the signature."""
    return "\n\n".join([*(table.markdown() for table in tables(report)), f"`{report.signature}`"])


def as_dict(report: Report) -> dict[str, Any]:
    """The report as JSON types."""
    return {
        "signature": report.signature,
        "chance": report.tasks,
        "embedders": [
            {
                "name": one.name,
                "revision": one.revision,
                "speed": report.speed(one),
                "tasks": {
                    task: {
                        "mean": outcome.mean,
                        "by_seed": outcome.by_seed,
                        "documents": outcome.scores.shape[1],
                    }
                    for task, outcome in one.outcomes.items()
                },
            }
            for one in report.judged
        ],
        "comparisons": [asdict(comparison) for comparison in report.comparisons],
    }


def _scores(report: Report) -> Table:
    rows = []
    for task, chance in report.tasks.items():
        means = [one.outcomes[task].mean if task in one.outcomes else None for one in report.judged]
        rows.append([task, f"{chance:.3f}", *map(_figure, means)])
    speeds = [_figure(report.speed(one), digits=2) for one in report.judged]
    rows.append([f"texts/s ÷ {report.judged[0].name}'s", "", *speeds])
    names = [one.name for one in report.judged]
    return Table("Scores, mean over seeds", ["task", "chance", *names], rows)


def _seeds(report: Report) -> Table:
    rows = []
    for task in report.tasks:
        cells = []
        for one in report.judged:
            means = one.outcomes[task].by_seed if task in one.outcomes else []
            cells.append(f"{min(means):.3f}–{max(means):.3f}" if len(means) > 1 else "")
        if any(cells):
            rows.append([task, *cells])
    names = [one.name for one in report.judged]
    return Table(
        "Least and greatest over the seeds, of questions and of trainings", ["task", *names], rows
    )


def _figure(value: float | None, digits: int = 3) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def _differences(report: Report) -> Table:
    rows = [
        [
            f"{one.first} minus {one.second}",
            task,
            f"{found.mean:+.3f}",
            f"[{found.low:+.3f}, {found.high:+.3f}]",
            p_value_text(found.p_value),
            p_value_text(one.p_holm[task]),
        ]
        for one in report.comparisons
        for task, found in one.differences.items()
    ]
    header = ["embedders", "task", "difference", "95 %", "p", "p, Holm"]
    return Table("Differences, paired by document", header, rows)
