"""Every task for one embedder: who knows scores 1, and what is missing is left out."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from summae.evaluation.embeddings.documents import Documents
from summae.evaluation.embeddings.suite import PROBE, Bench, ceiling, judge
from summae.evaluation.embeddings.systems import Embed, Score, System, Vectors


@pytest.fixture
def bench(documents: Documents) -> Bench:
    return Bench(documents.take(range(18)), documents.take(range(18, 30)))


def test_who_knows_scores_1(bench: Bench, knows_documents: Embed, knows_order: Score) -> None:
    found = judge(System("it", knows_documents, knows_order), bench)
    tasks = {task: outcome.mean for task, outcome in found.outcomes.items()}
    for task in ("next sentence of 10", "of 5, same document", "order, tau"):
        assert tasks[task] == 1.0
        assert found.outcomes[task].scores.shape == (3, 12)
    assert tasks["headline to vector, recall@1"] == 1.0
    assert tasks["headline to sentence, MRR"] == 1.0
    # Twelve documents, six of a label, all equally far from each other: 5 of 11.
    assert tasks["precision@10, label"] == pytest.approx(5 / 11)


def test_who_knows_nothing_has_chance_beside_it(bench: Bench, says_one_thing: Embed) -> None:
    found = judge(System("it", says_one_thing), bench)
    exact = set(found.outcomes) - {"order, tau", PROBE, "probe, swapped characters"}
    assert len(exact) == 9
    for task in exact:
        assert found.outcomes[task].mean == pytest.approx(found.outcomes[task].chance)


def test_every_sentence_is_embedded_once(bench: Bench, knows_nothing: Embed) -> None:
    seen: list[str] = []

    def counted(texts: Sequence[str]) -> Vectors:
        seen.extend(texts)
        return knows_nothing(texts)

    judge(System("it", counted), bench)
    assert len(seen) == len(set(seen))


def test_tasks_without_material_are_left_out(bench: Bench, knows_nothing: Embed) -> None:
    bare = Documents(bench.held_out.sentences, ["same"] * 12, bench.held_out.days)
    found = judge(System("it", knows_nothing), Bench(bench.training, bare))
    assert set(found.outcomes) == {
        *("next sentence of 10", "of 5, same document", "order, tau"),
        "probe, swapped characters",
    }


def test_short_documents_are_asked_what_they_can_answer(bench: Bench, knows_nothing: Embed) -> None:
    short = Documents([texts[:3] for texts in bench.held_out.sentences], ["a"] * 12, [0] * 12)
    found = judge(System("it", knows_nothing), Bench(bench.training, short))
    assert set(found.outcomes) == {"next sentence of 10", "probe, swapped characters"}


def test_the_ceiling_takes_the_probe_only(bench: Bench) -> None:
    found = ceiling(bench)
    assert set(found.outcomes) == {PROBE}
    assert found.outcomes[PROBE].by_seed == [1.0, 1.0, 1.0]
    assert found.outcomes[PROBE].chance == 0.5
