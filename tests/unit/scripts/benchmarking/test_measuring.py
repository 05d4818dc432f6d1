"""A step's time is shared out among those who took part, and documents count once for each turn."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")
pytest.importorskip("accelerate")

from typing import Any, get_args

from benchmarking.measuring import Report, measure
from summae.config import from_mapping
from summae.recipes.settings import PipelineSettings, RecipeName


def test_shares_of_a_step_add_up_and_name_who_takes_part(
    reports: dict[str, Report],
) -> None:
    taking_part = {
        "mined": {"scoring"},
        "reinforced": {"sampling", "scoring", "reconstructor", "discriminator"},
        "reward_tuned": {"sampling", "scoring", "rewards"},
    }
    for recipe, expected in taking_part.items():
        shares = reports[recipe].shares
        assert sum(shares.values()) == pytest.approx(1.0, abs=1e-3)
        assert {part for part, share in shares.items() if share > 0} == {
            *expected,
            "optimizer",
            "other",
        }


def test_a_document_counts_in_each_turn_that_reads_it(
    reports: dict[str, Report],
) -> None:
    # Batches of 4: one turn a step for mined, and for reinforced one of each of three players.
    # The median of three steps is one of them; quartiles lie between two, at different places for a rate.
    for recipe, documents in (("mined", 4), ("reinforced", 12)):
        report = reports[recipe]
        assert report.steps == 3
        slow, usual, fast = report.documents_per_second
        assert usual * report.step_seconds[1] == pytest.approx(documents, rel=0.02)
        assert slow <= usual <= fast


# Random ids are neither true pairs nor sentences.
@pytest.mark.parametrize(
    "recipe",
    sorted(set(get_args(RecipeName)) - {"supervised", "semi_supervised", "pretraining"}),
)
def test_every_recipe_can_be_measured(recipe: str, tiny_config: dict[str, Any]) -> None:
    settings = from_mapping(PipelineSettings, {"recipe": recipe, **tiny_config})
    assert measure(settings, warm_up=1, steps=1).steps == 1
