"""Every method for sentence encoders trains, leaves an encoder, and is the same in two processes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")

sys.path.insert(0, str(Path(__file__).parent))
import sentence_runs
from recipe_runs import logged
from safetensors.torch import load_file
from sentence_runs import play, settings_of

from summae.data.pack import Ragged
from summae.errors import ConfigError
from summae.recipes.experiment import build_experiment
from summae.representations.checkpoint import load_encoder

if TYPE_CHECKING:
    from summae.data.sentences_pack import SentencePack

pytestmark = pytest.mark.usefixtures("fresh_accelerator", "one_thread")
FALLS = {"skip_thought": 0.5, "cpc": 0.5, "infomax": 0.3}
"""By how many nats the loss of each falls at least."""


@pytest.mark.parametrize("recipe", FALLS)
def test_loss_falls_and_an_encoder_is_left(
    recipe: str, tiny_sentences: SentencePack, tmp_path: Path
) -> None:
    settings = settings_of(
        recipe,
        tmp_path,
        optimizer={"learning_rate": 0.01},
        training={"steps": 45, "validate_every": 45, "save_every": 45},
    )
    state = play(settings, tiny_sentences)
    assert state.best == state.history[-1]["next_sentence"]
    losses = logged(settings, "representation/loss")
    assert sum(losses[-3:]) / 3 < sum(losses[:3]) / 3 - FALLS[recipe]
    (encoder,), about = load_encoder(tmp_path / recipe / "best")
    assert (about["method"], about["parts"]) == (recipe, 1)
    ids = torch.tensor([[60, 61]])
    assert encoder(ids, ids > 0).shape == (1, 16)
    # It is the one that was trained.
    trained = load_file(tmp_path / recipe / "checkpoints" / "step-00000045" / "model.safetensors")
    for name, weight in encoder.state_dict().items():
        torch.testing.assert_close(weight, trained[f"encoder.{name}"])


def test_sentences_too_long_to_be_written_are_refused_before_training(
    tiny_sentences: SentencePack, tmp_path: Path
) -> None:
    sentences = [np.full(150, 60), *([np.full(4, 60)] * 63)]
    pack = replace(tiny_sentences, sentences=Ragged.of(sentences))
    writer = {"decoder": "transformer"}
    with pytest.raises(ConfigError, match="150 tokens, .* 128: .* another skip_thought.decoder$"):
        build_experiment(settings_of("skip_thought", tmp_path, skip_thought=writer), pack)
    build_experiment(settings_of("skip_thought", tmp_path), pack)


def test_two_processes_foretell_what_one_would(
    in_two_processes: Callable[[str, Path], None], tiny_sentences: SentencePack, tmp_path: Path
) -> None:
    # Each weighs its sentences against those of both. The other two draw at random as they learn.
    tiny_sentences.save(tmp_path / "pack")
    (tmp_path / "recipes.txt").write_text("cpc", encoding="utf-8")
    in_two_processes(sentence_runs.__file__, tmp_path)
    together = settings_of("cpc", tmp_path)
    alone = settings_of("cpc", tmp_path / "alone", encoder={"dropout": 0.0})
    play(alone, tiny_sentences)
    for name in ("loss", "gradient"):
        values = logged(alone, f"representation/{name}")
        assert len(values) == 4
        found = logged(together, f"representation/{name}")
        assert found == pytest.approx(values, rel=1e-4, abs=1e-4), name
