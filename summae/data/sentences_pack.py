"""The sentence pack: documents as sequences of sentences, in a few small arrays.

What sentence encoders learn from. As a token pack it needs numpy alone to be read, so a training
machine needs neither the texts nor the libraries that prepared them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from summae.data.pack import Ragged
from summae.data.settings import SentencePackSettings
from summae.errors import InputError
from summae.text.vocabulary import Vocabulary

FORMAT = 1


@dataclass(frozen=True)
class SentencePack:
    """Documents of one or several sets, sentence by sentence."""

    sentences: Ragged
    """Ids of all sentences without special tokens, document after document."""
    document_starts: NDArray[np.int64]
    """First sentence of each document, and the end; int64, (documents + 1,)."""
    sets: NDArray[np.int16]
    """Set of each document, a place in `set_names`; int16, (documents,)."""
    set_names: tuple[str, ...]
    """What the column `set` says; where there is none the sources, or one empty name for one."""
    dates: NDArray[np.int32]
    """Days since 1970-01-01, -1 where none is known; int32, (documents,)."""
    is_held_out: NDArray[np.bool_]
    """What is measured on and never learned from, (documents,)."""
    vocabulary: Vocabulary
    tokenizer_model: bytes
    """The SentencePiece model, carried along for checkpoints."""
    notes: dict[str, Any] = field(default_factory=dict)
    """Counts, settings and sources, for the record."""

    def __len__(self) -> int:
        """Documents."""
        return len(self.document_starts) - 1

    @property
    def sentence_counts(self) -> NDArray[np.int64]:
        """Sentences of each document, (documents,)."""
        return np.diff(self.document_starts)

    def save(self, directory: str | Path) -> None:
        """Write the pack into `directory`, which is created."""
        directory = Path(directory)
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "tokenizer.model").write_bytes(self.tokenizer_model)
        np.savez(
            directory / "sentences.npz",
            tokens=self.sentences.tokens,
            offsets=self.sentences.offsets,
            document_starts=self.document_starts,
            sets=self.sets,
            dates=self.dates,
            is_held_out=self.is_held_out,
        )
        about = {
            "format": FORMAT,
            "kind": "sentences",
            "pieces": self.vocabulary.pieces,
            "set_names": self.set_names,
            "notes": self.notes,
        }
        (directory / "pack.json").write_text(
            json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8"
        )

    @classmethod
    def load(cls, directory: str | Path) -> SentencePack:
        """Read a pack.

        Raises:
            InputError: `directory` holds no complete sentence pack of this format.
        """
        directory = Path(directory)
        try:
            about = json.loads((directory / "pack.json").read_text(encoding="utf-8"))
            if about.get("kind") != "sentences" or about["format"] != FORMAT:
                raise InputError(
                    f"{directory} is a pack of kind {about.get('kind', 'tokens')!r}, format "
                    f"{about['format']}; sentence encoders read kind 'sentences', format {FORMAT}: "
                    "name another folder, or make it again with `summae pack`"
                )
            # NumPy leaves a file open that it opened itself and found broken.
            with (directory / "sentences.npz").open("rb") as file, np.load(file) as arrays:
                return cls(
                    sentences=Ragged(arrays["tokens"], arrays["offsets"]),
                    document_starts=arrays["document_starts"],
                    sets=arrays["sets"],
                    set_names=tuple(about["set_names"]),
                    dates=arrays["dates"],
                    is_held_out=arrays["is_held_out"],
                    vocabulary=Vocabulary(tuple(about["pieces"])),
                    tokenizer_model=(directory / "tokenizer.model").read_bytes(),
                    notes=about["notes"],
                )
        except (OSError, EOFError, BadZipFile, KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"{directory} holds no complete sentence pack ({error}): make one with `summae pack`"
            ) from error


def build_sentence_pack(
    settings: SentencePackSettings, progress: Callable[[str, int, int], None] | None = None
) -> SentencePack:
    """Prepare a corpus of sentences; needs what prepares texts.

    Args:
        settings: Sources and sizes.
        progress: Called with (stage, done, in all).

    Raises:
        InputError: Sources are missing or hold no usable document.
    """
    # Reading a pack needs neither datasets nor SentencePiece.
    from summae.data.prepare_sentences import prepare_sentences

    return prepare_sentences(settings, progress)
