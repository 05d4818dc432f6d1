"""Any model that transformers loads, with its tokenizer or ours, for those who judge by one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from summae.errors import ModelError, needs_extra
from summae.text.script import to_simplified
from summae.text.tokenizer import FILE_NAME, Tokenizer

if TYPE_CHECKING:
    from torch import Tensor

_LONGEST = 512
"""Tokens of a text that are read; few encoders have more positions."""


@dataclass(frozen=True)
class Batch:
    """Padded ids and where they are real, both (B, T) int64."""

    ids: Tensor
    mask: Tensor


class Encoder:
    """Texts to ids, by our tokenizer if the model's folder has one, else by transformers'.

    Args:
        path: A model folder.
        model: What was loaded from it: longer texts than it has positions for are cut.

    Raises:
        ModelError: There is no tokenizer, or it has more pieces than the model.
    """

    def __init__(self, path: str | Path, model: Any = None) -> None:
        config = getattr(model, "config", None)
        positions = getattr(config, "max_position_embeddings", _LONGEST)
        self._longest = min(positions, _LONGEST)
        self._ours: Tokenizer | None = None
        self._theirs: Any = None
        folder = tokenizer_folder(path)
        if (folder / FILE_NAME).is_file():
            self._ours = Tokenizer.from_dir(folder)
            pieces, known = self._ours.vocab_size, getattr(config, "vocab_size", None)
            if known is not None and known < pieces:
                raise ModelError(
                    f"{path} knows {known} pieces, the tokenizer in {folder} has {pieces}: they do "
                    "not belong together"
                )
            self._pad = self._ours.pad_id
            self._special = frozenset({self._ours.bos_id, self._ours.eos_id})
        else:
            self._theirs = _load(path, "AutoTokenizer")
            self._pad = _first(self._theirs.pad_token_id, self._theirs.eos_token_id)
            self._special = frozenset(self._theirs.all_special_ids)

    def batch(self, texts: Sequence[str], *, begins: bool = False) -> Batch:
        """Encode texts with the special tokens that the model knows.

        Args:
            texts: Normalised texts.
            begins: There is a begin token in front and an end token behind, if the tokenizer has them.
        """
        import torch

        rows = [self._ids(text, begins) for text in texts]
        width = max(1, *map(len, rows))
        ids = torch.full((len(rows), width), self._pad)
        mask = torch.zeros(len(rows), width, dtype=torch.int64)
        for place, row in enumerate(rows):
            ids[place, : len(row)] = torch.tensor(row, dtype=torch.int64)
            mask[place, : len(row)] = 1
        return Batch(ids, mask)

    def is_special(self, ids: Tensor) -> Tensor:
        """Where no text stands, (B, T) bool."""
        import torch

        return torch.isin(ids, torch.tensor(sorted(self._special), dtype=torch.int64))

    def _ids(self, text: str, begins: bool) -> list[int]:
        if self._ours is not None:
            begin = [self._ours.bos_id] if begins else []
            # Our models know simplified characters only.
            pieces = self._ours.encode(to_simplified(text))[: self._longest - 2]
            return [*begin, *pieces, self._ours.eos_id]
        tokenizer = self._theirs
        if not begins:
            found: list[int] = tokenizer(text, truncation=True, max_length=self._longest).input_ids
            return found or [_first(tokenizer.eos_token_id, self._pad)]
        bare = tokenizer(
            text, add_special_tokens=False, truncation=True, max_length=self._longest - 2
        )
        first = _first(tokenizer.bos_token_id, tokenizer.cls_token_id, tokenizer.eos_token_id)
        last = _first(tokenizer.eos_token_id, tokenizer.sep_token_id, first)
        return [first, *bare.input_ids, last]


def tokenizer_folder(path: str | Path) -> Path:
    """Where the tokenizer of a model lies: beside it, or, of a player in a game, one folder up."""
    folder = Path(path)
    above = folder.resolve().parent
    is_without = folder.is_dir() and not [*folder.glob("tokenizer*"), *folder.glob("vocab*")]
    return above if is_without and (above / FILE_NAME).is_file() else folder


def load_model(path: str | Path, kind: str) -> Any:
    """A model in evaluation mode and single precision.

    Args:
        path: Its folder, or its name in the cache of the hub.
        kind: The class of transformers that loads it, such as `AutoModelForCausalLM`.

    Raises:
        ModelError: There is no such model, or it is of another kind.
        MissingExtraError: If torch or transformers is not installed.
    """
    with needs_extra("judging with a trained model", "train"):
        import torch
    return _load(path, kind, dtype=torch.float32).eval()


def _load(path: str | Path, kind: str, **settings: object) -> Any:
    with needs_extra("judging with a trained model", "train"):
        import transformers
    try:
        return getattr(transformers, kind).from_pretrained(
            os.fspath(path), local_files_only=True, **settings
        )
    except (OSError, ValueError, KeyError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ModelError(f"{path} is no model that transformers.{kind} loads: {reason}") from error


def _first(*candidates: int | None) -> int:
    """The first id that the tokenizer has."""
    return next((candidate for candidate in candidates if candidate is not None), 0)
