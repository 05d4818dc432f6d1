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
_TRUE_PAIRS = "supervised.npz"
_WRITTEN = "written.npz"
"""The two files that a pack may lack."""


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

    def __add__(self, other: Ragged) -> Ragged:
        """These sequences, and after them the other ones."""
        return Ragged(
            np.concatenate([self.tokens, other.tokens]),
            np.concatenate([self.offsets, self.offsets[-1] + other.offsets[1:]]),
        )

    def __getitem__(self, index: int) -> NDArray[np.uint16]:
        return self.tokens[self.offsets[index] : self.offsets[index + 1]]


@dataclass(frozen=True)
class TruePairs:
    """Documents beside their own headlines: for upper bounds, never for a model called unpaired."""

    documents: Ragged
    headlines: Ragged
    """Headline n was written for document n."""
    headline_characters: NDArray[np.uint8]
    """Length of each headline in characters, uint8, (pairs,)."""

    def __len__(self) -> int:
        return len(self.documents)

    def save(self, directory: str | Path) -> None:
        """Write the pairs into the folder of a pack, beside what is there."""
        np.savez(
            Path(directory) / _TRUE_PAIRS,
            document_tokens=self.documents.tokens,
            document_offsets=self.documents.offsets,
            headline_tokens=self.headlines.tokens,
            headline_offsets=self.headlines.offsets,
            headline_characters=self.headline_characters,
        )


@dataclass(frozen=True)
class WrittenSummaries:
    """What a model wrote for documents of the pack; never mixed with what people wrote."""

    document: NDArray[np.int32]
    """Document of each summary; int32, (summaries,)."""
    summaries: Ragged
    characters: NDArray[np.uint8]
    """Length of each in characters, uint8, (summaries,)."""
    score: NDArray[np.float32]
    """How sure the model was: mean log-probability of its tokens, nats; float32, (summaries,)."""
    model: str
    """Which one, with the beginning of its weights' SHA-256."""

    def __len__(self) -> int:
        return len(self.summaries)

    def save(self, directory: str | Path) -> None:
        """Write them into the folder of a pack, beside what is there."""
        np.savez(
            Path(directory) / _WRITTEN,
            **_arrays(self.summaries),
            document=self.document,
            characters=self.characters,
            score=self.score,
            model=np.array(self.model),
        )


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
    validation_headlines: Ragged | None = None
    """The same as ids; None in packs of before they were kept."""
    notes: dict[str, Any] = field(default_factory=dict)
    """Counts, settings and sources, for the record."""
    supervised: TruePairs | None = None
    """True pairs, where settings asked for them; shared with nothing else in the pack."""
    written: WrittenSummaries | None = None
    """A model's summaries, where settings asked for them."""
    pairs_ranked_by: str = ""
    """Model whose summaries count in the score of pairs, with the beginning of its weights' SHA-256."""

    def save(self, directory: str | Path) -> None:
        """Write the pack into `directory`, which is created."""
        directory = Path(directory)
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "tokenizer.model").write_bytes(self.tokenizer_model)
        np.savez(directory / "documents.npz", **_arrays(self.documents))
        np.savez(
            directory / "headlines.npz",
            characters=self.headline_characters,
            source=self.headline_source,
            tokens=self.headlines.tokens,
            offsets=self.headlines.offsets,
        )
        self.save_pairs(directory)
        headlines = self.validation_headlines
        np.savez(
            directory / "validation.npz",
            **_arrays(self.validation_documents),
            **({} if headlines is None else _arrays(headlines, "headline_")),
        )
        for extra, name in ((self.supervised, _TRUE_PAIRS), (self.written, _WRITTEN)):
            if extra is None:
                (directory / name).unlink(missing_ok=True)
            else:
                extra.save(directory)
        about = {
            "format": FORMAT,
            "pieces": self.vocabulary.pieces,
            "validation_summaries": self.validation_summaries,
            "notes": self.notes,
        }
        (directory / "pack.json").write_text(
            json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8"
        )

    def save_pairs(self, directory: str | Path) -> None:
        """Write only the pseudo-pairs, in place of those that the pack in `directory` has."""
        new = Path(directory) / "pairs.new.npz"
        np.savez(
            new,
            document=self.pair_document,
            headline=self.pair_headline,
            score=self.pair_score,
            ranked_by=np.array(self.pairs_ranked_by),
        )
        new.replace(Path(directory) / "pairs.npz")

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
            validation = _read_arrays(directory / "validation.npz")
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
                validation_documents=_ragged(validation),
                validation_headlines=_ragged(validation, "headline_")
                if "headline_tokens" in validation
                else None,
                validation_summaries=about["validation_summaries"],
                notes=about["notes"],
                supervised=_true_pairs(directory / _TRUE_PAIRS),
                written=_written(directory / _WRITTEN),
                pairs_ranked_by=str(pairs.get("ranked_by", "")),
            )
        except (OSError, EOFError, BadZipFile, KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"{directory} holds no complete token pack ({error}): make one with `summae pack`"
            ) from error


def _arrays(ragged: Ragged, prefix: str = "") -> dict[str, Any]:
    return {f"{prefix}tokens": ragged.tokens, f"{prefix}offsets": ragged.offsets}


def _read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    # NumPy leaves a file open that it opened itself and found broken.
    with path.open("rb") as file, np.load(file) as arrays:
        return dict(arrays)


def _ragged(arrays: Mapping[str, NDArray[Any]], prefix: str = "") -> Ragged:
    return Ragged(arrays[f"{prefix}tokens"], arrays[f"{prefix}offsets"])


def _true_pairs(path: Path) -> TruePairs | None:
    if not path.exists():
        return None
    arrays = _read_arrays(path)
    return TruePairs(
        Ragged(arrays["document_tokens"], arrays["document_offsets"]),
        Ragged(arrays["headline_tokens"], arrays["headline_offsets"]),
        arrays["headline_characters"],
    )


def _written(path: Path) -> WrittenSummaries | None:
    if not path.exists():
        return None
    arrays = _read_arrays(path)
    return WrittenSummaries(
        arrays["document"],
        _ragged(arrays),
        arrays["characters"],
        arrays["score"],
        str(arrays["model"]),
    )
