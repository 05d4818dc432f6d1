"""True pairs between the steps of another recipe: both kinds of batches in order, none left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("torch")

from summae.data.batches import Seq2SeqBatch
from summae.data.game import GameBatch
from summae.data.pack import TokenPack
from summae.recipes.experiment import Experiment, build_experiment
from summae.recipes.semi_supervised import Interleaved
from summae.recipes.settings import PipelineSettings

pytestmark = pytest.mark.usefixtures("fresh_accelerator", "one_thread")
MakeSettings = Callable[..., PipelineSettings]


def made(
    settings: MakeSettings, start: str, pack: TokenPack, wanted: dict[str, Any], steps: int
) -> Experiment:
    training = {"steps": steps}
    made = settings("semi_supervised", start=start, semi_supervised=wanted, training=training)
    return build_experiment(made, pack)


def test_batches_of_pairs_stand_where_their_steps_are() -> None:
    other: Any = ["a", "b", "c", "d", "e", "f", "g", "h"]
    pairs: Any = [1, 2, 3]
    made = Interleaved(other, pairs, between=4)
    assert [made[number] for number in range(len(made))] == [
        *(1, "a", "b", "c", "d"),
        *(2, "e", "f", "g", "h"),
        3,
    ]


@pytest.mark.parametrize(
    ("recipe", "every", "steps"),
    [("reinforced", 3, 10), ("reinforced", 2, 7), ("back_translation", 4, 9), ("reinforced", 1, 3)],
)
def test_each_turn_finds_the_batch_that_it_is_for(
    pack_with_pairs: TokenPack,
    tiny_settings: MakeSettings,
    tiny_generator: str,
    recipe: str,
    every: int,
    steps: int,
) -> None:
    wanted = {"every": every, "recipe": recipe, "count": 4}
    experiment = made(tiny_settings, tiny_generator, pack_with_pairs, wanted, steps)
    batches: Any = experiment.batches
    number, pairs = 0, 0
    for step in range(steps):
        for _ in experiment.unit.turns(step):
            is_supervised = step % every == 0
            assert isinstance(batches[number], Seq2SeqBatch if is_supervised else GameBatch)
            number, pairs = number + 1, pairs + is_supervised
    assert (number, pairs) == (len(batches), len(batches.pairs)) or every == 1


def test_each_true_pair_is_read_once_an_epoch(
    pack_with_pairs: TokenPack, tiny_settings: MakeSettings, tiny_generator: str
) -> None:
    # Four pairs in batches of four: with every batch that is learned from, all four.
    wanted = {"every": 3, "recipe": "reinforced", "count": 4}
    experiment = made(tiny_settings, tiny_generator, pack_with_pairs, wanted, steps=12)
    batches: Any = experiment.batches
    number, read = 0, []
    for step in range(12):
        turns = len(experiment.unit.turns(step))
        if turns == 1:
            read.append({tuple(row) for row in batches[number].labels.tolist()})
        number += turns
    assert [len(rows) for rows in read] == [4] * 4
    assert len(set.union(*read)) == 4
