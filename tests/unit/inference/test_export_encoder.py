"""An exported encoder gives the vectors of its checkpoint, or is not written."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from summae import SentenceEncoder
from summae.cli.main import main
from summae.errors import ModelError
from summae.inference import export_encoder as module
from summae.inference.export_encoder import export_encoder
from summae.representations.checkpoint import save_encoder
from summae.representations.encoders import build_encoder
from summae.representations.encoding import checkpoint_vectors
from summae.representations.shape import EncoderShape

if TYPE_CHECKING:
    from summae.data.sentences_pack import SentencePack

SHAPES = {
    "bag": EncoderShape(kind="bag", width=16, feed_forward=24, output=8, bigrams=40),
    "transformer": EncoderShape(
        kind="transformer", width=16, heads=2, feed_forward=24, output=8, layers=2
    ),
    "gru": EncoderShape(kind="gru", width=8, output=8),
}


def checkpoint(folder: Path, pack: SentencePack, kind: str) -> Path:
    shape = SHAPES[kind]
    encoders = [build_encoder(shape, len(pack.vocabulary), seed=n) for n in range(2)]
    if kind == "transformer":
        # As initialised, everything is nearly zero: neither order nor neighbours would show.
        torch.manual_seed(0)
        for encoder in encoders:
            for weight in encoder.parameters():
                weight.data += 0.2 * torch.randn_like(weight)
    save_encoder(folder, encoders, shape, pack, {"method": "quick_thought"})
    return folder


def cosines(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    products: np.ndarray = (a * b).sum(axis=1)
    return np.asarray(products / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1))


@pytest.mark.parametrize("kind", ["bag", "transformer"])
def test_the_command_writes_a_folder_whose_vectors_are_the_checkpoints(
    kind: str,
    tiny_sentences: SentencePack,
    news: tuple[str, ...],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    source = checkpoint(tmp_path / "run" / "best", tiny_sentences, kind)
    assert main(["export", str(source.parent), str(tmp_path / "out")]) == 0
    assert "MB in int8; on " in capsys.readouterr().err
    encoder = SentenceEncoder.from_pretrained(tmp_path / "out")
    assert (encoder.folder.name, encoder.folder.kind, encoder.dimensions) == ("run", kind, 16)
    simplified = [text for text in news if "颱" not in text and "貓" not in text]
    ids = encoder._ready()._tokenizer.encode_batch(simplified)
    expected = checkpoint_vectors(source, [row[: encoder.folder.max_tokens] for row in ids])
    found = encoder.encode(simplified, normalize=False, batch_size=3)
    assert cosines(found, expected).min() > 0.999
    # Vectors of different texts are further apart than that, or this would prove nothing.
    assert cosines(expected[:-1], expected[1:]).max() < 0.995


def test_half_precision_where_eight_bits_turn_vectors_away(
    tiny_sentences: SentencePack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LEAST_COSINE", 0.9999995)
    source = checkpoint(tmp_path / "best", tiny_sentences, "bag")
    report = export_encoder(source, tmp_path / "out", partial(checkpoint_vectors, source))
    assert (report.storage, report.cosine > 0.9999995) == ("float16", True)
    assert np.load(tmp_path / "out" / "weights.npz")["0.table"].dtype == np.float16
    assert report.bytes == sum(f.stat().st_size for f in (tmp_path / "out").iterdir())


@pytest.mark.parametrize("kind", ["bag", "transformer"])
def test_vectors_of_another_network_stop_the_export(
    kind: str, tiny_sentences: SentencePack, tmp_path: Path
) -> None:
    source = checkpoint(tmp_path / "best", tiny_sentences, kind)

    def another(sentences: list[list[int]]) -> np.ndarray:
        return checkpoint_vectors(source, [row[::-1] for row in sentences])

    with pytest.raises(ModelError, match="differs from the checkpoint's by"):
        export_encoder(source, tmp_path / "out", another)
    assert [path.name for path in tmp_path.iterdir()] == ["best"]


def test_a_kind_that_needs_torch_says_so(tiny_sentences: SentencePack, tmp_path: Path) -> None:
    source = checkpoint(tmp_path / "best", tiny_sentences, "gru")
    with pytest.raises(ModelError, match="kind 'gru', which runs by torch only"):
        export_encoder(source, tmp_path / "out", partial(checkpoint_vectors, source))


def test_neither_a_checkpoint_nor_another_folder_is_overwritten(
    tiny_sentences: SentencePack, tmp_path: Path
) -> None:
    source = checkpoint(tmp_path / "best", tiny_sentences, "bag")
    for output in (source, tmp_path):
        with pytest.raises(ModelError, match="exists and is no exported encoder"):
            export_encoder(source, output, partial(checkpoint_vectors, source))
    about = json.loads((source / "encoder.json").read_text())
    assert "files" not in about


def test_the_manifest_lists_every_file_and_the_training(
    tiny_sentences: SentencePack, tmp_path: Path
) -> None:
    source = checkpoint(tmp_path / "best", tiny_sentences, "transformer")
    export_encoder(source, tmp_path / "out", partial(checkpoint_vectors, source), name="news")
    about = json.loads((tmp_path / "out" / "encoder.json").read_text())
    files = {p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*.*")}
    assert set(about["files"]) == files - {"encoder.json"}
    assert (about["name"], about["method"]) == ("news", "quick_thought")
    broken = tmp_path / "out" / "part1" / "model.bin"
    broken.write_bytes(broken.read_bytes()[:-10])
    with pytest.raises(ModelError, match="part1/model.bin has"):
        SentenceEncoder.from_pretrained(tmp_path / "out")
