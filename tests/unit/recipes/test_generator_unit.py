"""What a saved generator says of itself, and what it is taught by teacher forcing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from summae.config import from_mapping
from summae.data.batches import Seq2SeqBatch
from summae.data.pack import TokenPack
from summae.errors import ConfigError
from summae.models.generator import build_generator
from summae.models.shape import GeneratorShape
from summae.objectives.cross_entropy import cross_entropy
from summae.recipes.experiment import build_experiment
from summae.recipes.generator_unit import teacher_forcing
from summae.recipes.representation_settings import RepresentationSettings
from summae.recipes.settings import OptimizerSettings, PipelineSettings

TINY = GeneratorShape(
    **{"width": 32, "heads": 4, "feed_forward": 64, "dropout": 0.3},
    **{"encoder_layers": 1, "decoder_layers": 1, "max_positions": 64},
)
BATCH = Seq2SeqBatch(
    source_ids=torch.tensor([[11, 12, 13, 3], [14, 15, 3, 0]]),
    target_inputs=torch.tensor([[2, 5, 11, 12], [2, 5, 14, 0]]),
    labels=torch.tensor([[5, 11, 12, 3], [5, 14, 3, -100]]),
)


def test_without_r_drop_one_pass_is_made_and_nothing_else() -> None:
    model = build_generator(TINY, vocab_size=50).train()
    torch.manual_seed(0)
    logits = model(
        input_ids=BATCH.source_ids,
        attention_mask=(BATCH.source_ids != 0).long(),
        decoder_input_ids=BATCH.target_inputs,
    ).logits
    expected = cross_entropy(logits, BATCH.labels, smoothing=0.1)
    torch.manual_seed(0)
    found = teacher_forcing(model, BATCH, smoothing=0.1)
    assert torch.equal(found.value, expected.value)
    assert found.parts.keys() == {"nll"}


@pytest.mark.parametrize("kind", ["pegasus", "mbart", "bart", "t5"])
def test_two_passes_differ_in_dropout_and_in_nothing_else(kind: str) -> None:
    model = build_generator(replace(TINY, kind=kind), vocab_size=50).train()
    torch.manual_seed(0)
    assert teacher_forcing(model, BATCH, disagreement=5.0).parts["divergence"] > 1e-3
    model.eval()
    plain, twice = (teacher_forcing(model, BATCH, disagreement=weight) for weight in (0.0, 5.0))
    assert twice.parts["divergence"] < 1e-6
    torch.testing.assert_close(twice.value, plain.value)
    assert twice.weight == plain.weight


@pytest.mark.parametrize("recipe", ["mined", "supervised"])
def test_recipes_of_teacher_forcing_make_two_passes_where_asked(
    recipe: str, pack_with_pairs: TokenPack, tiny_settings: Callable[..., PipelineSettings]
) -> None:
    settings = tiny_settings(recipe, optimizer={"r_drop": 1.0}, generator={"dropout": 0.1})
    experiment = build_experiment(settings, pack_with_pairs)
    loss = experiment.unit.loss("generator", experiment.batches[0])
    assert loss.parts.keys() == {"nll", "divergence"}


def test_two_passes_without_dropout_are_refused(
    pack_with_pairs: TokenPack,
    tiny_settings: Callable[..., PipelineSettings],
    tiny_generator: str,
) -> None:
    asked: dict[str, Any] = {"optimizer": {"r_drop": 1.0}}
    with pytest.raises(ConfigError, match=r"optimizer.r_drop is 1.*generator.dropout is 0"):
        build_experiment(tiny_settings("mined", **asked), pack_with_pairs)
    asked |= {"start": tiny_generator, "generator": {"dropout": 0.1}}  # of which nothing is built
    with pytest.raises(ConfigError, match=f"{tiny_generator} has none"):
        build_experiment(tiny_settings("mined", **asked), pack_with_pairs)


def test_divergence_that_would_be_sought_is_refused() -> None:
    with pytest.raises(ConfigError, match="r_drop .* at least 0"):
        from_mapping(OptimizerSettings, {"r_drop": -1.0})


@pytest.mark.usefixtures("fresh_accelerator")
def test_a_compiled_step_is_the_same_step_in_one_graph_for_all_lengths(
    pack_with_pairs: TokenPack,
    tiny_settings: Callable[..., PipelineSettings],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shapes = set()

    def losses(compile: bool) -> list[float]:
        settings = tiny_settings("mined", training={"compile": compile})
        experiment = build_experiment(settings, pack_with_pairs)
        experiment.unit.players()["generator"].module.eval()
        found = []
        for batch in islice(experiment.batches, 4):
            shapes.add((*batch.source_ids.shape, *batch.labels.shape))
            found.append(float(experiment.unit.loss("generator", batch).value.detach()))
        return found

    # What inductor makes of the graph is torch's to test, and would take a minute.
    monkeypatch.setattr(torch, "compile", partial(torch.compile, backend="eager", fullgraph=True))
    monkeypatch.setenv("CXX", sys.executable)
    torch._dynamo.reset()
    torch._dynamo.utils.counters.clear()
    assert losses(True) == pytest.approx(losses(False), rel=1e-6)
    assert len(shapes) > 1
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] == 1


def test_compiling_needs_a_compiler_and_a_recipe_that_can_be(
    pack_with_pairs: TokenPack,
    tiny_settings: Callable[..., PipelineSettings],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: False)
    with pytest.raises(ConfigError, match="no no-such-compiler: install one"):
        build_experiment(tiny_settings("mined", training={"compile": True}), pack_with_pairs)
    with pytest.raises(ConfigError, match="is for mined, .* reinforced has parts that cannot"):
        tiny_settings("reinforced", training={"compile": True})
    with pytest.raises(ConfigError, match="sentence encoders are trained without"):
        from_mapping(RepresentationSettings, {"training": {"compile": True}})
