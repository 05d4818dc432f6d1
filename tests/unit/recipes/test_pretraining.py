"""Pretraining learns from documents, is measured by documents, and hands on what the next stage needs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")

from recipe_runs import logged, play

from summae.data.pack import Ragged, TokenPack
from summae.errors import ConfigError, InputError
from summae.recipes.experiment import build_experiment, check_experiment
from summae.recipes.settings import PipelineSettings
from summae.recipes.stages import stages_of
from summae.text.tokenizer import Tokenizer

pytestmark = pytest.mark.usefixtures("fresh_accelerator", "one_thread")
MakeSettings = Callable[..., PipelineSettings]
TASKS = ("span_denoising", "gap_sentence", "next_sentence")
MIXTURE = {"source_tokens": 80}


@pytest.fixture(scope="module")
def pack(tiny_pack: TokenPack, news: tuple[str, ...]) -> TokenPack:
    """Documents of two news each; of the two validation documents both have two sentences."""
    tokenizer = Tokenizer(tiny_pack.tokenizer_model)
    pairs = [one + other for one, other in pairwise(news[2:8])]
    return replace(tiny_pack, documents=Ragged.of(tokenizer.encode_batch(pairs), limit=80))


def training(steps: int) -> dict[str, Any]:
    often = {"log_every": steps // 10, "validate_every": steps // 2, "save_every": steps}
    return {**often, "steps": steps, "warmup_steps": 2, "schedule": "constant", "preview_every": 0}


@pytest.mark.parametrize("task", TASKS)
def test_every_task_is_learned(task: str, pack: TokenPack, tiny_settings: MakeSettings) -> None:
    settings = tiny_settings(
        "pretraining", pretraining={"task": task}, mixture=MIXTURE, training=training(40)
    )
    play(settings, pack)
    nll = logged(settings, "generator/nll")
    assert nll[-1] < 0.6 * nll[0]
    # Nothing of headlines is measured, so that the newest model is the best, unless one watches
    # the documents.
    assert not logged_names(settings) & {"validation/rouge_l", "validation/lead_copy_rate"}
    best, last = (Path(settings.output, name, "model.safetensors") for name in ("best", "last"))
    assert best.read_bytes() == last.read_bytes()


def logged_names(settings: PipelineSettings) -> set[str]:
    lines = Path(settings.output, "log", "metrics.jsonl").read_text("utf-8").splitlines()
    return {name for line in lines for name in json.loads(line)}


@pytest.mark.parametrize("task", TASKS)
def test_validation_is_the_likelihood_of_what_is_missing_from_held_out_documents(
    task: str, pack: TokenPack, tiny_settings: MakeSettings
) -> None:
    settings = tiny_settings("pretraining", pretraining={"task": task}, mixture=MIXTURE)
    unit: Any = build_experiment(settings, pack).unit
    unit.model.eval()
    (batch,) = unit.held_out
    assert len(batch) == 2
    with torch.no_grad():
        # Transformers' own: a mean over the labels that are not -100.
        expected = -unit.model(
            input_ids=batch.source_ids,
            attention_mask=batch.source_mask.long(),
            decoder_input_ids=batch.target_inputs,
            labels=batch.labels,
        ).loss
        assert unit.validate()["log_likelihood"] == pytest.approx(float(expected), rel=1e-5)


def test_without_validation_documents_nothing_is_measured(
    pack: TokenPack, tiny_settings: MakeSettings
) -> None:
    without = replace(pack, validation_documents=Ragged.of([]), validation_summaries=[])
    unit = build_experiment(tiny_settings("pretraining", mixture=MIXTURE), without).unit
    assert unit.validate() == {}


def test_a_pretrained_generator_does_not_say_that_it_knows_open_lengths(
    pack: TokenPack, tiny_settings: MakeSettings, tmp_path: Path
) -> None:
    build_experiment(tiny_settings("pretraining"), pack).unit.save(tmp_path / "model")
    about = json.loads((tmp_path / "model" / "summae.json").read_text("utf-8"))
    assert about["decoding"]["open_length"] is False


@pytest.mark.parametrize("recipe", ["mined", "supervised"])
def test_the_stage_behind_it_starts_from_it(recipe: str) -> None:
    chain = ({"recipe": "pretraining"}, {"recipe": recipe})
    first, second = stages_of(PipelineSettings(output="runs/x", stages=chain))
    assert first.start == ""
    assert second.start == "runs/x/1-pretraining/best"


def test_documents_of_one_sentence_are_refused_beforehand(
    pack: TokenPack, tiny_settings: MakeSettings, news: tuple[str, ...]
) -> None:
    tokenizer = Tokenizer(pack.tokenizer_model)
    single = replace(pack, documents=Ragged.of(tokenizer.encode_batch(news[2:6])))
    with pytest.raises(InputError, match="none of the 4 documents"):
        check_experiment(tiny_settings("pretraining"), single)
    spans = {"task": "span_denoising"}
    check_experiment(tiny_settings("pretraining", pretraining=spans), single)


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        # 96 positions hold <s>, a length token and 94 more.
        ({"pretraining": {"sentence_tokens": 95}}, "sentence_tokens is 95, .* 97 tokens"),
        (
            {"mixture": {"source_tokens": 95}, "pretraining": {"task": "span_denoising"}},
            "source_tokens is 95, .* 97 tokens to be written",
        ),
    ],
)
def test_a_generator_with_too_few_positions_is_refused_beforehand(
    sections: dict[str, Any], message: str, pack: TokenPack, tiny_settings: MakeSettings
) -> None:
    with pytest.raises(ConfigError, match=message):
        check_experiment(tiny_settings("pretraining", **sections), pack)
