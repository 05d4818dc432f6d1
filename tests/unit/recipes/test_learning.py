"""Each recipe does what it is for: its own objective improves within seconds."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")

import recipe_runs
from recipe_runs import logged, play

from summae.data.pack import TokenPack
from summae.models.generator import load_generator
from summae.recipes.experiment import build_experiment
from summae.recipes.settings import PipelineSettings
from summae.text.vocabulary import EOS_ID

pytestmark = pytest.mark.usefixtures("fresh_accelerator", "one_thread")
MakeSettings = Callable[..., PipelineSettings]


def training(steps: int, **others: Any) -> dict[str, Any]:
    quiet = {"save_every": steps, "preview_every": 0, "schedule": "constant"}
    sparse = {"log_every": steps // 10, "validate_every": steps // 2}
    return {"steps": steps, "warmup_steps": 2, **sparse, **quiet, **others}


def rise(settings: PipelineSettings, name: str) -> float:
    """By how much a measure is higher in the last quarter of the log than in the first."""
    values = logged(settings, name)
    quarter = len(values) // 4
    return (sum(values[-quarter:]) - sum(values[:quarter])) / quarter


def made(folder: Path, recipe: str, pack: TokenPack, steps: int, **sections: Any) -> str:
    """The last model of a recipe."""
    settings = recipe_runs.settings_of(recipe, folder, training=training(steps), **sections)
    play(settings, pack)
    return str(Path(settings.output, "last"))


@pytest.fixture(scope="module")
def beginner(pack_with_pairs: TokenPack, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A generator that has begun to learn."""
    return made(tmp_path_factory.mktemp("beginner"), "mined", pack_with_pairs, 20)


@pytest.fixture(scope="module")
def adept(pack_with_pairs: TokenPack, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A generator that writes headlines for its documents, mostly."""
    return made(tmp_path_factory.mktemp("adept"), "mined", pack_with_pairs, 40)


@pytest.mark.parametrize("recipe", ["mined", "denoising", "supervised"])
def test_teacher_forcing_halves_the_loss(
    recipe: str, pack_with_pairs: TokenPack, tiny_settings: MakeSettings
) -> None:
    settings = tiny_settings(recipe, training=training(60))
    play(settings, pack_with_pairs)
    nll = logged(settings, "generator/nll")
    assert nll[-1] < nll[0] / 2


def test_language_model_beats_one_that_knows_no_order(
    pack_with_pairs: TokenPack, tiny_settings: MakeSettings
) -> None:
    settings = tiny_settings("language_model", training=training(40))
    play(settings, pack_with_pairs)
    headlines = pack_with_pairs.headlines
    tokens = [t for n in range(len(headlines)) for t in [*headlines[n].tolist(), EOS_ID]]
    counts = Counter(tokens)
    unigram = sum(math.log(counts[t] / len(tokens)) for t in tokens) / len(tokens)
    assert logged(settings, "validation/log_likelihood")[-1] > unigram


def test_reconstructor_comes_to_know_summaries_apart(
    pack_with_pairs: TokenPack, tiny_settings: MakeSettings, adept: str
) -> None:
    often = training(60, validate_every=5)
    settings = tiny_settings("reconstructor", start=adept, training=often)
    play(settings, pack_with_pairs)
    gains = logged(settings, "validation/reconstruction")
    assert gains[-1] > gains[0] + 0.2
    nll = logged(settings, "reconstructor/nll")
    assert nll[-1] < nll[0] / 2


def test_back_translation_learns_in_both_directions(
    pack_with_pairs: TokenPack, tiny_settings: MakeSettings, tiny_generator: str
) -> None:
    settings = tiny_settings(
        "back_translation",
        start=tiny_generator,
        back_translation={"pairs_weight": 0.0, "teacher_decay": 0.9},
        training=training(60),
    )
    play(settings, pack_with_pairs)
    for name in ("reconstructor/nll", "generator/back_translated"):
        values = logged(settings, name)
        assert values[-1] < 0.7 * values[0], name


def test_reinforced_writes_what_can_be_recovered_better(
    pack_with_pairs: TokenPack, tiny_settings: MakeSettings, adept: str, tmp_path: Path
) -> None:
    reader = made(tmp_path, "reconstructor", pack_with_pairs, 60, start=adept)
    settings = tiny_settings(
        "reinforced",
        start=adept,
        mixture={"batch_size": 32},  # drawn words are a noisy teacher
        reconstructor={"start": reader},
        reinforced={"adversarial_weight": 0.0, "pairs_weight": 0.0},
        training=training(40),
    )
    play(settings, pack_with_pairs, only="generator")
    assert rise(settings, "generator/recovered") > 0.04


def test_discriminator_knows_the_generator_and_the_generator_comes_to_please_it(
    pack_with_pairs: TokenPack, tiny_settings: MakeSettings, beginner: str, tmp_path: Path
) -> None:
    common = {"start": beginner, "mixture": {"batch_size": 8}, "training": training(40)}
    better = {"width": 32, "optimizer": {"learning_rate": 5e-3, "betas": [0.9, 0.98]}}
    one = tiny_settings("discriminator", discriminator=better, **common)
    play(one, pack_with_pairs)
    accuracy = logged(one, "discriminator/accuracy")
    assert accuracy[0] < 0.7
    assert accuracy[-1] > 0.8
    assert logged(one, "validation/told_apart")[-1] > 0.8

    other = tiny_settings(
        "reinforced",
        output=str(tmp_path / "other"),
        discriminator={"start": f"{one.output}/last"},
        reinforced={"reconstruction_weight": 0.0, "pairs_weight": 0.0, "discount": 1.0},
        **common,
    )
    play(other, pack_with_pairs, only="generator")
    assert rise(other, "generator/readable") > 0.5


def test_critic_parts_headlines_from_soft_summaries_and_the_generator_comes_to_please_it(
    pack_with_pairs: TokenPack, tiny_settings: MakeSettings, tiny_generator: str, tmp_path: Path
) -> None:
    common = {"start": tiny_generator, "wgan": {"reconstruction_weight": 0.0, "pairs_weight": 0.0}}
    one = tiny_settings(
        "wgan",
        discriminator={"optimizer": {"learning_rate": 5e-3}},
        training=training(40),
        **common,
    )
    play(one, pack_with_pairs, only="discriminator")
    distance = logged(one, "discriminator/distance")
    assert distance[-1] > distance[0] + 0.2
    assert logged(one, "discriminator/penalty")[-1] < 0.5

    other = tiny_settings(
        "wgan",
        output=str(tmp_path / "other"),
        discriminator={"start": f"{one.output}/last/discriminator"},
        training=training(20),
        **common,
    )
    play(other, pack_with_pairs, only="generator")
    assert rise(other, "generator/score") > 0.2


def test_relaxed_lowers_the_cost_of_the_document_by_moving_both_networks(
    pack_with_pairs: TokenPack, tiny_settings: MakeSettings, tiny_generator: str
) -> None:
    settings = tiny_settings("relaxed", start=tiny_generator, training=training(60))
    play(settings, pack_with_pairs)
    nll = logged(settings, "both/nll")
    assert nll[-1] < 0.7 * nll[0]
    vocab_size = len(pack_with_pairs.vocabulary)
    before, after = (
        load_generator(path, vocab_size=vocab_size).state_dict()
        for path in (tiny_generator, Path(settings.output, "last"))
    )
    encoder = [name for name in before if "encoder.layers" in name and name.endswith("weight")]
    assert encoder
    assert all(not torch.equal(before[name], after[name]) for name in encoder)


OWN = """
def brief(documents, summaries):
    return [-len(summary) / 10 for summary in summaries]
"""


def tuned(make: MakeSettings, start: str, folder: Path, **wanted: Any) -> PipelineSettings:
    (folder / "own.py").write_text(OWN, encoding="utf-8")
    rewards = {"rewards": {f"{folder / 'own.py'}:brief": 1.0}, **wanted}
    sizes = {"mixture": {"batch_size": 8}, "optimizer": {"learning_rate": 2e-3}}
    return make("reward_tuned", start=start, reward_tuned=rewards, training=training(30), **sizes)


def test_reward_tuned_earns_a_reward_of_ones_own(
    pack_with_pairs: TokenPack, tiny_settings: MakeSettings, beginner: str, tmp_path: Path
) -> None:
    settings = tuned(tiny_settings, beginner, tmp_path, anchor_weight=0.0)
    play(settings, pack_with_pairs)
    reward = logged(settings, "generator/reward")
    assert reward[-1] > reward[0] / 2  # both negative: texts are less than half as long
    assert logged(settings, "validation/reward")[-1] > reward[0]


def test_reward_tuned_stays_near_its_start_on_a_short_leash(
    pack_with_pairs: TokenPack, tiny_settings: MakeSettings, beginner: str, tmp_path: Path
) -> None:
    strayed = []
    for weight in (0.0, 1.0):
        settings = tuned(tiny_settings, beginner, tmp_path, anchor_weight=weight)
        settings = replace(settings, output=str(tmp_path / str(weight)))
        play(settings, pack_with_pairs)
        strayed.append(logged(settings, "generator/strayed")[-1])
    free, held = strayed
    assert held < free / 2


def test_semi_supervised_takes_every_third_step_from_true_pairs(
    pack_with_pairs: TokenPack, tiny_settings: MakeSettings, tiny_generator: str
) -> None:
    settings = tiny_settings(
        "semi_supervised",
        start=tiny_generator,
        semi_supervised={"every": 3, "recipe": "reinforced", "count": 4},
        training=training(10, log_every=1),
    )
    unit = build_experiment(settings, pack_with_pairs).unit
    alone = ("generator",)
    game = ("discriminator", "reconstructor", "generator")
    assert [tuple(unit.turns(step)) for step in range(5)] == [alone, game, game, alone, game]
    play(settings, pack_with_pairs)
    # Steps 0, 3, 6 and 9 of ten; the others play.
    assert len(logged(settings, "generator/supervised")) == 4
    assert len(logged(settings, "generator/recovered")) == 6


@pytest.mark.parametrize("recipe", ["reinforced", "wgan"])
def test_a_game_in_half_precision_plays_to_its_end(
    pack_with_pairs: TokenPack, tiny_settings: MakeSettings, tiny_generator: str, recipe: str
) -> None:
    quiet = {"steps": 3, "log_every": 1, "validate_every": 3, "precision": "bf16"}
    settings = tiny_settings(recipe, start=tiny_generator, training=quiet)
    assert play(settings, pack_with_pairs).step == 3
    for player in ("generator", "reconstructor", "discriminator"):
        losses = logged(settings, f"{player}/loss")
        assert len(losses) == 3
        assert all(map(math.isfinite, losses))
    weights = load_generator(f"{settings.output}/last", vocab_size=len(pack_with_pairs.vocabulary))
    assert {p.dtype for p in weights.parameters()} == {torch.float32}
    assert all(bool(p.isfinite().all()) for p in weights.parameters())
