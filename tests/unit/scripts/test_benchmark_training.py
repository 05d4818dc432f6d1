"""The benchmark of training counts what it says it counts, and gives each part of a step its time."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")

from summae.config import from_mapping
from summae.data.pack import TokenPack
from summae.models import sampling
from summae.recipes import writing
from summae.recipes.settings import PipelineSettings
from summae.training import trainer

sys.path.insert(0, str(Path(__file__).parents[3] / "scripts"))
import benchmark_training as benchmark

CPU = torch.device("cpu")
SHAPE = {
    **{"width": 16, "heads": 2, "feed_forward": 32, "dropout": 0.0},
    **{"encoder_layers": 1, "decoder_layers": 1, "max_positions": 128},
}


def settings(recipe: str) -> PipelineSettings:
    return from_mapping(
        PipelineSettings,
        {
            "recipe": recipe,
            "generator": SHAPE,
            "mixture": {"batch_size": 4, "bucket_batches": 2, "pairs_share": 1.0},
            "reconstructor": {"shape": SHAPE, "target": {"max_tokens": 8}},
            "discriminator": {"width": 16, "layers": 1},
            "writing": {"max_tokens": 6},
        },
    )


@pytest.fixture(scope="module")
def pack_folder(tiny_pack: TokenPack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pack")
    tiny_pack.save(folder)
    return folder


@pytest.fixture(scope="module")
def reports(pack_folder: Path) -> dict[str, benchmark.Report]:
    """Of three recipes that differ in who takes part."""
    return {
        recipe: benchmark.measure(settings(recipe), pack_folder, warm_up=1, steps=3)
        for recipe in ("mined", "reinforced", "reward_tuned")
    }


def test_shares_of_a_step_add_up_and_name_who_takes_part(
    reports: dict[str, benchmark.Report],
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
    reports: dict[str, benchmark.Report],
) -> None:
    # Batches of 4: one turn a step for mined, and for reinforced one of each of three players.
    # Medians of ratios over three steps are not the ratio of medians, but near it.
    for recipe, documents in (("mined", 4), ("reinforced", 12)):
        report = reports[recipe]
        assert report.steps == 3
        seconds = np.array(report.step_seconds)[::-1]  # the slowest quarter has the lowest rate
        np.testing.assert_allclose(np.array(report.documents_per_second) * seconds, documents, 0.2)


def test_work_is_counted_by_the_formula() -> None:
    # 15 weights, 2 * 4 positions: 2 * 15 * 8 = 240 forward, as much for each gradient.
    layer, inputs = torch.nn.Linear(3, 5), torch.ones(2, 4, 3, requires_grad=True)
    assert benchmark.flops(layer, layer(inputs)) == 720
    layer.requires_grad_(False)
    assert benchmark.flops(layer, layer(inputs)) == 480
    with torch.no_grad():
        assert benchmark.flops(layer, layer(inputs)) == 240
    assert benchmark.flops(torch.nn.Embedding(7, 3), torch.ones(2, 4, 3)) == 0


def test_what_begins_within_another_part_belongs_to_that_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Each look at the clock takes a second: the step lasts from look 1 to look 9, one second for
    # each change of part, which are seven.
    ticks = count()
    monkeypatch.setattr(benchmark.time, "perf_counter", lambda: float(next(ticks)))
    stopwatch = benchmark.Stopwatch(CPU)
    stopwatch.next_step()
    stopwatch.turn("scoring", 4, 40)  # other: 1
    with stopwatch.inside("sampling"), stopwatch.inside("reconstructor"):  # scoring: 1
        pass  # sampling: 1
    with stopwatch.inside(None):
        pass
    with stopwatch.inside("optimizer"):  # scoring: 1
        pass  # optimizer: 1
    stopwatch.end_step()  # other: 1
    (step,) = stopwatch.steps
    assert {part: seconds for part, seconds in step.parts.items() if seconds} == {
        **{"sampling": 1.0, "scoring": 2.0, "optimizer": 1.0, "other": 2.0}
    }
    assert (step.documents, step.tokens) == (4, 40)


def test_everything_is_unwrapped_again_even_after_a_failure() -> None:
    functions = (sampling.draw, writing.draw, trainer.clip, torch.optim.AdamW.step)

    def fail() -> None:
        with benchmark.told_apart(benchmark.Stopwatch(CPU), object()):
            assert writing.draw is not functions[1]
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        fail()
    assert functions == (sampling.draw, writing.draw, trainer.clip, torch.optim.AdamW.step)


def test_random_texts_have_the_lengths_of_news() -> None:
    pack = benchmark.random_pack(2)
    documents, headlines = (np.diff(r.offsets) for r in (pack.documents, pack.headlines))
    assert (documents == 128).mean() == pytest.approx(0.74, abs=0.03)
    assert np.percentile(documents, 5) == pytest.approx(42, abs=5)
    assert headlines.mean() == pytest.approx(10, abs=1)
    assert set(pack.headline_source) == {0, 1}


def test_claims_are_checked_and_broken_ones_stand_out(
    reports: dict[str, benchmark.Report],
) -> None:
    good = replace(
        reports["reinforced"],
        shares=dict.fromkeys(benchmark.PARTS, 0.1) | {"sampling": 0.4},
        early_bytes=1000,
        late_bytes=1040,
    )
    text = benchmark.markdown([good], "command")
    assert "Sampling takes 40% of a step of reinforced: less than half." in text
    assert "Memory is flat" in text
    bad = replace(good, shares=good.shares | {"sampling": 0.6}, late_bytes=1060)
    text = benchmark.markdown([good, bad], "command")
    assert "Sampling takes 60% of a step of reinforced: **not less than half**." in text
    assert "**Memory grew by more than 5%**: reinforced." in text


def test_utilisation_is_work_over_the_peak(reports: dict[str, benchmark.Report]) -> None:
    # 98.9 of 989 TFLOP/s; without a known peak there is no figure.
    report = replace(reports["mined"], flops_per_second=98.9e12, ceiling=197.8e12, peak=989e12)
    assert "| 98,900.0 | 50% | 10.0% |" in benchmark.markdown([report], "command")
    assert "| 50% | – |" in benchmark.markdown([replace(report, peak=None)], "command")


def test_the_printed_command_names_no_folder() -> None:
    words = ["configs/own.yaml", "--pack", "/home/me/pack", "--set", "start=/home/me/best"]
    assert benchmark._told(words) == "own.yaml --pack pack --set start=best"
