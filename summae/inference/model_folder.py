"""Find a model folder and make sure, before anything is loaded, that it is whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, BinaryIO, Literal

from summae.errors import ModelError
from summae.inference.arguments import check_model
from summae.inference.options import DecodingOptions
from summae.inference.reranking import Scorer

MANIFEST = "summae.json"
FORMAT = 1
DEFAULT_MODEL = "zh-news"

_BLOCK = 1 << 20
"""Bytes read at a time: a checkpoint may be larger than the memory to spare."""

BackendName = Literal["ctranslate2", "torch"]

_WEIGHTS: dict[BackendName, str] = {"ctranslate2": "model.bin", "torch": "model.safetensors"}
_NEEDED: dict[BackendName, tuple[str, ...]] = {
    "ctranslate2": ("model.bin", "config.json", "shared_vocabulary.json", "tokenizer.model"),
    "torch": ("model.safetensors", "config.json", "tokenizer.model"),
}


@dataclass(frozen=True)
class ModelFolder:
    """A complete model on disk: for the CTranslate2 runtime, or a training checkpoint for torch."""

    path: Path
    name: str
    backend: BackendName
    max_source_tokens: int
    """Tokens of a document that the model reads, the end token included."""
    decoding: DecodingOptions
    scorer: Scorer
    """What chooses among candidates."""
    fingerprint: str
    """Changes when the weights change; keeps caches of `Dataset.map` honest."""


def open_model_folder(
    name_or_path: str | Path | None = None,
    *,
    backend: Literal["auto", "ctranslate2", "torch"] = "auto",
    verify: bool = True,
) -> ModelFolder:
    """Locate a model and check that no file is missing or cut short.

    Args:
        name_or_path: A folder, the name of a model inside this package, or None for the default.
        backend: "auto" takes what the folder holds, the CTranslate2 runtime first.
        verify: Compare SHA-256 sums too, which reads every file: some 10 milliseconds for 9 MB.

    Raises:
        ModelError: There is no such model, or it is incomplete, changed or of another format.
        ValueError: An argument is of the wrong kind.
    """
    check_model(name_or_path)
    path = locate(name_or_path)
    chosen = _choose_backend(path, backend)
    manifest = _read_manifest(path, is_required=chosen == "ctranslate2")
    listed = listed_files(manifest, path / MANIFEST)
    check_files(path, {name: {} for name in _NEEDED[chosen]} | dict(listed), verify=verify)
    try:
        decoding = DecodingOptions.from_mapping(
            {"max_target_tokens": manifest.get("max_target_tokens", 40)}
            | manifest.get("decoding", {})
        )
        scorer = Scorer.from_mapping(manifest.get("scorer", {}))
        max_source_tokens = int(manifest.get("max_source_tokens", 128))
    except (TypeError, ValueError) as error:
        raise ModelError(
            f"{path / MANIFEST}: {error}; correct it, or copy or export the model again"
        ) from error
    weights = path / _WEIGHTS[chosen]
    return ModelFolder(
        path=path,
        name=str(manifest.get("name", path.name)),
        backend=chosen,
        max_source_tokens=max_source_tokens,
        decoding=decoding,
        scorer=scorer,
        fingerprint=str(listed.get(weights.name, {}).get("sha256") or weights.stat().st_mtime_ns),
    )


def locate(
    name_or_path: str | Path | None, *, default: str = DEFAULT_MODEL, manifest: str = MANIFEST
) -> Path:
    """The folder of a model: one that is named, one of this package's, or the default.

    Args:
        name_or_path: A folder, the name of a model inside this package, or None.
        default: Name of the model that None stands for.
        manifest: File by which models of this sort are told from others in the package.

    Raises:
        ModelError: There is no such folder.
    """
    assets = Path(str(files("summae"))) / "assets"
    if name_or_path is None:
        path = assets / default
        if not path.is_dir():
            raise ModelError(
                f"this installation of summae lacks its default model {default!r} (expected "
                f"in {path}); install a released wheel, or name a model folder"
            )
        return path
    path = Path(name_or_path)
    if path.is_dir():
        return path.resolve()
    if path.exists():
        raise ModelError(f"{path} is a file; a model is the folder that `summae export` writes")
    named = assets / str(name_or_path)
    if len(path.parts) == 1 and named.is_dir():
        return named
    available = sorted(entry.parent.name for entry in assets.glob(f"*/{manifest}"))
    raise ModelError(
        f"there is no model {str(name_or_path)!r}: no such folder, and the models in this package "
        f"are {', '.join(available) or 'none'}"
    )


def _choose_backend(path: Path, backend: Literal["auto", "ctranslate2", "torch"]) -> BackendName:
    if backend not in ("auto", *_NEEDED):
        raise ValueError(f"backend is 'auto', 'ctranslate2' or 'torch', got {backend!r}")
    if backend != "auto":
        return backend
    if (path / MANIFEST).exists() or (path / _WEIGHTS["ctranslate2"]).exists():
        # A manifest without weights is a broken runtime folder, unless it is a checkpoint's.
        has_only_checkpoint = (path / _WEIGHTS["torch"]).exists() and not (
            path / _WEIGHTS["ctranslate2"]
        ).exists()
        return "torch" if has_only_checkpoint else "ctranslate2"
    if (path / _WEIGHTS["torch"]).exists():
        return "torch"
    raise ModelError(
        f"{path} is no model folder: it has neither {MANIFEST} (a runtime folder, written by "
        f"`summae export`) nor {_WEIGHTS['torch']} (a training checkpoint)"
    )


def _read_manifest(path: Path, *, is_required: bool) -> Mapping[str, Any]:
    file = path / MANIFEST
    if not file.exists():
        if is_required:
            raise ModelError(f"{path} lacks {MANIFEST}; write the folder anew with `summae export`")
        return {}
    try:
        manifest = json.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{file} cannot be read: {error}; copy or export the model again"
        ) from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        found = manifest.get("format") if isinstance(manifest, dict) else None
        raise ModelError(
            f"{file} says format {found!r}, this summae reads format {FORMAT}; "
            "export the model again or install a matching summae"
        )
    return manifest


def listed_files(manifest: Mapping[str, Any], place: Path) -> Mapping[str, Mapping[str, Any]]:
    """Bytes and SHA-256 sum of each file that a manifest lists.

    Raises:
        ModelError: Its list is none; `place` is the manifest's, for the message.
    """
    listed = manifest.get("files", {})
    if not isinstance(listed, dict) or not all(isinstance(f, dict) for f in listed.values()):
        raise ModelError(
            f"{place}: files maps each name to its bytes and sha256; copy or export the model again"
        )
    return listed


def check_files(path: Path, expected: Mapping[str, Mapping[str, Any]], *, verify: bool) -> None:
    """Compare the files of a model folder with what its manifest says of them.

    Args:
        path: The folder.
        expected: Bytes and SHA-256 sum of each file, as far as they are known.
        verify: Compare the sums too, which reads every file.

    Raises:
        ModelError: A file is missing, cut short, changed or unreadable.
    """
    for name, facts in expected.items():
        file = path / name
        if not file.is_file():
            raise ModelError(f"the model {path} lacks {name}; copy or export it again")
        size = file.stat().st_size
        if "bytes" in facts and size != facts["bytes"]:
            raise ModelError(
                f"{file} has {size} bytes instead of {facts['bytes']}: it was cut short or changed; "
                "copy or export the model again"
            )
        try:
            with file.open("rb") as opened:
                digest = _sha256(opened) if verify and "sha256" in facts else None
        except OSError as error:
            raise ModelError(
                f"{file} cannot be read: {error.strerror}; let your user read it, or copy the model "
                "to a folder of your own"
            ) from error
        if digest is not None and digest != facts["sha256"]:
            raise ModelError(
                f"{file} has another SHA-256 than its manifest says: it was changed; "
                "copy or export the model again"
            )


def _sha256(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while block := file.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()
