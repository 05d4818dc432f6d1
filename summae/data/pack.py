"""The token pack: a training corpus as a few small arrays, ready for any machine.

Documents and headlines are stored as 16-bit token ids, pseudo-pairs as indices into them. A pack of
100,000 documents and 400,000 headlines is a few dozen megabytes and needs numpy alone to be read,
so a training machine needs neither the texts nor the libraries that prepared them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from summae.errors import InputError
from summae.text.vocabulary import Vocabulary

FORMAT = 1


@dataclass(frozen=True)
class Ragged:
    """Sequences of different lengths, end to end in one array."""

    tokens: NDArray[np.uint16]
    """All ids, uint16, (total,)."""
    offsets: NDArray[np.int64]
    """Where each sequence starts, and the end; int64, (N + 1,)."""

    @classmethod
    def of(cls, sequences: Sequence[Sequence[int]], *, limit: int | None = None) -> Ragged:
        """Join `sequences`, each cut to `limit` ids."""
        cut = [np.asarray(s[:limit], dtype=np.uint16) for s in sequences]
        offsets = np.zeros(len(cut) + 1, dtype=np.int64)
        np.cumsum([len(s) for s in cut], out=offsets[1:])
        return cls(np.concatenate(cut) if cut else np.zeros(0, np.uint16), offsets)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, index: int) -> NDArray[np.uint16]:
        return self.tokens[self.offsets[index] : self.offsets[index + 1]]


@dataclass(frozen=True)
class TokenPack:
    """Documents, unpaired headlines, mined pseudo-pairs and a validation set."""

    vocabulary: Vocabulary
    tokenizer_model: bytes
    """The SentencePiece model, carried along for checkpoints."""
    documents: Ragged
    headlines: Ragged
    headline_characters: NDArray[np.uint8]
    """Length of each headline in characters, uint8, (headlines,)."""
    headline_source: NDArray[np.uint8]
    """Which source each headline came from, uint8, (headlines,)."""
    pair_document: NDArray[np.int32]
    """Document of each pseudo-pair, best pair first; int32, (pairs,)."""
    pair_headline: NDArray[np.int32]
    """Headline of each pseudo-pair; int32, (pairs,)."""
    pair_score: NDArray[np.float32]
    """Mining score, falling; float32, (pairs,)."""
    validation_documents: Ragged
    validation_summaries: list[str]
    """True headlines of the validation documents: for measuring, never for learning."""
    notes: dict[str, Any] = field(default_factory=dict)
    """Counts, settings and sources, for the record."""

    def save(self, directory: str | Path) -> None:
        """Write the pack into `directory`, which is created."""
        directory = Path(directory)
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "tokenizer.model").write_bytes(self.tokenizer_model)
        _save_ragged(directory / "documents.npz", self.documents)
        np.savez(
            directory / "headlines.npz",
            characters=self.headline_characters,
            source=self.headline_source,
            tokens=self.headlines.tokens,
            offsets=self.headlines.offsets,
        )
        np.savez(
            directory / "pairs.npz",
            document=self.pair_document,
            headline=self.pair_headline,
            score=self.pair_score,
        )
        _save_ragged(directory / "validation.npz", self.validation_documents)
        about = {
            "format": FORMAT,
            "pieces": self.vocabulary.pieces,
            "validation_summaries": self.validation_summaries,
            "notes": self.notes,
        }
        (directory / "pack.json").write_text(
            json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8"
        )

    @classmethod
    def load(cls, directory: str | Path) -> TokenPack:
        """Read a pack.

        Raises:
            InputError: `directory` holds no complete pack of this format.
        """
        directory = Path(directory)
        try:
            about = json.loads((directory / "pack.json").read_text(encoding="utf-8"))
            if about["format"] != FORMAT:
                raise InputError(
                    f"{directory} is a pack of format {about['format']}, this version reads "
                    f"{FORMAT}: make it again with `summae pack`"
                )
            headlines = _read_arrays(directory / "headlines.npz")
            pairs = _read_arrays(directory / "pairs.npz")
            return cls(
                vocabulary=Vocabulary(tuple(about["pieces"])),
                tokenizer_model=(directory / "tokenizer.model").read_bytes(),
                documents=_ragged(_read_arrays(directory / "documents.npz")),
                headlines=_ragged(headlines),
                headline_characters=headlines["characters"],
                headline_source=headlines["source"],
                pair_document=pairs["document"],
                pair_headline=pairs["headline"],
                pair_score=pairs["score"],
                validation_documents=_ragged(_read_arrays(directory / "validation.npz")),
                validation_summaries=about["validation_summaries"],
                notes=about["notes"],
            )
        except (OSError, EOFError, BadZipFile, KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"{directory} holds no complete token pack ({error}): make one with `summae pack`"
            ) from error


def _save_ragged(path: Path, ragged: Ragged) -> None:
    np.savez(path, tokens=ragged.tokens, offsets=ragged.offsets)


def _read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    # NumPy leaves a file open that it opened itself and found broken.
    with path.open("rb") as file, np.load(file) as arrays:
        return dict(arrays)


def _ragged(arrays: Mapping[str, NDArray[Any]]) -> Ragged:
    return Ragged(arrays["tokens"], arrays["offsets"])
