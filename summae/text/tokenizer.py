"""Text to token ids and back: one SentencePiece model, used by training and by the runtime alike.

Nothing is out of vocabulary: a character that the model has not met becomes its UTF-8 bytes.
Besides pad, unknown, begin and end there are control tokens that never occur in text:

* length tokens `<len_6>` … `<len_40>`: the first token a generator writes; it states how many
  characters the summary will have, and fixing it asks for a length;
* style tokens `<style_0>` … `<style_7>` and `<mask>`: for noise and for later recipes.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal

import sentencepiece

from summae.errors import InputError, ModelError
from summae.text.vocabulary import (
    BOS_ID,
    CONTROL_TOKENS,
    EOS_ID,
    MASK,
    PAD_ID,
    UNK_ID,
    WORD_START,
    Vocabulary,
    length_token,
)

FILE_NAME = "tokenizer.model"
Kind = Literal["unigram", "character"]


class Tokenizer:
    """A SentencePiece model with the special tokens of summae.

    Args:
        serialized: The bytes of a SentencePiece model file.

    Raises:
        ModelError: The bytes are no SentencePiece model, or one without our control tokens.
    """

    pad_id, unk_id, bos_id, eos_id = PAD_ID, UNK_ID, BOS_ID, EOS_ID

    def __init__(self, serialized: bytes) -> None:
        self.serialized = serialized
        self._processor = sentencepiece.SentencePieceProcessor()
        try:
            self._processor.LoadFromSerializedProto(serialized)
        except (RuntimeError, OSError) as error:
            raise ModelError(
                f"not a SentencePiece model ({error}); copy or export the model again"
            ) from error
        self.control_ids = frozenset(self._processor.piece_to_id(t) for t in CONTROL_TOKENS)
        # A foreign model gives them the id of its unknown piece, whichever that is.
        if self._processor.unk_id() in self.control_ids:
            raise ModelError(
                "the SentencePiece model lacks summae's length tokens; "
                "train one with Tokenizer.train or `summae pack`"
            )
        self.mask_id: int = self._processor.piece_to_id(MASK)

    @classmethod
    def from_file(cls, path: str | Path) -> Tokenizer:
        """Read a `.model` file.

        Raises:
            ModelError: The file is missing or broken.
        """
        try:
            return cls(Path(path).read_bytes())
        except OSError as error:
            raise ModelError(f"cannot read the tokenizer {path}: {error.strerror}") from error
        except ModelError as error:
            raise ModelError(f"{path}: {error}") from error

    @classmethod
    def from_dir(cls, directory: str | Path) -> Tokenizer:
        """Read the tokenizer of a model folder."""
        return cls.from_file(Path(directory) / FILE_NAME)

    @classmethod
    def train(
        cls,
        texts: Iterable[str],
        *,
        vocabulary_size: int,
        kind: Kind = "unigram",
        character_coverage: float = 0.9995,
    ) -> Tokenizer:
        """Learn a vocabulary from normalised texts.

        Digits are separate tokens, so that a number never seen can be copied exactly.

        Args:
            texts: Normalised texts, one sentence or headline each.
            vocabulary_size: Upper bound, special tokens and the 256 bytes included; small corpora
                yield fewer pieces.
            kind: Pieces of up to six characters (unigram; Kudo, 2018, arXiv 1804.10959), or the most
                frequent characters alone.
            character_coverage: Share of character occurrences that get a piece of their own.

        Raises:
            InputError: There are no texts, or more characters than pieces.
        """
        written = io.BytesIO()
        try:
            cls._train(texts, written, vocabulary_size, kind, character_coverage)
        except RuntimeError as error:
            reason = str(error).rpartition("] ")[2].strip() or "no texts, or no pieces"
            raise InputError(
                f"no tokenizer of {vocabulary_size} pieces can be learned from these texts "
                f"(SentencePiece: {reason}): all frequent characters, 256 bytes and the special tokens need "
                "a piece each; raise vocabulary_size, or give other texts"
            ) from error
        return cls(written.getvalue())

    @classmethod
    def _train(
        cls,
        texts: Iterable[str],
        written: io.BytesIO,
        vocabulary_size: int,
        kind: Kind,
        character_coverage: float,
    ) -> None:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(texts),
            model_writer=written,
            model_type="char" if kind == "character" else "unigram",
            vocab_size=vocabulary_size,
            hard_vocab_limit=False,
            character_coverage=character_coverage,
            byte_fallback=True,
            split_digits=True,
            normalization_rule_name="identity",
            add_dummy_prefix=False,
            remove_extra_whitespaces=False,
            max_sentence_length=8192,
            max_sentencepiece_length=6,
            pad_id=cls.pad_id,
            unk_id=cls.unk_id,
            bos_id=cls.bos_id,
            eos_id=cls.eos_id,
            pad_piece="<pad>",
            control_symbols=list(CONTROL_TOKENS),
            num_threads=2,
            minloglevel=2,
        )

    def save(self, directory: str | Path) -> Path:
        """Write `tokenizer.model` into `directory` and return its path."""
        path = Path(directory) / FILE_NAME
        path.write_bytes(self.serialized)
        return path

    @property
    def vocab_size(self) -> int:
        """Number of pieces, special ones included."""
        return int(self._processor.get_piece_size())

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The pieces, in the order of ids."""
        pieces = (self._processor.id_to_piece(index) for index in range(self.vocab_size))
        return Vocabulary(tuple(pieces))

    def encode(self, text: str) -> list[int]:
        """Ids of a normalised text, without special tokens."""
        return list(self._processor.encode(text))

    def encode_batch(self, texts: Sequence[str]) -> list[list[int]]:
        """Ids of many texts, in their order; much faster than one at a time."""
        return list(self._processor.encode(list(texts), num_threads=2))

    def decode(self, ids: Iterable[int]) -> str:
        """Text of `ids`; special and control tokens leave no trace."""
        text = str(self._processor.decode([int(i) for i in ids]))
        # A vocabulary learned without spaces has none, and spells them in bytes.
        return text.replace(WORD_START, " ").strip()

    def encode_pieces(self, text: str) -> list[str]:
        """Pieces of a normalised text, as the runtime wants them."""
        return list(self._processor.encode(text, out_type=str))

    def decode_pieces(self, pieces: Iterable[str]) -> str:
        """Text of `pieces`; special and control tokens leave no trace."""
        return self.decode(self._processor.piece_to_id(piece) for piece in pieces)

    def length_token(self, characters: int) -> str:
        """The length token nearest to `characters`; of two equally near the shorter."""
        return length_token(characters)

    def length_id(self, characters: int) -> int:
        """Id of `length_token(characters)`."""
        return int(self._processor.piece_to_id(self.length_token(characters)))

    def __reduce__(self) -> tuple[type[Tokenizer], tuple[bytes]]:
        """Pickle as bytes, so that worker processes can have their own."""
        return Tokenizer, (self.serialized,)
