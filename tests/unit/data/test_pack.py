"""A pack on disk is the pack in memory, and a broken one is refused with the command that mends it."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from summae.data.pack import Ragged, TokenPack, TruePairs, WrittenSummaries
from summae.errors import InputError


def test_ragged_gives_each_sequence_back() -> None:
    ragged = Ragged.of([[1, 2, 3], [], [65_535]])
    assert len(ragged) == 3
    assert [ragged[n].tolist() for n in range(3)] == [[1, 2, 3], [], [65_535]]
    assert ragged.tokens.dtype == np.uint16


def test_ragged_cuts_to_the_limit() -> None:
    assert [s.tolist() for s in map(Ragged.of([[1, 2, 3], [4]], limit=2).__getitem__, (0, 1))] == [
        [1, 2],
        [4],
    ]


def test_ragged_of_nothing_is_empty() -> None:
    assert len(Ragged.of([])) == 0


def test_saving_and_loading_changes_nothing(tiny_pack: TokenPack, tmp_path: Path) -> None:
    tiny_pack.save(tmp_path / "pack")
    loaded = TokenPack.load(tmp_path / "pack")
    for field in fields(TokenPack):
        before, after = getattr(tiny_pack, field.name), getattr(loaded, field.name)
        if isinstance(before, Ragged):
            np.testing.assert_array_equal(before.tokens, after.tokens, strict=True)
            np.testing.assert_array_equal(before.offsets, after.offsets, strict=True)
        elif isinstance(before, np.ndarray):
            np.testing.assert_array_equal(before, after, strict=True)
        else:
            assert before == after, field.name


@pytest.mark.parametrize(
    "name", ["pack.json", "tokenizer.model", "documents.npz", "pairs.npz", "validation.npz"]
)
def test_pack_without_one_of_its_files_is_refused(
    tiny_pack: TokenPack, tmp_path: Path, name: str
) -> None:
    tiny_pack.save(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(InputError, match="no complete token pack .* `summae pack`"):
        TokenPack.load(tmp_path)


@pytest.mark.parametrize("name", ["pack.json", "documents.npz", "headlines.npz"])
@pytest.mark.parametrize("kept", [0, 200])
def test_pack_that_was_cut_short_is_refused(
    tiny_pack: TokenPack, tmp_path: Path, name: str, kept: int
) -> None:
    tiny_pack.save(tmp_path)
    file = tmp_path / name
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.raises(InputError, match="no complete token pack"):
        TokenPack.load(tmp_path)


def test_pack_of_another_format_is_refused(tiny_pack: TokenPack, tmp_path: Path) -> None:
    tiny_pack.save(tmp_path)
    about = json.loads((tmp_path / "pack.json").read_text("utf-8"))
    (tmp_path / "pack.json").write_text(json.dumps(about | {"format": 9}), encoding="utf-8")
    with pytest.raises(InputError, match="is a pack of format 9, this version reads 1"):
        TokenPack.load(tmp_path)


TRUE_PAIRS = TruePairs(
    Ragged.of([[300, 301], [302]]), Ragged.of([[303], [304, 305]]), np.array([6, 9], dtype=np.uint8)
)


def test_true_pairs_come_back_and_lie_in_a_file_of_their_own(
    tiny_pack: TokenPack, tmp_path: Path
) -> None:
    replace(tiny_pack, supervised=TRUE_PAIRS).save(tmp_path / "with")
    tiny_pack.save(tmp_path / "without")
    loaded = TokenPack.load(tmp_path / "with").supervised
    assert loaded is not None
    assert [loaded.documents[n].tolist() for n in (0, 1)] == [[300, 301], [302]]
    assert [loaded.headlines[n].tolist() for n in (0, 1)] == [[303], [304, 305]]
    assert loaded.headline_characters.tolist() == [6, 9]
    for file in (tmp_path / "without").iterdir():
        assert file.read_bytes() == (tmp_path / "with" / file.name).read_bytes()


def test_an_unpaired_pack_saved_over_another_leaves_no_true_pairs(
    tiny_pack: TokenPack, tmp_path: Path
) -> None:
    replace(tiny_pack, supervised=TRUE_PAIRS).save(tmp_path)
    tiny_pack.save(tmp_path)
    assert TokenPack.load(tmp_path).supervised is None


def test_true_pairs_that_were_cut_short_are_refused(tiny_pack: TokenPack, tmp_path: Path) -> None:
    replace(tiny_pack, supervised=TRUE_PAIRS).save(tmp_path)
    file = tmp_path / "supervised.npz"
    file.write_bytes(file.read_bytes()[:200])
    with pytest.raises(InputError, match="no complete token pack"):
        TokenPack.load(tmp_path)


WRITTEN = WrittenSummaries(
    np.array([5, 2], dtype=np.int32),
    Ragged.of([[303], [304, 305]]),
    np.array([6, 9], dtype=np.uint8),
    np.array([-0.25, -0.5], dtype=np.float32),
    "模型@0123",
)


def test_summaries_of_a_model_come_back_and_lie_in_a_file_of_their_own(
    tiny_pack: TokenPack, tmp_path: Path
) -> None:
    replace(tiny_pack, written=WRITTEN).save(tmp_path)
    loaded = TokenPack.load(tmp_path).written
    assert loaded is not None
    assert loaded.document.tolist() == [5, 2]
    assert [loaded.summaries[n].tolist() for n in (0, 1)] == [[303], [304, 305]]
    assert loaded.characters.tolist() == [6, 9]
    assert loaded.score.tolist() == [-0.25, -0.5]
    assert loaded.model == "模型@0123"
    tiny_pack.save(tmp_path)
    assert TokenPack.load(tmp_path).written is None


def test_one_ragged_array_after_the_other() -> None:
    joined = Ragged.of([[1, 2], []]) + Ragged.of([[3], [4, 5]])
    assert [joined[n].tolist() for n in range(len(joined))] == [[1, 2], [], [3], [4, 5]]
