"""A model folder is checked before anything is loaded, and the message says what to do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from summae.errors import ModelError
from summae.inference.model_folder import DEFAULT_MODEL, open_model_folder


@pytest.fixture
def broken(tiny_runtime: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model, to be broken."""
    return Path(shutil.copytree(tiny_runtime, tmp_path / "broken"))


def test_settings_come_from_the_manifest(tiny_runtime: Path) -> None:
    folder = open_model_folder(tiny_runtime, verify=True)
    assert (folder.name, folder.backend, folder.max_source_tokens) == ("tiny", "ctranslate2", 64)
    assert (folder.decoding.beam_size, folder.decoding.max_target_tokens) == (2, 24)


def test_a_checkpoint_needs_no_manifest(tiny_checkpoint: Path) -> None:
    assert open_model_folder(tiny_checkpoint).backend == "torch"


def test_a_name_that_is_nowhere_is_repeated() -> None:
    with pytest.raises(ModelError, match="no model 'nowhere/tiny'"):
        open_model_folder("nowhere/tiny")


def test_a_file_is_no_model(tmp_path: Path) -> None:
    file = tmp_path / "model.bin"
    file.write_bytes(b"")
    with pytest.raises(ModelError, match="is a file"):
        open_model_folder(file)


def test_a_folder_of_something_else_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is no model folder"):
        open_model_folder(tmp_path)


@pytest.mark.parametrize(
    "name", ["model.bin", "config.json", "shared_vocabulary.json", "tokenizer.model", "summae.json"]
)
def test_a_missing_file_is_named(broken: Path, name: str) -> None:
    (broken / name).unlink()
    with pytest.raises(ModelError, match=f"lacks {name}"):
        open_model_folder(broken)


@pytest.mark.parametrize("name", ["model.bin", "tokenizer.model"])
def test_a_file_that_was_cut_short_is_named(broken: Path, name: str) -> None:
    whole = (broken / name).read_bytes()
    (broken / name).write_bytes(whole[:-100])
    with pytest.raises(ModelError, match=rf"{name} has {len(whole) - 100} bytes instead of"):
        open_model_folder(broken)


@pytest.mark.parametrize("name", ["model.bin", "tokenizer.model"])
def test_a_flipped_bit_is_found_unless_told_not_to_look(broken: Path, name: str) -> None:
    content = bytearray((broken / name).read_bytes())
    content[-1] ^= 1
    (broken / name).write_bytes(content)
    open_model_folder(broken, verify=False)
    with pytest.raises(ModelError, match=f"{name} has another SHA-256 .* copy or export"):
        open_model_folder(broken)


def test_a_file_that_may_not_be_read_says_so(broken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def refuse(self: Path, *arguments: str, **options: str) -> object:
        # Permissions do not bind an administrator, who may be running this.
        if self.name == "model.bin":
            raise PermissionError(13, "Permission denied")
        return opened(self, *arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ModelError, match=r"model.bin cannot be read: Permission denied; let"):
        open_model_folder(broken)


@pytest.mark.parametrize("value", [5, True, b"zh-news", ["zh-news"]])
def test_what_is_no_name_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="name_or_path is a folder, .* got "):
        open_model_folder(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ("{", "cannot be read: .*; copy or export the model again"),
        ("[]", "format None"),
        ('{"format": 2}', "format 2"),
        ('{"format": 1, "decoding": {"beam_sise": 4}}', "beam_sise.* copy or export"),
        ('{"format": 1, "files": ["model.bin"]}', "files maps each name"),
        ('{"format": 1, "files": {"model.bin": 7}}', "files maps each name"),
    ],
)
def test_a_manifest_that_cannot_be_used_is_refused(
    broken: Path, manifest: str, message: str
) -> None:
    (broken / "summae.json").write_text(manifest)
    with pytest.raises(ModelError, match=message):
        open_model_folder(broken)


def test_the_fingerprint_is_that_of_the_weights(tiny_runtime: Path) -> None:
    manifest = json.loads((tiny_runtime / "summae.json").read_text())
    expected = manifest["files"]["model.bin"]["sha256"]
    assert open_model_folder(tiny_runtime).fingerprint == expected


def test_the_model_in_the_package_is_whole() -> None:
    try:
        folder = open_model_folder(verify=True)
    except ModelError as error:
        if "lacks its default model" not in str(error):
            raise
        pytest.skip("this checkout has no default model yet (summae/assets/zh-news)")
    assert folder.name == DEFAULT_MODEL
