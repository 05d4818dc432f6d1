"""Whitening spreads vectors as far as it is told to, inside the last linear map, whatever the encoder."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from summae.data.pack import Ragged
from summae.errors import InputError
from summae.representations.checkpoint import load_encoder, save_encoder
from summae.representations.encoders import build_encoder
from summae.representations.shape import EncoderKind, EncoderShape
from summae.representations.whitening import whiten, whiten_checkpoint, whitening

if TYPE_CHECKING:
    from summae.data.sentences_pack import SentencePack

KINDS: tuple[EncoderKind, ...] = ("bag", "gru", "cnn", "transformer")


def some_vectors(count: int = 500) -> Any:
    draw = torch.Generator().manual_seed(3)
    mixed = torch.randn(count, 4, generator=draw) @ torch.randn(4, 4, generator=draw)
    return mixed + torch.tensor([5.0, 0.0, -3.0, 1.0])


def test_whole_whitening_makes_the_covariance_the_identity_and_half_of_it_goes_half_way() -> None:
    vectors = some_vectors()
    mean, whole = whitening(vectors, 1.0)
    found = (vectors.double() - mean) @ whole
    torch.testing.assert_close(torch.cov(found.T), torch.eye(4).double(), atol=1e-6, rtol=0)
    torch.testing.assert_close(found.mean(dim=0), torch.zeros(4).double(), atol=1e-6, rtol=0)
    variances = torch.linalg.eigvalsh(torch.cov(vectors.double().T))
    _, half = whitening(vectors, 0.5)
    of_half = torch.linalg.eigvalsh(torch.cov((vectors.double() @ half).T))
    torch.testing.assert_close(of_half, variances.sqrt())
    _, none = whitening(vectors, 0.0)
    # Directions are turned, and no likeness changes.
    torch.testing.assert_close(none @ none.T, torch.eye(4).double(), atol=1e-6, rtol=0)
    with pytest.raises(ValueError, match="in \\[0, 1\\], got 2"):
        whitening(vectors, 2)


def test_a_direction_without_variance_is_not_blown_up() -> None:
    vectors = some_vectors()
    vectors[:, 1] = vectors[:, 0]
    _, matrix = whitening(vectors, 1.0)
    assert torch.isfinite(matrix).all()
    assert (vectors.double() @ matrix).std(dim=0).max() < 1.1


@pytest.mark.parametrize("kind", KINDS)
def test_an_encoder_takes_it_into_its_last_map(kind: EncoderKind) -> None:
    encoder = build_encoder(EncoderShape(kind=kind, width=16, heads=2, output=8), 60, seed=1).eval()
    ids = torch.randint(4, 60, (300, 6), generator=torch.Generator().manual_seed(1))
    mask = torch.ones_like(ids, dtype=torch.bool)
    with torch.no_grad():
        before = encoder(ids, mask)
        mean, matrix = whitening(before, 0.5)
        whiten(encoder, before, strength=0.5)
        after = encoder(ids, mask)
    wanted = ((before.double() - mean) @ matrix).float()
    torch.testing.assert_close(after, wanted, atol=2e-4, rtol=1e-3)


@pytest.fixture
def checkpoint(tiny_sentences: SentencePack, tmp_path: Path) -> Path:
    shape = EncoderShape(width=8, feed_forward=12, output=4)
    encoders = [build_encoder(shape, len(tiny_sentences.vocabulary), seed=n) for n in (1, 2)]
    save_encoder(tmp_path / "best", encoders, shape, tiny_sentences, {"method": "quick_thought"})
    return tmp_path / "best"


def test_checkpoint_is_copied_with_each_part_whitened(
    checkpoint: Path, tiny_sentences: SentencePack
) -> None:
    output = checkpoint.with_name("whitened")
    whiten_checkpoint(checkpoint, output, tiny_sentences, strength=1.0)
    assert json.loads((output / "encoder.json").read_text("utf-8"))["whitening"] == 1.0
    encoders, about = load_encoder(output)
    assert about["method"] == "quick_thought"
    assert "whitening" not in load_encoder(checkpoint)[1]
    for encoder in encoders:
        rows = [tiny_sentences.sentences[row] for row in range(48)]  # of these, none is held out
        vectors = []
        for row in rows:
            ids = torch.from_numpy(np.asarray(row, dtype=np.int64))[None]
            vectors.append(encoder(ids, torch.ones_like(ids, dtype=torch.bool)).detach())
        covariance = torch.cov(torch.cat(vectors).T)
        torch.testing.assert_close(covariance, torch.eye(4), atol=1e-3, rtol=0)


def test_a_pack_of_another_tokenizer_or_of_too_few_sentences_is_refused(
    checkpoint: Path, tiny_sentences: SentencePack
) -> None:
    other = replace(tiny_sentences, tokenizer_model=b"another")
    with pytest.raises(InputError, match="has another tokenizer than .*best"):
        whiten_checkpoint(checkpoint, checkpoint.with_name("x"), other)
    few = replace(
        tiny_sentences,
        sentences=Ragged.of([tiny_sentences.sentences[0]] * 3),
        document_starts=np.array([0, 3]),
        is_held_out=np.array([False]),
    )
    with pytest.raises(InputError, match="3 sentences to learn from, fewer than the 4 dimensions"):
        whiten_checkpoint(checkpoint, checkpoint.with_name("x"), few)
