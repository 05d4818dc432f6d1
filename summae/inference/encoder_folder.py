"""Find a sentence encoder on disk and make sure, before anything is loaded, that it is whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from summae.errors import ModelError
from summae.inference.arguments import check_model
from summae.inference.model_folder import check_files, listed_files, locate

MANIFEST = "encoder.json"
WEIGHTS = "weights.npz"
CHECKPOINT_WEIGHTS = "encoder.safetensors"
FORMAT = 1
DEFAULT_ENCODER = "zh-sentences"

Kind = Literal["bag", "transformer"]
"""Kinds of encoder that run without torch."""


@dataclass(frozen=True)
class EncoderFolder:
    """A complete encoder on disk, as `summae export` writes it."""

    path: Path
    name: str
    kind: Kind
    parts: int
    """Encoders whose vectors stand side by side in the result; quick-thought has two."""
    shape: Mapping[str, Any]
    """Of each part, as it was trained."""
    dimensions: int
    """Of the result."""
    max_tokens: int
    """Tokens of a sentence that are read."""
    normalize: bool
    """Vectors have length 1 unless told otherwise."""
    fingerprint: str
    """Changes when the weights change; keeps caches of `Dataset.map` honest."""


def open_encoder_folder(
    name_or_path: str | Path | None = None, *, verify: bool = True
) -> EncoderFolder:
    """Locate an encoder and check that no file is missing or cut short.

    Args:
        name_or_path: A folder, the name of an encoder inside this package, or None for the default.
        verify: Compare SHA-256 sums too, which reads every file.

    Raises:
        ModelError: There is no such encoder, or it is incomplete, changed, a training checkpoint,
            or of another format.
        ValueError: An argument is of the wrong kind.
    """
    check_model(name_or_path)
    path = locate(name_or_path, default=DEFAULT_ENCODER, manifest=MANIFEST)
    manifest = read_encoder_manifest(path)
    kind = _kind_of(manifest, path)
    if not (path / WEIGHTS).exists() and (path / CHECKPOINT_WEIGHTS).exists():
        raise ModelError(
            f"{path} is a training checkpoint; make a folder to run of it with "
            f"`summae export {path} OUTPUT`"
        )
    listed = listed_files(manifest, path / MANIFEST)
    needed: dict[str, Mapping[str, Any]] = {WEIGHTS: {}, "tokenizer.model": {}}
    check_files(path, needed | dict(listed), verify=verify)
    try:
        return EncoderFolder(
            path=path,
            name=str(manifest.get("name", path.name)),
            kind=kind,
            parts=int(manifest["parts"]),
            shape=dict(manifest["shape"]),
            dimensions=int(manifest["dimensions"]),
            max_tokens=int(manifest["max_tokens"]),
            normalize=bool(manifest["normalize"]),
            fingerprint=str(
                listed.get(WEIGHTS, {}).get("sha256") or (path / WEIGHTS).stat().st_mtime_ns
            ),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"{path / MANIFEST} lacks or misstates {error}; export the encoder again"
        ) from error


def read_encoder_manifest(path: Path) -> dict[str, Any]:
    """What `encoder.json` of a checkpoint or of an exported folder says.

    Raises:
        ModelError: It is missing, no JSON, or of another format.
    """
    file = path / MANIFEST
    if not file.is_file():
        raise ModelError(f"{path} is no sentence encoder: it has no {MANIFEST}")
    try:
        manifest = json.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        raise ModelError(f"{file} cannot be read: {error}; export the encoder again") from error
    found = manifest if isinstance(manifest, dict) else {}
    if (found.get("kind"), found.get("format")) != ("sentence_encoder", FORMAT):
        raise ModelError(
            f"{file} says kind {found.get('kind')!r} and format {found.get('format')!r}, expected "
            f"'sentence_encoder' and {FORMAT}; export the encoder again or install a matching summae"
        )
    return found


def _kind_of(manifest: Mapping[str, Any], path: Path) -> Kind:
    shape = manifest.get("shape")
    kind = shape.get("kind") if isinstance(shape, Mapping) else None
    kinds: tuple[Kind, ...] = get_args(Kind)
    for known in kinds:
        if kind == known:
            return known
    raise ModelError(
        f"{path} holds an encoder of the kind {kind!r}; without torch these run: "
        f"{', '.join(get_args(Kind))}. Load the checkpoint with summae.representations instead"
    )
