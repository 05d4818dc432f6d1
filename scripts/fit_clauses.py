"""Choose which clause of a document stands for a doubtful line of the model, on validation documents.

    python scripts/fit_clauses.py MODEL corpora/pairs-valid.parquet [--write]

Least squares within each document: the mean of ROUGE-1/2/L of each clause from its features. Written to
evaluation/clauses.md, with what it costs or gains to replace few lines or many; with --write also to
MODEL/summae.json. Clauses are chosen by halves: each half of the documents with the weights of the other.
The lines themselves come from the model as it is, its ranking and doubt fitted to some of the same
documents. Run it after scripts/fit_ranking.py and scripts/fit_doubt.py.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fit_ranking import searched
from repository import TABLES, as_typed, read_json, write_json
from summae import Summarizer
from summae.evaluation.baselines import cut_to_mean
from summae.evaluation.rouge import score
from summae.evaluation.rows import Rows, evenly, read_rows
from summae.inference.choosing import best_line, doubt_of, line
from summae.inference.clause_ranking import ClauseFeatures, ClauseRanking
from summae.inference.clauses import Clause, clauses
from summae.text.facts import unsupported
from summae.text.normalize import clean_document, normalize
from summae.text.script import to_simplified

OUTPUT = TABLES / "clauses.md"
THRESHOLDS = (0.8, 0.7, 0.6, 0.55, 0.5, 0.4, 0.3)
RIDGE = 1e-2
READING = {"hangs": -10.0, "dangles": -8.0}
"""Points of ROUGE that these cost. Not fitted: ROUGE does not mind a line without its beginning or end,
readers do."""

NAMES = [field.name for field in fields(ClauseFeatures) if field.name not in READING]

Scores = NDArray[np.float64]


class Bench:
    """What the model writes of each document, what its clauses are, and what all of it is worth.

    Args:
        summarizer: The model.
        rows: Documents with human headlines.
    """

    def __init__(self, summarizer: Summarizer, rows: Rows) -> None:
        options = summarizer.folder.decoding
        documents = [to_simplified(clean_document(text)) for text in rows.documents]
        references = [to_simplified(normalize(text)) for text in rows.references]
        self.documents, self.references = documents, references
        self.written: list[str] = []
        self.doubt = np.zeros(len(documents))
        self.invents = np.zeros(len(documents), dtype=bool)
        self.offered: list[list[Clause]] = []
        found = searched(summarizer, rows, options)
        for row, (document, candidates) in enumerate(zip(documents, found, strict=True)):
            lines = [line(text, score, None) for text, score in candidates]
            chosen = lines.pop(best_line(lines, document, options.ranking, None))
            self.written.append(chosen.text)
            self.doubt[row] = doubt_of(chosen, document, options.doubt)
            self.invents[row] = unsupported(chosen.text, document) > 0
            self.offered.append(clauses(document, [one.text for one in (chosen, *lines)]))
        self.worth = _worth(self.written, references)  # (3, N)
        flat = [clause.text for offered in self.offered for clause in offered]
        target = [r for r, o in zip(references, self.offered, strict=True) for _ in o]
        ends = np.cumsum([len(offered) for offered in self.offered])[:-1]
        self.clause_worth = np.split(_worth(flat, target), ends, axis=1)

    def __len__(self) -> int:
        return len(self.written)

    def fit(self, rows: range) -> ClauseRanking:
        """Weights, in points of ROUGE."""
        some = [row for row in rows if self.offered[row]]
        # Within each document: that one is easier to summarise than another chooses nothing.
        seen = np.concatenate([_centred(_matrix(self.offered[row])) for row in some])
        target = np.concatenate([_centred(self.clause_worth[row].mean(axis=0)) for row in some])
        scale = seen.std(axis=0) + 1e-9
        scaled = seen / scale
        gram = scaled.T @ scaled + RIDGE * len(seen) * np.eye(len(NAMES))
        weights = np.linalg.solve(gram, scaled.T @ target) / scale
        fitted = {n: float(f"{w:.3g}") for n, w in zip(NAMES, weights, strict=True)}
        return ClauseRanking(**fitted, **READING)

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
    words = [arguments.model, arguments.data, "--limit", arguments.limit]
    table = thresholds(bench, summarizer.folder.decoding.doubtful_above)
    OUTPUT.write_text(page(as_typed("fit_clauses.py", *words), ranking, table), encoding="utf-8")
    print(OUTPUT.read_text(encoding="utf-8"))
    if arguments.write:
        file = summarizer.folder.path / "summae.json"
        about = read_json(file)
        about["decoding"] |= {"clauses": asdict(ranking)}
        write_json(file, about)


def thresholds(bench: Bench, chosen: float | None) -> list[str]:
    """The table's rows."""
    clause_worth, clause_lengths = bench.by_halves()
    lengths = np.array([len(text) for text in bench.written])
    never = np.zeros(len(bench), dtype=bool)
    table = [_line(bench, "never", never, bench.worth, lengths)]
    for threshold in THRESHOLDS:
        stands_in = (bench.doubt > threshold) | bench.invents
        worth = np.where(stands_in, clause_worth, bench.worth)
        both = np.where(stands_in, clause_lengths, lengths)
        name = f"above {threshold:g}" + " (chosen)" * (threshold == chosen)
        table.append(_line(bench, name, stands_in, worth, both))
    table.append(_line(bench, "always", ~never, clause_worth, clause_lengths))
    return table


def page(command: str, ranking: ClauseRanking, table: list[str]) -> str:
    """The tables for people."""
    weights = asdict(ranking)
    return "\n".join(
        [
            "# Clauses that stand in",
            "",
            f"`{command}`: when a clause of the document stands for what the model wrote: where that is "
            "likelier than a threshold to be garbled or false (doubt.md), or a number or Latin word has no "
            "support. F1 × 100; clauses of each half of the documents are chosen with the weights fitted to "
            "the other half, the lines by a ranking that was fitted to all. The last column is beside a lead of equal length.",
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


def _centred(values: Scores) -> Scores:
    centred: Scores = values - values.mean(axis=0)
    return centred


def _matrix(offered: list[Clause]) -> Scores:
    return np.array([[getattr(clause.features, name) for name in NAMES] for clause in offered])


if __name__ == "__main__":
    main()
