"""Choose the weights by which candidates are ranked, on validation documents.

    python scripts/fit_ranking.py MODEL corpora/pairs-valid.parquet [--write]

Least squares: the mean of ROUGE-1/2/L of a document's candidates, each less the document's mean, from
their features, less theirs. Written to evaluation/ranking.md; with --write also to MODEL/summae.json.
What the ranking gains is measured by halves: each half is ranked with the weights of the other.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from repository import TABLES, as_typed, read_json, write_json
from summae import Summarizer
from summae.evaluation.rouge import score
from summae.evaluation.rows import Rows, evenly, read_rows
from summae.inference.ranking import Features, Ranking, faults, features
from summae.text.normalize import clean_document, normalize
from summae.text.script import to_simplified

OUTPUT = TABLES / "ranking.md"
SPLICES = "splices"
NAMES = [*(f.name for f in fields(Features) if f.name != SPLICES), SPLICES]
SPLICE = -2.0
"""Points of ROUGE that a splice costs. Not fitted: ROUGE hardly sees what readers trip over. It lowers
the mean of the three kinds by a quarter of a point, and a quarter of the splices disappear."""
MISS = 1.0
"""Points of ROUGE that a character above or below a length that was asked for costs: of 0 to 3 the
one with the best ROUGE-L at 15 and 30 characters, with nearly as many lengths met as at 3."""
STUMP = 6.0
"""… and there, to stop inside a clause of the document: of 0 to 10, what rids the most summaries of it
before lengths are missed much more often (evaluation/lengths.md) …"""
CUT = 10.0
"""… or to have been cut inside a clause of its own, so that hardly any is."""
SHORTER = 2
"""Candidates so many characters shorter are searched for there, too: most of them need no cut."""
RIDGE = 1e-2
WINDOW = 64
"""Documents searched at a time."""


class Candidates:
    """What the search finds for each document, and what each candidate is worth.

    Args:
        summarizer: The model.
        rows: Documents with human headlines.
        beam_size: Candidates of each.
    """

    def __init__(self, summarizer: Summarizer, rows: Rows, *, beam_size: int) -> None:
        documents = [to_simplified(clean_document(text)) for text in rows.documents]
        references = [to_simplified(normalize(text)) for text in rows.references]
        plain = replace(summarizer.folder.decoding, beam_size=beam_size, candidates=beam_size)
        self.features: list[NDArray[np.float64]] = []
        self.faults: list[list[tuple[int, int]]] = []
        self.texts: list[list[str]] = []
        for document, found in zip(documents, searched(summarizer, rows, plain), strict=True):
            self.texts.append([text for text, _ in found])
            seen = [features(text, document, likelihood=likelihood) for text, likelihood in found]
            self.features.append(np.array([[getattr(one, name) for name in NAMES] for one in seen]))
            self.faults.append([faults(text, document) for text, _ in found])
        flat = [text for texts in self.texts for text in texts]
        target = [r for r, texts in zip(references, self.texts, strict=True) for _ in texts]
        scores = score(flat, target)
        kinds = np.stack([scores.rouge_1.f1, scores.rouge_2.f1, scores.rouge_l.f1])  # (3, all)
        ends = np.cumsum([len(texts) for texts in self.texts])[:-1]
        self.scores = [100 * part for part in np.split(kinds, ends, axis=1)]

    def __len__(self) -> int:
        return len(self.texts)

    def fit(self, rows: Sequence[int]) -> NDArray[np.float64]:
        """Weights, in points of ROUGE, (features,)."""
        fitted = [self.features[row][:, :-1] for row in rows]  # all but splices
        seen = np.concatenate([part - part.mean(axis=0) for part in fitted])
        worth = [self.scores[row].mean(axis=0) for row in rows]
        target = np.concatenate([one - one.mean() for one in worth])
        # Ridge in units of each feature's own spread.
        scale = seen.std(axis=0) + 1e-9
        scaled = seen / scale
        gram = scaled.T @ scaled + RIDGE * len(seen) * np.eye(seen.shape[1])
        return np.append(np.linalg.solve(gram, scaled.T @ target) / scale, SPLICE)

    def chosen(self, row: int, weights: NDArray[np.float64]) -> int:
        """The candidate that the weights find best among those with the fewest faults."""
        worth = self.features[row] @ weights
        invented, ill_formed = zip(*self.faults[row], strict=True)
        return max(range(len(worth)), key=lambda i: (-invented[i], -ill_formed[i], worth[i]))

    def line(self, name: str, choice: Sequence[int]) -> str:
        """One row of the table."""
        kinds = np.mean([s[:, i] for s, i in zip(self.scores, choice, strict=True)], axis=0)
        length = np.mean([len(texts[i]) for texts, i in zip(self.texts, choice, strict=True)])
        return f"| {name} | " + " | ".join(f"{k:.1f}" for k in kinds) + f" | {length:.1f} |"


def main() -> None:
    """Search, fit, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("data", type=Path)
    parser.add_argument("--limit", type=int, default=2000)
    parser.add_argument("--beam-size", type=int, default=6)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    rows = read_rows(arguments.data)
    rows = rows.take(evenly(len(rows), arguments.limit))
    summarizer = Summarizer.from_pretrained(arguments.model)
    found = Candidates(summarizer, rows, beam_size=arguments.beam_size)
    ranking = Ranking(**_rounded(found.fit(range(len(found)))), miss=MISS, stump=STUMP, cut=CUT)
    OUTPUT.write_text(_page(arguments, found, ranking), encoding="utf-8")
    print(OUTPUT.read_text(encoding="utf-8"))
    if arguments.write:
        _write(summarizer.folder.path, ranking, arguments.beam_size)


def searched(summarizer: Summarizer, rows: Rows, options: object) -> list[list[tuple[str, float]]]:
    """Candidates of each document with their mean log-probabilities, likeliest first."""
    requests = [summarizer._prepare(i, text, None) for i, text in enumerate(rows.documents)]
    found: list[list[tuple[str, float]]] = []
    for start in range(0, len(requests), WINDOW):
        window = requests[start : start + WINDOW]
        hypotheses = iter(summarizer._generate([r for r in window if r.pieces], options))  # type: ignore[arg-type]
        for request in window:
            if not request.pieces:
                found.append([(request.document, 0.0)])
                continue
            best = next(hypotheses)
            found.append([(summarizer._decode(h), h.score) for h in (best, *best.alternatives)])
    return found


def _rounded(weights: NDArray[np.float64]) -> dict[str, float]:
    return {name: float(f"{weight:.3g}") for name, weight in zip(NAMES, weights, strict=True)}


def _page(arguments: argparse.Namespace, found: Candidates, ranking: Ranking) -> str:
    halves = [range(0, len(found), 2), range(1, len(found), 2)]
    weights = [found.fit(half) for half in halves]
    likely = np.array([float(name == "likelihood") for name in NAMES])
    ranked = [found.chosen(row, weights[1 - row % 2]) for row in range(len(found))]
    highest = [int(one.mean(axis=0).argmax()) for one in found.scores]
    shown = " | ".join(f"{weight:g}" for weight in asdict(ranking).values())
    given = [arguments.model, arguments.data]
    given += ["--limit", arguments.limit, "--beam-size", arguments.beam_size]
    return "\n".join(
        [
            "# Ranking of candidates",
            "",
            f"`{as_typed('fit_ranking.py', *given)}`: which of the search's "
            "candidates is taken. F1 × 100; each half of the documents is ranked with the weights "
            "fitted to the other half.",
            "",
            "| taken | R-1 | R-2 | R-L | length |",
            "|---|---:|---:|---:|---:|",
            found.line("the likeliest", [0] * len(found)),
            found.line(
                "fewest faults, then the likeliest",
                [found.chosen(row, likely) for row in range(len(found))],
            ),
            found.line("fewest faults, then by rank", ranked),
            found.line("the best, if one knew", highest),
            "",
            "Weights in points of ROUGE, fitted to all:",
            "",
            "| " + " | ".join(asdict(ranking)) + " |",
            "|" + "---:|" * len(asdict(ranking)),
            f"| {shown} |",
            "",
        ]
    )


def _write(folder: Path, ranking: Ranking, beam_size: int) -> None:
    file = folder / "summae.json"
    about = read_json(file)
    chosen = {
        "beam_size": beam_size,
        "candidates": beam_size,
        "shorter": SHORTER,
        "ranking": asdict(ranking),
    }
    about["decoding"] = {**about.get("decoding", {}), **chosen}
    write_json(file, about)


if __name__ == "__main__":
    main()
