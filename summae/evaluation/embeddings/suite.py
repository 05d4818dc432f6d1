"""All tasks for one embedder: training documents to fit probes on, held-out ones to judge on, three seeds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from summae.evaluation.embeddings import baselines, retrieval
from summae.evaluation.embeddings.documents import Documents, document_vectors
from summae.evaluation.embeddings.next_sentence import (
    Question,
    among_documents,
    right_answers,
    within_document,
)
from summae.evaluation.embeddings.probes import probe, swap_half
from summae.evaluation.embeddings.ranks import Places, label_precision
from summae.evaluation.embeddings.sentence_order import order_taus, puzzles
from summae.evaluation.embeddings.systems import System, dense, remembered

NEIGHBOURS = 10
PROBE = "probe, label"


@dataclass(frozen=True)
class Bench:
    """What all embedders are judged on; equal benches ask equal questions."""

    training: Documents
    held_out: Documents
    seeds: tuple[int, ...] = (0, 1, 2)


@dataclass(frozen=True)
class Outcome:
    """The scores of one task."""

    scores: NDArray[np.float64]
    """One for each seed and document, (seeds, documents); a single row where nothing is drawn. Of
    an embedder trained several times those of each training, one after another."""
    chance: float
    """The mean of an embedder that knows nothing, in closed form."""

    @property
    def mean(self) -> float:
        """Over seeds and documents."""
        return float(self.scores.mean())

    @property
    def by_seed(self) -> list[float]:
        """The mean over documents for each seed."""
        return [float(mean) for mean in self.scores.mean(1)]

    @property
    def items(self) -> NDArray[np.float64]:
        """One score for each document, over the seeds: what a bootstrap over documents draws from."""
        found: NDArray[np.float64] = self.scores.mean(0)
        return found


@dataclass(frozen=True)
class Judged:
    """An embedder with what it scored in each task."""

    name: str
    outcomes: dict[str, Outcome]
    texts_per_second: float | None
    """Held-out sentences, all in one call; compares within one run only. None: it embeds nothing."""
    revision: str = ""
    """See `System`."""


def judge(system: System, bench: Bench) -> Judged:
    """Score an embedder in all tasks that the documents have enough for.

    Headlines are needed for retrieval, a second label for what labels are for, sentences for questions
    about sentences.
    """
    system = replace(system, embed=remembered(system.embed))
    sentences = list(dict.fromkeys(bench.held_out.every_sentence))
    begun = time.perf_counter()
    system.embed(sentences)
    seconds = time.perf_counter() - begun
    outcomes = {
        "next sentence of 10": _choice(system, bench, among_documents, 10),
        "of 5, same document": _choice(system, bench, within_document, 5),
        "order, tau": Outcome(
            _each(
                order_taus(system.scores, puzzles(bench.held_out, seed=seed))
                for seed in bench.seeds
            ),
            chance=0.0,
        ),
        "probe, swapped characters": _swapped(system, bench),
    }
    if len(set(bench.held_out.labels)) > 1:
        outcomes |= _labels(system, bench)
    if bench.held_out.headlines:
        found = retrieval.by_vector(system.embed, bench.held_out)
        outcomes |= _retrieved("headline to vector", found)
        found = retrieval.by_best_sentence(system.scores, bench.held_out)
        outcomes |= _retrieved("headline to sentence", found)
    asked = {task: outcome for task, outcome in outcomes.items() if outcome.scores.size}
    return Judged(system.name, asked, len(sentences) / seconds, system.revision)


def together(name: str, trainings: Sequence[Judged]) -> Judged:
    """One embedder that was trained several times, from other seeds, and judged each time alike."""
    first = trainings[0]
    outcomes = {
        task: Outcome(
            np.concatenate([one.outcomes[task].scores for one in trainings]), outcome.chance
        )
        for task, outcome in first.outcomes.items()
    }
    speeds = [one.texts_per_second for one in trainings if one.texts_per_second is not None]
    return Judged(
        name,
        outcomes,
        float(np.mean(speeds)) if speeds else None,
        "+".join(one.revision for one in trainings if one.revision),
    )


def ceiling(bench: Bench) -> Judged:
    """The probe of a classifier that learns its own features from the same labels."""
    scores = _each(
        baselines.supervised_ceiling(_half(bench.training, seed), bench.held_out)
        for seed in bench.seeds
    )
    chance = baselines.chance_label(bench.training.labels, bench.held_out.labels)
    return Judged("supervised ceiling", {PROBE: Outcome(scores, chance)}, None)


def _each(scores: Iterable[NDArray[np.float64]]) -> NDArray[np.float64]:
    return np.stack(list(scores))


def _choice(
    system: System, bench: Bench, ask: Callable[..., list[Question]], candidates: int
) -> Outcome:
    scores = _each(
        right_answers(system.scores, ask(bench.held_out, candidates=candidates, seed=seed))
        for seed in bench.seeds
    )
    return Outcome(scores, baselines.chance_recall(1, candidates))


def _swapped(system: System, bench: Bench) -> Outcome:
    def answers(seed: int) -> NDArray[np.float64]:
        train, train_labels = swap_half(bench.training, seed=seed)
        test, test_labels = swap_half(bench.held_out, seed=seed)
        return probe(system.embed(train), train_labels, system.embed(test), test_labels)

    return Outcome(_each(map(answers, bench.seeds)), chance=0.5)


def _labels(system: System, bench: Bench) -> dict[str, Outcome]:
    vectors = document_vectors(system.embed, bench.held_out)
    labels = bench.held_out.labels

    def answers(seed: int) -> NDArray[np.float64]:
        # A part for each seed: what a probe finds depends on the documents that it was shown.
        part = _half(bench.training, seed)
        return probe(document_vectors(system.embed, part), part.labels, vectors, labels)

    scores = _each(map(answers, bench.seeds))
    chance = baselines.chance_label(bench.training.labels, labels)
    outcomes = {PROBE: Outcome(scores, chance)}
    if len(labels) > NEIGHBOURS:
        precision = label_precision(dense(vectors @ vectors.T), labels, NEIGHBOURS)
        chance = baselines.chance_precision(labels)
        outcomes[f"precision@{NEIGHBOURS}, label"] = Outcome(precision[None], chance)
    return outcomes


def _retrieved(task: str, places: Places) -> dict[str, Outcome]:
    count = len(places.above)
    return {
        **{
            f"{task}, recall@{k}": Outcome(
                places.recall(k)[None], baselines.chance_recall(k, count)
            )
            for k in (1, 10)
        },
        f"{task}, MRR": Outcome(
            places.reciprocal_rank[None], baselines.chance_reciprocal_rank(count)
        ),
    }


def _half(documents: Documents, seed: int) -> Documents:
    drawn = np.random.default_rng(seed).permutation(len(documents))
    return documents.take(drawn[: (len(documents) + 1) // 2])
