"""Choose when a clause of the document stands for what the model wrote, and which, on validation documents.

    python scripts/fit_clauses.py MODEL corpora/pairs-valid.parquet [--write]

Least squares: the mean of ROUGE-1/2/L of each clause from its features. Then the highest confidence
below which clauses cost four tenths of a point of ROUGE at most: where the model is unsure, what it
writes is often false or garbled, which ROUGE hardly sees, and a clause is true and reads. They are
longer, so that the margin over a lead of equal length falls, which the table says, too. Written to evaluation/clauses.md; with --write also to MODEL/summae.json. All figures by halves:
each half of the documents with the weights of the other. Run it after scripts/fit_ranking.py.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict, fields, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from repository import TABLES, as_typed, read_json, write_json
from summae import Summarizer
from summae.evaluation.baselines import cut_to_mean
from summae.evaluation.rouge import score
from summae.evaluation.rows import Rows, evenly, read_rows
from summae.inference.clauses import Clause, ClauseFeatures, ClauseRanking, clauses
from summae.text.facts import unsupported
from summae.text.normalize import clean_document, normalize
from summae.text.script import to_simplified

OUTPUT = TABLES / "clauses.md"
NAMES = [field.name for field in fields(ClauseFeatures)]
THRESHOLDS = (-1.6, -1.5, -1.4, -1.3, -1.2, -1.1, -1.0, -0.9, -0.8)
RIDGE = 1e-2
COST = 0.4
"""Points of ROUGE, the mean of the three kinds, that clauses may cost."""

Scores = NDArray[np.float64]


class Bench:
    """What the model writes of each document, what its clauses are, and what all of it is worth.

    Args:
        summarizer: The model.
        rows: Documents with human headlines.
    """

    def __init__(self, summarizer: Summarizer, rows: Rows) -> None:
        summarizer.folder = replace(
            summarizer.folder, decoding=replace(summarizer.folder.decoding, unsure_below=None)
        )
        documents = [to_simplified(clean_document(text)) for text in rows.documents]
        references = [to_simplified(normalize(text)) for text in rows.references]
        self.documents, self.references = documents, references
        summaries = summarizer.summarize(rows.documents)
        self.written = [to_simplified(summary.text) for summary in summaries]
        self.sure = np.array([summary.score for summary in summaries])
        self.invents = np.array(
            [unsupported(t, d) > 0 for t, d in zip(self.written, documents, strict=True)]
        )
        self.worth = _worth(self.written, references)  # (3, N)
        self.offered: list[list[Clause]] = [clauses(document) for document in documents]
        flat = [clause.text for offered in self.offered for clause in offered]
        target = [r for r, o in zip(references, self.offered, strict=True) for _ in o]
        ends = np.cumsum([len(offered) for offered in self.offered])[:-1]
        self.clause_worth = np.split(_worth(flat, target), ends, axis=1)

    def __len__(self) -> int:
        return len(self.written)

    def fit(self, rows: range) -> ClauseRanking:
        """Weights, in points of ROUGE."""
        some = [row for row in rows if self.offered[row]]
        seen = np.concatenate([_matrix(self.offered[row]) for row in some])
        target = np.concatenate([self.clause_worth[row].mean(axis=0) for row in some])
        scale = seen.std(axis=0) + 1e-9
        scaled = (seen - seen.mean(axis=0)) / scale
        gram = scaled.T @ scaled + RIDGE * len(seen) * np.eye(len(NAMES))
        weights = np.linalg.solve(gram, scaled.T @ (target - target.mean())) / scale
        return ClauseRanking(**{n: float(f"{w:.3g}") for n, w in zip(NAMES, weights, strict=True)})

    def by_halves(self) -> tuple[Scores, NDArray[np.int64]]:
        """Scores (3, N) and lengths (N,) of the clause chosen for each document."""
        halves = [self.fit(range(start, len(self), 2)) for start in (0, 1)]
        worth, lengths = self.worth.copy(), np.array([len(text) for text in self.written])
        for row, offered in enumerate(self.offered):
            if not offered:
                continue
            ranks = [halves[1 - row % 2].worth(clause.features) for clause in offered]
            best = int(np.argmax(ranks))
            worth[:, row] = self.clause_worth[row][:, best]
            lengths[row] = len(offered[best].text)
        return worth, lengths


def main() -> None:
    """Summarise, fit, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("data", type=Path)
    parser.add_argument("--limit", type=int, default=2000)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    rows = read_rows(arguments.data)
    summarizer = Summarizer.from_pretrained(arguments.model)
    bench = Bench(summarizer, rows.take(evenly(len(rows), arguments.limit)))
    ranking = bench.fit(range(len(bench)))
    threshold, table = thresholds(bench)
    words = [arguments.model, arguments.data, "--limit", arguments.limit]
    OUTPUT.write_text(page(as_typed("fit_clauses.py", *words), ranking, table), encoding="utf-8")
    print(OUTPUT.read_text(encoding="utf-8"))
    if arguments.write:
        file = summarizer.folder.path / "summae.json"
        about = read_json(file)
        about["decoding"] |= {"unsure_below": threshold, "clauses": asdict(ranking)}
        write_json(file, about)


def thresholds(bench: Bench) -> tuple[float | None, list[str]]:
    """The highest one that lowers the mean of the three kinds by `COST` at most, and the table's rows."""
    clause_worth, clause_lengths = bench.by_halves()
    lengths = np.array([len(text) for text in bench.written])
    never = np.zeros(len(bench), dtype=bool)
    chosen: float | None = None
    table = [_line(bench, "never", never, bench.worth, lengths)]
    for threshold in THRESHOLDS:
        stands_in = (bench.sure < threshold) | bench.invents
        worth = np.where(stands_in, clause_worth, bench.worth)
        if worth.mean() >= bench.worth.mean() - COST:
            chosen = threshold
        both = np.where(stands_in, clause_lengths, lengths)
        table.append(_line(bench, f"below {threshold:g}", stands_in, worth, both))
    table.append(_line(bench, "always", ~never, clause_worth, clause_lengths))
    marked = f"| below {chosen:g} |" if chosen is not None else "| never |"
    return chosen, [row.replace(marked, marked[:-2] + " (chosen) |") for row in table]


def page(command: str, ranking: ClauseRanking, table: list[str]) -> str:
    """The tables for people."""
    weights = asdict(ranking)
    return "\n".join(
        [
            "# Clauses that stand in",
            "",
            f"`{command}`: when a clause of the document stands for what the model wrote: where the "
            "mean log-probability of its words (nats) is below a threshold, or a number or Latin word "
            "has no support. F1 × 100; clauses of each half of the documents are chosen with the "
            "weights fitted to the other half. Clauses are longer, so beside a lead of equal length they cost "
            "what the last column says, and bring lines that read.",
            "",
            "| stands in | share | R-1 | R-2 | R-L | length | R-1 minus lead |",
            "|---|---:|---:|---:|---:|---:|---:|",
            *table,
            "",
            "Weights in points of ROUGE, fitted to all:",
            "",
            "| " + " | ".join(weights) + " |",
            "|" + "---:|" * len(weights),
            "| " + " | ".join(f"{weight:g}" for weight in weights.values()) + " |",
            "",
        ]
    )


def _line(
    bench: Bench,
    name: str,
    stands_in: NDArray[np.bool_],
    worth: Scores,
    lengths: NDArray[np.int64],
) -> str:
    kinds = worth.mean(axis=1)
    length = float(lengths.mean())
    lead = _worth(cut_to_mean(bench.documents, length), bench.references).mean(axis=1)
    figures = [*(f"{kind:.1f}" for kind in kinds), f"{length:.1f}", f"{kinds[0] - lead[0]:.1f}"]
    return f"| {name} | {stands_in.mean():.0%} | " + " | ".join(figures) + " |"


def _worth(summaries: list[str], references: list[str]) -> Scores:
    scores = score(summaries, references)
    return 100 * np.stack([scores.rouge_1.f1, scores.rouge_2.f1, scores.rouge_l.f1])


def _matrix(offered: list[Clause]) -> Scores:
    return np.array([[getattr(clause.features, name) for name in NAMES] for clause in offered])


if __name__ == "__main__":
    main()
