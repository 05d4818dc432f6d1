"""What the recipes of the game share: dropout, weights of losses, made-up documents, previews."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")

import recipe_runs

from summae.config import from_mapping
from summae.data.pack import TokenPack
from summae.errors import ConfigError, ModelError
from summae.models.language_model import build_language_model
from summae.models.shape import LanguageModelShape
from summae.objectives.loss import Loss
from summae.recipes.adversarial_game import AdversarialUnit
from summae.recipes.back_translation import _ended
from summae.recipes.experiment import build_experiment
from summae.recipes.game import game_batches, per_row
from summae.recipes.judges import without_dropout
from summae.recipes.settings import PipelineSettings
from summae.recipes.teachers import Teacher

MakeSettings = Callable[..., PipelineSettings]


def test_mean_over_tokens_becomes_a_mean_over_rows() -> None:
    # Six tokens at 0.5 nats in two rows: three nats a row, whose loss then weighs two.
    loss = per_row(
        Loss(torch.tensor(0.5), {"nll": torch.tensor(0.25)}, weight=torch.tensor(6)), rows=2
    )
    assert (float(loss.value), float(loss.parts["nll"]), loss.weight) == (1.5, 0.75, 2.0)


def test_pairs_have_a_row_for_each_document_however_batches_are_evened(
    pack_with_pairs: TokenPack, tiny_settings: MakeSettings
) -> None:
    settings = tiny_settings("reinforced", mixture={"even": "tokens", "bucket_batches": 4})
    batches = game_batches(settings, pack_with_pairs, turns=1, num_chances=8, pairs=True)
    parts = [batches[number] for number in range(4)]
    assert [(len(part.texts), len(part.pairs or ())) for part in parts] == [(4, 4)] * 4


@pytest.mark.parametrize("recipe", ["reinforced", "back_translation"])
@pytest.mark.parametrize("smoothing", [0.0, 0.5])
def test_who_reads_back_is_smoothed_as_the_settings_say(
    recipe: str, smoothing: float, pack_with_pairs: TokenPack, tiny_settings: MakeSettings
) -> None:
    optimizer = {"label_smoothing": smoothing}
    settings = tiny_settings(recipe, reconstructor={"optimizer": optimizer})
    experiment = build_experiment(settings, pack_with_pairs)
    experiment.unit.turns(0)
    loss = experiment.unit.loss("reconstructor", experiment.batches[0])
    assert torch.equal(loss.value, loss.parts["nll"]) is (smoothing == 0)


def test_dropout_is_off_inside_and_as_before_outside() -> None:
    model = torch.nn.Sequential(torch.nn.Dropout(0.5), torch.nn.Dropout(0.5))
    model[1].eval()
    with without_dropout(model):
        assert not any(module.training for module in model.modules())
    assert [module.training for module in model.modules()] == [True, True, False]


def test_a_discriminator_begins_as_the_language_model_and_a_critic_of_soft_words_does_not(
    pack_with_pairs: TokenPack, tiny_settings: MakeSettings, tiny_generator: str, tmp_path: Path
) -> None:
    shape = from_mapping(LanguageModelShape, recipe_runs.VALUES["language_model"]["shape"])
    model = build_language_model(shape, vocab_size=len(pack_with_pairs.vocabulary), seed=5)
    model.save_pretrained(tmp_path / "words")
    words = {"start": str(tmp_path / "words")}
    begins = {"kind": "language_model"}
    unit: Any = build_experiment(
        tiny_settings(
            "reinforced", start=tiny_generator, language_model=words, discriminator=begins
        ),
        pack_with_pairs,
    ).unit
    assert torch.equal(unit.judge_model.embedding.weight, model.get_input_embeddings().weight)
    unit.judge_model.save_pretrained(tmp_path / "judge")
    settings = tiny_settings(
        "wgan", start=tiny_generator, discriminator={"start": str(tmp_path / "judge")}
    )
    with pytest.raises(ConfigError, match="judge began as one: .* take discriminator.kind"):
        build_experiment(settings, pack_with_pairs)


@pytest.mark.parametrize(
    ("recipe", "player"),
    [
        ("reinforced", "generator"),
        ("wgan", "generator"),
        ("wgan", "discriminator"),
        ("reward_tuned", "generator"),
    ],
)
def test_what_is_drawn_and_judged_does_not_depend_on_dropout(
    recipe: str,
    player: str,
    pack_with_pairs: TokenPack,
    tiny_settings: MakeSettings,
    tiny_generator: str,
) -> None:
    settings = tiny_settings(
        recipe,
        start=tiny_generator,
        generator={"dropout": 0.5},
        reconstructor={"shape": {"dropout": 0.5}},
        reinforced={"pairs_weight": 0.0},
        wgan={"pairs_weight": 0.0},
    )
    experiment = build_experiment(settings, pack_with_pairs)
    unit: Any = experiment.unit
    batch = experiment.batches[0]
    for module in unit.model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.5
        elif isinstance(getattr(module, "dropout", None), float):
            module.dropout = 0.5  # Pegasus keeps numbers
    unit.model.train()
    values = []
    for seed in range(2):
        torch.manual_seed(seed)
        values.append(float(unit.loss(player, batch).value.detach()))
    assert values[0] == values[1]
    assert unit.model.training, "teacher forcing has its dropout again"


def test_a_text_that_was_cut_off_gets_an_end() -> None:
    # The first has its end (3) already, the second was cut.
    ids = torch.tensor([[9, 3, 0], [9, 8, 7]])
    assert _ended(ids).tolist() == [[9, 3, 0, 0], [9, 8, 7, 3]]


def test_teacher_takes_in_a_tenth_then_less_and_less_of_the_student() -> None:
    class Student(torch.nn.Linear):
        device = torch.device("cpu")

    student: Any = Student(1, 1, bias=False)
    torch.nn.init.zeros_(student.weight)
    teacher = Teacher(student, decay=0.5)
    torch.nn.init.ones_(student.weight)
    # It keeps min(0.5, 1 / 10) = 0.1 of 0 and takes 0.9 of 1; at step 99 it keeps 0.5 of 0.9.
    teacher.follow(0)
    torch.testing.assert_close(teacher.model.weight.item(), 0.9)
    teacher.follow(99)
    torch.testing.assert_close(teacher.model.weight.item(), 0.95)


def test_tokens_are_shown_by_how_a_critic_scores_them_and_not_by_the_level_of_its_scores(
    pack_with_pairs: TokenPack, tiny_settings: MakeSettings
) -> None:
    # A critic whose every score is 100 higher is the same critic.
    unit: Any = build_experiment(tiny_settings("wgan"), pack_with_pairs).unit
    assert isinstance(unit, AdversarialUnit)
    ids = unit.validation.headlines()[:2]
    before = unit.token_scores(ids)
    verdict = unit.verdict

    def higher(ids: Any) -> Any:
        output = verdict(ids)
        output.scores = (output.scores + 100).masked_fill(~output.mask, 0.0)
        return output

    unit.verdict = higher
    mask = ids != 0
    torch.testing.assert_close(unit.token_scores(ids)[mask], before[mask], atol=1e-4, rtol=0)


def test_a_start_that_is_not_there_is_named(
    pack_with_pairs: TokenPack, tiny_settings: MakeSettings, tmp_path: Path
) -> None:
    absent = str(tmp_path / "absent")
    with pytest.raises(ModelError, match="absent"):
        build_experiment(tiny_settings("reinforced", start=absent), pack_with_pairs)
    settings = tiny_settings("reinforced", reconstructor={"start": absent})
    with pytest.raises(ModelError, match="absent"):
        build_experiment(settings, pack_with_pairs)
