"""What was saved encodes as before, and what is no encoder says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from summae.errors import ModelError
from summae.representations.checkpoint import load_encoder, save_encoder
from summae.representations.encoders import build_encoder
from summae.representations.shape import EncoderShape

if TYPE_CHECKING:
    from summae.data.sentences_pack import SentencePack

SHAPE = EncoderShape(kind="cnn", width=8, output=6)


def save(folder: Path, pack: SentencePack, parts: int = 2) -> list[torch.nn.Module]:
    encoders = [build_encoder(SHAPE, len(pack.vocabulary), seed=n) for n in range(parts)]
    save_encoder(folder, encoders, SHAPE, pack, {"method": "quick_thought"})
    return encoders


def test_loaded_encoders_give_the_same_vectors(
    tiny_sentences: SentencePack, tmp_path: Path
) -> None:
    saved = save(tmp_path / "best", tiny_sentences)
    loaded, about = load_encoder(tmp_path / "best")
    ids = torch.tensor([[60, 61, 62]])
    for before, after in zip(saved, loaded, strict=True):
        assert torch.equal(before.eval()(ids, ids > 0), after(ids, ids > 0))
    assert (about["parts"], about["dimensions"], about["method"]) == (2, 12, "quick_thought")
    assert (about["max_tokens"], about["normalize"]) == (48, True)
    assert (tmp_path / "best" / "tokenizer.model").read_bytes() == tiny_sentences.tokenizer_model


def test_saving_again_replaces_what_was_there(tiny_sentences: SentencePack, tmp_path: Path) -> None:
    save(tmp_path / "best", tiny_sentences)
    save(tmp_path / "best", tiny_sentences, parts=1)
    assert len(load_encoder(tmp_path / "best")[0]) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["best"]


@pytest.mark.parametrize("file", ["encoder.json", "encoder.safetensors"])
def test_incomplete_folder_is_refused(
    file: str, tiny_sentences: SentencePack, tmp_path: Path
) -> None:
    save(tmp_path / "best", tiny_sentences)
    (tmp_path / "best" / file).unlink()
    with pytest.raises(ModelError, match="no complete sentence encoder"):
        load_encoder(tmp_path / "best")


def test_other_format_is_refused(tiny_sentences: SentencePack, tmp_path: Path) -> None:
    save(tmp_path / "best", tiny_sentences)
    path = tmp_path / "best" / "encoder.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"format": 9}), "utf-8")
    with pytest.raises(ModelError, match="format 9"):
        load_encoder(tmp_path / "best")
