"""Checkpoint of a sentence encoder to a folder that runs without torch, with proof that it agrees.

In float32 the folder's vectors must be the checkpoint's own; of the smaller forms the smallest is
kept whose vectors still point where those do.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from summae.errors import ModelError, needs_extra
from summae.inference.backends.bag import BagPart, encode_by, restored, stored
from summae.inference.encoder_folder import (
    CHECKPOINT_WEIGHTS,
    MANIFEST,
    WEIGHTS,
    read_encoder_manifest,
)
from summae.inference.export import PROBES
from summae.text.sentences import split_sentences
from summae.text.tokenizer import FILE_NAME as TOKENIZER_FILE
from summae.text.tokenizer import Tokenizer

Floats = NDArray[np.float32]
Encode = Callable[[Sequence[Sequence[int]]], Floats]
"""Token ids of sentences, longest first, to vectors (N, dimensions), not of length 1."""
Storage = Literal["int8", "float16", "float32"]

LEAST_COSINE = 0.999
"""Between a stored encoder's vectors and the checkpoint's, for each probe."""
_LARGEST_ERROR = 1e-3
"""Of a number in float32, as a share of the largest one: sums in another order differ so little."""


@dataclass(frozen=True)
class EncoderReport:
    """What an export has shown of itself."""

    path: Path
    bytes: int
    """Size of the folder."""
    storage: Storage
    """How the table of a bag, or the weights of a transformer, are stored."""
    probes: int
    """Sentences on which vectors were compared."""
    cosine: float
    """The lowest between a vector of the folder and one of the checkpoint."""


def export_encoder(
    checkpoint: str | Path,
    output: str | Path,
    reference: Encode,
    *,
    name: str | None = None,
    probes: Sequence[str] = PROBES,
) -> EncoderReport:
    """Convert a checkpoint.

    Args:
        checkpoint: Folder with `encoder.json`, `encoder.safetensors` and `tokenizer.model`.
        output: Folder to write; replaced if it is one already.
        reference: The checkpoint's own vectors, as
            `summae.representations.encoding.checkpoint_vectors` gives them.
        name: Name of the encoder; None takes the checkpoint's.
        probes: Normalised simplified texts; whole and in sentences they are compared.

    Raises:
        ModelError: The checkpoint is incomplete, of a kind that needs torch, or does not agree with
            what was made of it; or `output` is no encoder folder.
        MissingExtraError: safetensors is not installed.
    """
    checkpoint, output = Path(checkpoint), Path(output)
    manifest = read_encoder_manifest(checkpoint)
    # A checkpoint has a manifest, too; replacing it would destroy the weights.
    if output.exists() and not all((output / file).is_file() for file in (MANIFEST, WEIGHTS)):
        raise ModelError(f"{output} exists and is no exported encoder; choose another folder")
    write = {"bag": _write_bag, "transformer": _write_transformer}.get(manifest["shape"]["kind"])
    if write is None:
        raise ModelError(
            f"{checkpoint} holds an encoder of the kind {manifest['shape']['kind']!r}, which runs "
            "by torch only; load it with summae.representations, or train a bag or a transformer"
        )
    tokenizer = Tokenizer.from_dir(checkpoint)
    sentences = _probe_ids(probes, tokenizer, manifest["max_tokens"])
    expected = reference(sentences)
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".export-") as workplace:
        final = Path(workplace) / "final"
        final.mkdir()
        weights = _read_weights(checkpoint / CHECKPOINT_WEIGHTS)
        storage, cosine = write(weights, manifest, tokenizer, sentences, expected, final)
        shutil.copy(checkpoint / TOKENIZER_FILE, final / TOKENIZER_FILE)
        manifest |= {"name": name or manifest.get("name", checkpoint.resolve().name)}
        manifest |= {"storage": storage, "files": _sums(final)}
        text = json.dumps(manifest, ensure_ascii=False, indent=1)
        (final / MANIFEST).write_text(text + "\n", encoding="utf-8")
        shutil.rmtree(output, ignore_errors=True)
        os.replace(final, output)
    size = sum(file.stat().st_size for file in output.rglob("*") if file.is_file())
    return EncoderReport(output, size, storage, len(sentences), cosine)


def _probe_ids(probes: Sequence[str], tokenizer: Tokenizer, max_tokens: int) -> list[list[int]]:
    texts = [*probes, *(part for text in probes for part in split_sentences(text))]
    clauses = [clause for text in probes for clause in text.strip("。").split("，")]
    ids = [row[:max_tokens] for row in tokenizer.encode_batch([*texts, *clauses])]
    return sorted(ids, key=len, reverse=True)


def _read_weights(file: Path) -> dict[str, NDArray[Any]]:
    with needs_extra("exporting a sentence encoder", "train"):
        from safetensors import SafetensorError
        from safetensors.numpy import load_file
    try:
        weights: dict[str, NDArray[Any]] = load_file(file)
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{file} cannot be read: {error}") from error
    return weights


def _sums(folder: Path) -> dict[str, dict[str, Any]]:
    return {
        file.relative_to(folder).as_posix(): {
            "bytes": file.stat().st_size,
            "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        }
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def _write_bag(
    weights: Mapping[str, NDArray[Any]],
    manifest: Mapping[str, Any],
    _tokenizer: Tokenizer,
    sentences: Sequence[Sequence[int]],
    expected: Floats,
    folder: Path,
) -> tuple[Storage, float]:
    bigrams = int(manifest["shape"].get("bigrams", 0))
    parts = [_bag_of(weights, number, bigrams) for number in range(manifest["parts"])]
    _check_exact(encode_by(parts, sentences), expected)
    cosine = 0.0
    forms: tuple[Storage, ...] = ("int8", "float16")
    for storage in forms:
        arrays: dict[str, NDArray[Any]] = {}
        for number, part in enumerate(parts):
            arrays |= stored(part, number, in_8_bits=storage == "int8")
        kept = [restored(arrays, number, bigrams) for number in range(len(parts))]
        cosine = _least_cosine(encode_by(kept, sentences), expected)
        if cosine >= LEAST_COSINE:
            np.savez(folder / WEIGHTS, **arrays)  # type: ignore[arg-type]
            return storage, cosine
    raise ModelError(
        f"stored in 16 bits, vectors turn away from the checkpoint's (cosine {cosine:.4f}); "
        "its weights are out of the range of half precision: train with weight decay"
    )


def _bag_of(weights: Mapping[str, NDArray[Any]], number: int, bigrams: int) -> BagPart:
    try:
        table = weights[f"{number}.embedding.weight"].astype(np.float32)
    except KeyError as error:
        raise ModelError(f"the checkpoint lacks {error}, expected a bag of tokens") from error
    prefix = f"{number}.layers."
    places = sorted(
        int(name.removeprefix(prefix).removesuffix(".weight"))
        for name in weights
        if name.startswith(prefix) and name.endswith(".weight")
    )
    layers = tuple(
        (weights[f"{prefix}{place}.weight"].astype(np.float32), weights[f"{prefix}{place}.bias"])
        for place in places
    )
    return BagPart(table, bigrams, layers)


def _write_transformer(
    weights: Mapping[str, NDArray[Any]],
    manifest: Mapping[str, Any],
    tokenizer: Tokenizer,
    sentences: Sequence[Sequence[int]],
    expected: Floats,
    folder: Path,
) -> tuple[Storage, float]:
    from summae.inference.backends.transformer_encoder import TransformerPart
    from summae.inference.bert_spec import write_bert

    shape = manifest["shape"]
    heads = {
        f"{number}.{name}": weights[f"{number}.output.{name}"].astype(np.float32)
        for number in range(manifest["parts"])
        for name in ("weight", "bias")
    }
    cosine = 0.0
    forms: tuple[Storage, ...] = ("float32", "int8")
    vectors: dict[str, Floats] = {}
    with tempfile.TemporaryDirectory(dir=folder.parent) as workplace:
        for storage in forms:
            rows = []
            for number in range(manifest["parts"]):
                path = Path(workplace) / storage / f"part{number}"
                write_bert(weights, f"{number}.bert.", shape, tokenizer.vocabulary, path, storage)
                part = TransformerPart(path, heads[f"{number}.weight"], heads[f"{number}.bias"])
                rows.append(part.encode(sentences))
            vectors[storage] = np.concatenate(rows, axis=1)
        _check_exact(vectors["float32"], expected)
        cosines = {form: _least_cosine(vectors[form], expected) for form in forms}
        chosen: Storage = "int8" if cosines["int8"] >= LEAST_COSINE else "float32"
        cosine = cosines[chosen]
        for path in sorted((Path(workplace) / chosen).iterdir()):
            shutil.move(path, folder / path.name)
    np.savez(folder / WEIGHTS, **heads)  # type: ignore[arg-type]
    return chosen, cosine


def _check_exact(vectors: Floats, expected: Floats) -> None:
    error = float(np.abs(vectors - expected).max() / np.abs(expected).max())
    if not error <= _LARGEST_ERROR:
        raise ModelError(
            f"in float32 a vector differs from the checkpoint's by {error:.2g} of the largest "
            "number: the checkpoint is of another network than this summae reads; train it again"
        )


def _least_cosine(vectors: Floats, expected: Floats) -> float:
    products = (vectors * expected).sum(axis=1)
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(expected, axis=1)
    return float((products / lengths).min())
