"""The module reads texts as the runtime does, and sentence-transformers runs, saves and loads it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from summae.inference.export_encoder import export_encoder
from summae.inference.sentence_encoder import SentenceEncoder
from summae.representations.checkpoint import save_encoder
from summae.representations.encoders import build_encoder
from summae.representations.encoding import checkpoint_vectors
from summae.representations.sentence_transformers import SentenceVectors
from summae.representations.shape import EncoderShape

if TYPE_CHECKING:
    from summae.data.sentences_pack import SentencePack

SHAPE = EncoderShape(kind="bag", width=16, feed_forward=24, output=8, bigrams=40)


@pytest.fixture
def checkpoint(tiny_sentences: SentencePack, tmp_path: Path) -> Path:
    encoders = [build_encoder(SHAPE, len(tiny_sentences.vocabulary), seed=n) for n in range(2)]
    save_encoder(tmp_path / "best", encoders, SHAPE, tiny_sentences, {})
    return tmp_path / "best"


def vectors(module: SentenceVectors, texts: tuple[str, ...]) -> np.ndarray:
    with torch.no_grad():
        return np.asarray(module(module.preprocess(texts))["sentence_embedding"])


def test_texts_are_read_as_the_runtime_reads_them(
    checkpoint: Path, news: tuple[str, ...], tmp_path: Path
) -> None:
    def reference(rows: list[list[int]]) -> np.ndarray:
        return checkpoint_vectors(checkpoint, rows)

    export_encoder(checkpoint, tmp_path / "out", reference)
    runtime = SentenceEncoder.from_pretrained(tmp_path / "out")
    found = vectors(SentenceVectors.of_checkpoint(checkpoint), news)
    assert (found * runtime.encode(news)).sum(axis=1) == pytest.approx(np.ones(len(news)), abs=1e-3)


def test_what_was_saved_is_loaded(checkpoint: Path, news: tuple[str, ...], tmp_path: Path) -> None:
    module = SentenceVectors.of_checkpoint(checkpoint)
    (tmp_path / "saved").mkdir()
    module.save(str(tmp_path / "saved"), safe_serialization=True)
    again = SentenceVectors.load(str(tmp_path / "saved"))
    assert np.array_equal(vectors(again, news), vectors(module, news))
    assert (again.get_embedding_dimension(), again.max_seq_length) == (16, module.max_seq_length)


def test_an_empty_text_is_read_as_something_unknown(checkpoint: Path) -> None:
    features = SentenceVectors.of_checkpoint(checkpoint).preprocess(["", "今晚有雨"])
    assert features["attention_mask"].sum(dim=1).min() == 1


def test_sentence_transformers_runs_saves_and_loads_it(
    checkpoint: Path, news: tuple[str, ...], tmp_path: Path
) -> None:
    library = pytest.importorskip("sentence_transformers")
    module = SentenceVectors.of_checkpoint(checkpoint)
    model = library.SentenceTransformer(modules=[module], device="cpu")
    expected = vectors(module, news)
    assert model.encode(list(news)) == pytest.approx(expected, abs=1e-6)
    model.save(str(tmp_path / "saved"))
    again = library.SentenceTransformer(
        str(tmp_path / "saved"), device="cpu", trust_remote_code=True
    )
    assert again.encode(list(news)) == pytest.approx(expected, abs=1e-6)
