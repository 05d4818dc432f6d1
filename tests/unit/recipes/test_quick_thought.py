"""Quick-thought as the trainer runs it: it learns, resumes, and is the same in several processes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import yaml

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")

sys.path.insert(0, str(Path(__file__).parent))
import sentence_runs
from recipe_runs import logged
from safetensors.torch import load_file
from sentence_runs import play, settings_of

from summae.cli.train import main
from summae.data.pack import Ragged
from summae.data.sentence_batches import ContiguousSentences
from summae.recipes.experiment import build_experiment
from summae.representations.checkpoint import load_encoder
from summae.training.trainer import Trainer

if TYPE_CHECKING:
    from summae.data.sentences_pack import SentencePack

pytestmark = pytest.mark.usefixtures("fresh_accelerator", "one_thread")


def weights(run: Path) -> dict[str, Any]:
    return load_file(run / "checkpoints" / "step-00000004" / "model.safetensors")


@pytest.fixture
def of_eight_subjects(tiny_sentences: SentencePack) -> SentencePack:
    """Forty-eight documents, each of one of eight subjects with ten words; the last of each held out."""
    draw = np.random.default_rng(7)
    firsts = [60 + 10 * (document % 8) for document in range(48) for _ in range(4)]
    return replace(
        tiny_sentences,
        sentences=Ragged.of([draw.integers(first, first + 10, size=6) for first in firsts]),
        document_starts=4 * np.arange(49),
        is_held_out=np.arange(48) >= 40,
    )


def test_neighbours_in_documents_never_seen_are_found(
    of_eight_subjects: SentencePack, tmp_path: Path
) -> None:
    # Chance is one in eight, which is all there are.
    settings = settings_of(
        "quick_thought",
        tmp_path,
        encoder={"layers": 1},
        optimizer={"learning_rate": 0.01},
        training={"steps": 60, "validate_every": 60, "save_every": 60},
    )
    state = play(settings, of_eight_subjects)
    assert state.best >= 0.75
    assert state.history[-1]["rank"] > 1.5
    losses, bounds = (logged(settings, f"representation/{name}") for name in ("loss", "bound"))
    assert losses[-1] < losses[0] - 0.5
    assert bounds[-1] > bounds[0] + 0.5
    encoders, about = load_encoder(tmp_path / "quick_thought" / "best")
    assert len(encoders) == about["parts"] == 2
    assert about["method"] == "quick_thought"


def test_resumed_run_ends_with_the_weights_of_an_undisturbed_one(
    tiny_sentences: SentencePack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed = settings_of("quick_thought", tmp_path / "undisturbed")
    killed = settings_of("quick_thought", tmp_path / "killed")
    play(undisturbed, tiny_sentences)
    experiment = build_experiment(killed, tiny_sentences)
    make_batch = ContiguousSentences.__getitem__

    def make_batch_or_die(dataset: ContiguousSentences, number: int) -> Any:
        if number == 3:
            raise KeyboardInterrupt
        return make_batch(dataset, number)

    monkeypatch.setattr(ContiguousSentences, "__getitem__", make_batch_or_die)
    with pytest.raises(KeyboardInterrupt):
        Trainer(experiment.unit, experiment.batches, killed.training, Path(killed.output)).fit()
    monkeypatch.undo()
    assert play(killed, tiny_sentences).step == 4  # from step 2 on
    ours, theirs = weights(Path(killed.output)), weights(Path(undisturbed.output))
    assert ours.keys() == theirs.keys()
    for name, weight in theirs.items():
        assert torch.equal(ours[name], weight), name


def test_two_processes_weigh_each_sentence_against_those_of_both(
    in_two_processes: Callable[[str, Path], None], tiny_sentences: SentencePack, tmp_path: Path
) -> None:
    # Batches of five, five and two documents: shares of three and two, and of one each. Losses are
    # those of one process that has the whole batch only if each has all candidates of both.
    tiny_sentences.save(tmp_path / "pack")
    (tmp_path / "recipes.txt").write_text("quick_thought", encoding="utf-8")
    in_two_processes(sentence_runs.__file__, tmp_path)
    together = settings_of("quick_thought", tmp_path)
    alone = settings_of("quick_thought", tmp_path / "alone", encoder={"dropout": 0.0})
    play(alone, tiny_sentences)
    for name in ("loss", "bound", "accuracy", "score", "gradient"):
        values = logged(alone, f"representation/{name}")
        assert len(values) == 4
        found = logged(together, f"representation/{name}")
        assert found == pytest.approx(values, rel=1e-4, abs=1e-4), name
    found = weights(Path(together.output))
    for name, weight in weights(Path(alone.output)).items():
        # A feature that all candidates have, and what shifts it, changes nothing: its gradient is
        # mere rounding, and AdamW makes a full step of it.
        if name == "candidate.layers.1.bias":
            continue
        torch.testing.assert_close(found[name], weight, rtol=0, atol=2e-5, msg=name)


def test_command_trains_from_a_configuration(
    tiny_sentences: SentencePack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny_sentences.save(tmp_path / "run" / "pack")
    values = {**sentence_runs.VALUES, "recipe": "quick_thought", "output": str(tmp_path / "run")}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    assert main([str(tmp_path / "config.yaml"), "--set", "encoder.kind=cnn"]) == 0
    assert "(next_sentence " in capsys.readouterr().err
    assert load_encoder(tmp_path / "run" / "best")[1]["shape"]["kind"] == "cnn"
    assert main([str(tmp_path / "config.yaml"), "--resume", "never"]) != 0
    assert "holds checkpoints of an earlier run" in capsys.readouterr().err
