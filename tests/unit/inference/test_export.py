"""An export that appears writes what its checkpoint writes; everything else is refused, and nothing lost."""

from __future__ import annotations

import hashlib
import json
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
pytest.importorskip("ctranslate2")

from summae import Summarizer
from summae.errors import ModelError
from summae.inference import export as exporting
from summae.inference.export import export
from summae.inference.model_folder import open_model_folder
from summae.models.generator import build_generator
from summae.models.shape import GeneratorShape
from summae.text.boundaries import Boundaries
from summae.text.frequencies import BigramIdf
from summae.text.ngrams import NGramModel
from summae.text.tokenizer import Tokenizer


def t5(vocab_size: int) -> Any:
    config = transformers.T5Config(
        vocab_size=vocab_size,
        d_model=32,
        d_kv=8,
        d_ff=64,
        num_layers=1,
        num_decoder_layers=1,
        num_heads=4,
        pad_token_id=Tokenizer.pad_id,
        eos_token_id=Tokenizer.eos_id,
        decoder_start_token_id=Tokenizer.bos_id,
    )
    return transformers.T5ForConditionalGeneration(config)


def ours(kind: str, vocab_size: int) -> Any:
    values = {"tie_embeddings": False} if kind == "untied" else {"kind": kind}
    shape = GeneratorShape(
        **{"width": 32, "heads": 4, "feed_forward": 64, "max_positions": 160},
        **{"encoder_layers": 2, "decoder_layers": 1, **values},
    )
    return build_generator(shape, vocab_size=vocab_size)


OURS = ("pegasus", "untied", "mbart", "bart", "t5")


@pytest.fixture(scope="module")
def checkpoints(tiny_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A checkpoint of each shape, with random weights and one tokenizer."""
    tokenizer = Tokenizer.from_dir(tiny_checkpoint)
    folders = {"foreign-bart": tiny_checkpoint}
    builders = {"foreign-t5": t5, **{kind: partial(ours, kind) for kind in OURS}}
    for name, build in builders.items():
        folders[name] = tmp_path_factory.mktemp(name) / name
        model = build(tokenizer.vocab_size).eval()
        torch.manual_seed(3)
        for weight in model.parameters():
            # Wide random weights: different documents get different summaries.
            weight.data += 0.5 * torch.randn_like(weight)
        model.save_pretrained(folders[name])
        tokenizer.save(folders[name])
    about = {"format": 1, "max_source_tokens": 65, "decoding": {"beam_size": 2}}
    (folders["pegasus"] / "summae.json").write_text(json.dumps(about), encoding="utf-8")
    return folders


@pytest.mark.parametrize("shape", [*OURS, "foreign-bart", "foreign-t5"])
def test_float32_export_writes_what_the_checkpoint_writes(
    checkpoints: dict[str, Path], tmp_path: Path, news: tuple[str, ...], shape: str
) -> None:
    # The tiny BART has few positions.
    probes = [text[:60] for text in news]
    report = export(checkpoints[shape], tmp_path / "out", quantization="float32", probes=probes)
    assert (report.probes, report.quantized_agreement) == (10, 1.0)
    assert report.bytes == sum(file.stat().st_size for file in report.path.iterdir())
    folder = open_model_folder(report.path, verify=True)
    assert folder.backend == "ctranslate2"
    written = {s.text for s in Summarizer.from_pretrained(report.path).summarize(probes)}
    assert len(written) > 3, "weights that write the same for every document prove nothing"


def test_folder_tells_what_it_holds_and_summarises(
    checkpoints: dict[str, Path], tmp_path: Path, news: tuple[str, ...]
) -> None:
    report = export(
        checkpoints["pegasus"], tmp_path / "out", name="tiny", decoding={"beam_size": 3}
    )
    manifest = json.loads((report.path / "summae.json").read_text("utf-8"))
    assert (manifest["name"], manifest["max_source_tokens"]) == ("tiny", 65)
    assert manifest["decoding"]["beam_size"] == 3
    weights = (report.path / "model.bin").read_bytes()
    assert manifest["files"]["model.bin"] == {
        "bytes": len(weights),
        "sha256": hashlib.sha256(weights).hexdigest(),
    }
    config = json.loads((report.path / "config.json").read_text("utf-8"))
    assert config["decoder_start_token"] == "<s>"
    assert not list(tmp_path.glob(".export-*"))
    (summary,) = Summarizer.from_pretrained(report.path).summarize(news[:1])
    assert isinstance(summary.text, str)


def test_int8_is_smaller(checkpoints: dict[str, Path], tmp_path: Path) -> None:
    sizes = [
        export(checkpoints["pegasus"], tmp_path / kind, quantization=kind).bytes
        for kind in ("int8", "float32")
    ]
    assert sizes[0] < 0.7 * sizes[1]


def test_conversion_that_writes_something_else_is_refused(
    checkpoints: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Another checkpoint's weights stand for a loader that misreads the architecture.
    convert = exporting._convert

    def misread(checkpoint: Path, *rest: Any) -> None:
        convert(checkpoints["foreign-bart"], *rest)

    monkeypatch.setattr(exporting, "_convert", misread)
    with pytest.raises(ModelError, match=r"does not write what the checkpoint writes.* became .*"):
        export(checkpoints["pegasus"], tmp_path / "out", probes=["今夜有雨，明天有雪。"])
    assert list(tmp_path.iterdir()) == []


def test_architecture_that_cannot_be_converted_is_refused(
    checkpoints: dict[str, Path], tmp_path: Path
) -> None:
    foreign = shutil.copytree(checkpoints["foreign-t5"], tmp_path / "foreign")
    config = transformers.LEDConfig(vocab_size=50, d_model=16, encoder_layers=1, decoder_layers=1)
    config.save_pretrained(foreign)
    with pytest.raises(ModelError, match="CTranslate2 cannot convert .*foreign"):
        export(foreign, tmp_path / "out")


def test_earlier_export_is_replaced(checkpoints: dict[str, Path], tmp_path: Path) -> None:
    export(checkpoints["pegasus"], tmp_path / "out", name="old")
    (tmp_path / "out" / "stray").write_text("")
    export(checkpoints["pegasus"], tmp_path / "out", name="new")
    assert open_model_folder(tmp_path / "out").name == "new"
    assert not (tmp_path / "out" / "stray").exists()


@pytest.mark.parametrize("name", ["letters.txt", "model.safetensors"])
def test_output_that_is_no_runtime_folder_is_refused_and_left_alone(
    checkpoints: dict[str, Path], tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(ModelError, match="is no runtime folder"):
        export(checkpoints["pegasus"], tmp_path)
    assert (tmp_path / name).read_text() == "mine"


def test_checkpoint_is_not_exported_over_itself(checkpoints: dict[str, Path]) -> None:
    folder = checkpoints["pegasus"]
    with pytest.raises(ModelError, match="is no runtime folder"):
        export(folder, folder)
    assert (folder / "model.safetensors").exists()


def test_incomplete_checkpoint_is_refused(checkpoints: dict[str, Path], tmp_path: Path) -> None:
    partial = shutil.copytree(checkpoints["pegasus"], tmp_path / "partial")
    (partial / "tokenizer.model").unlink()
    with pytest.raises(ModelError, match="lacks tokenizer.model"):
        export(partial, tmp_path / "out")


def test_judges_come_along_with_what_weighs_them(tiny_checkpoint: Path, tmp_path: Path) -> None:
    judges = tmp_path / "judges"
    judges.mkdir()
    NGramModel.train(["北方降温"], fewest=(1, 1)).save(judges / "headlines.npz")
    BigramIdf.train(["北方降温"], fewest=1).save(judges / "idf.npz")
    Boundaries().save(judges / "boundaries.json")
    scorer = {"weights": {"language_model": 2.0}}
    (judges / "summae.json").write_text(json.dumps({"scorer": scorer}), encoding="utf-8")
    export(tiny_checkpoint, tmp_path / "model", quantization="float32", judges=judges)
    summarizer = Summarizer.from_pretrained(tmp_path / "model")
    assert summarizer.folder.scorer.weights.language_model == 2.0
    assert summarizer.judges.headlines is not None
    manifest = json.loads((tmp_path / "model" / "summae.json").read_text("utf-8"))
    assert {"headlines.npz", "idf.npz", "boundaries.json"} <= set(manifest["files"])


def test_a_folder_that_lacks_a_judge_is_named(tiny_checkpoint: Path, tmp_path: Path) -> None:
    (tmp_path / "judges").mkdir()
    with pytest.raises(
        ModelError, match=r"lacks headlines\.npz; make it with scripts/train_judges"
    ):
        export(tiny_checkpoint, tmp_path / "model", judges=tmp_path / "judges")
    assert not (tmp_path / "model").exists()
