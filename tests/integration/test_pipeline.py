"""The whole way on the sample texts: pack, train, export, summarize; and training with next to nothing installed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

pytest.importorskip("torch")
pytest.importorskip("datasets")

from summae.cli.main import main
from summae.data.pack import TokenPack

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"

sys.path.insert(0, str(ROOT / "scripts"))
import sample_corpus


def events(path: Path) -> list[str | None]:
    return [json.loads(line)["event"] for line in path.read_text("utf-8").splitlines()]


def written_config(folder: Path, **sections: object) -> Path:
    """Four steps of a model of width 32."""
    settings = {
        "output": str(folder / "run"),
        "generator": {
            **{"width": 32, "heads": 4, "feed_forward": 64},
            **{"encoder_layers": 1, "decoder_layers": 1, "max_positions": 160},
        },
        "mixture": {"batch_size": 4, "source_tokens": 64, "pairs_share": 1.0},
        "training": {"steps": 4, "warmup_steps": 2, "validate_every": 4, "save_every": 4},
        **sections,
    }
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return path


@pytest.mark.usefixtures("own_dataset_cache", "fresh_accelerator")
def test_sample_texts_become_a_model_that_summarises(tmp_path: Path) -> None:
    documents, headlines = sample_corpus.write(tmp_path)
    data = {
        "documents": str(documents),
        "headlines": str(headlines),
        "validation": str(DATA / "news.jsonl"),
        "validation_rows": 3,
        "vocabulary_size": 1500,
        "mining": {"minimum_coverage": 0.6},
    }
    config = written_config(tmp_path, data=data)

    assert main(["pack", str(config)]) == 0
    pack = TokenPack.load(tmp_path / "run" / "pack")
    of_documents, of_headlines = events(documents), events(headlines)
    pairs = zip(pack.pair_document.tolist(), pack.pair_headline.tolist(), strict=True)
    same = [of_documents[d] == of_headlines[h] is not None for d, h in pairs]
    assert sum(same) >= max(3, 0.7 * len(same)), "events that both halves report make the pairs"

    assert main(["train", str(config)]) == 0
    assert main(["export", str(tmp_path / "run"), str(tmp_path / "model")]) == 0

    # What was trained learns on from other texts, with its own tokenizer.
    best = tmp_path / "run" / "best"
    own = {"tokenizer": str(best / "tokenizer.model")}
    (tmp_path / "more").mkdir()
    further = written_config(tmp_path / "more", data=data | own, start=str(best))
    assert main(["train", str(further)]) == 0
    learned_on = TokenPack.load(tmp_path / "more" / "run" / "pack")
    assert learned_on.tokenizer_model == pack.tokenizer_model

    article = DATA / "articles" / "weather-rain.txt"
    command = [sys.executable, "-m", "summae", "summarize", str(article)]
    finished = subprocess.run(
        [*command, "--model", str(tmp_path / "model")],
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr.decode()
    assert len(finished.stdout.decode("utf-8").strip().splitlines()) == 1


@pytest.mark.usefixtures("own_dataset_cache", "fresh_accelerator")
def test_the_sample_configuration_trains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").symlink_to(DATA)
    sample_corpus.write(tmp_path / "runs" / "sample")
    assert main(["train", str(ROOT / "configs" / "sample.yaml"), "--set", "training.steps=2"]) == 0
    assert (tmp_path / "runs" / "sample" / "best" / "model.safetensors").exists()


ABSENT = (
    *("datasets", "sklearn", "scipy", "pandas", "pyarrow", "sentencepiece", "jieba", "opencc"),
    *("rich", "click", "ctranslate2", "tensorboard"),
)
BARE_TRAINING = f"""
import sys
absent = {ABSENT!r}

class Hiding:
    # Finds what the finder behind it finds, but for the absent packages.
    def __init__(self, finder):
        self.finder = finder
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            return None
        return self.finder.find_spec(name, path, target)
    def __getattr__(self, name):
        return getattr(self.finder, name)

sys.meta_path[:] = [Hiding(finder) for finder in sys.meta_path]
for name in absent:
    try:
        __import__(name)
    except ImportError:
        continue
    raise SystemExit(name + " is not hidden")

from summae.config import load_config
from summae.recipes.pipeline import PipelineSettings, train

state = train(load_config(PipelineSettings, sys.argv[1], sys.argv[2:]))
print("steps", state.step, "loaded", sorted(set(absent) & set(sys.modules)))
"""


def test_training_from_a_pack_needs_no_library_that_prepares_texts(
    tiny_pack: TokenPack, tmp_path: Path
) -> None:
    tiny_pack.save(tmp_path / "run" / "pack")
    stages = [
        *("pretraining", "mined", "denoising"),
        *("language_model", "reconstructor", "discriminator", "back_translation"),
        *("reinforced", "wgan", "relaxed", "reward_tuned"),
    ]
    small = {"width": 32, "heads": 4, "feed_forward": 64}
    config = written_config(
        tmp_path,
        stages=[{"recipe": recipe} for recipe in stages],
        reconstructor={"shape": small},
        language_model={"shape": small},
        discriminator={"width": 32, "layers": 1},
        reward_tuned={"fluency_weight": 1.0, "reconstruction_weight": 1.0},
    )
    finished = subprocess.run(
        [sys.executable, "-c", BARE_TRAINING, str(config), "training.steps=2"],
        capture_output=True,
        timeout=300,
        check=False,
        text=True,
    )
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.strip() == "steps 2 loaded []"
    assert (tmp_path / "run" / "11-reward_tuned" / "best" / "model.safetensors").exists()
