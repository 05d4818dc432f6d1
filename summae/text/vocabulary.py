"""The pieces of a tokenizer and what they spell: all that training needs, in plain Python.

A machine that only trains has token ids and no SentencePiece; `Vocabulary` turns ids back into text
there, and `summae.text.tokenizer.Tokenizer` shares its special tokens.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

PAD_ID, UNK_ID, BOS_ID, EOS_ID = 0, 1, 2, 3

LENGTH_STEP = 2
"""Width of a length bucket in characters."""
LENGTH_BUCKETS = tuple(range(6, 41, LENGTH_STEP))
"""Lengths in characters for which there is a token."""
MASK = "<mask>"
OPEN_LENGTH = MASK
"""In the place of a length token: as long as it takes."""
CONTROL_TOKENS = (
    *(f"<len_{bucket}>" for bucket in LENGTH_BUCKETS),
    *(f"<style_{number}>" for number in range(8)),
    MASK,
)
WORD_START = "▁"
"""How pieces spell a space."""


def nearest_bucket(characters: int) -> int:
    """The length in `LENGTH_BUCKETS` nearest to `characters`; of two equally near the shorter.

    >>> nearest_bucket(19), nearest_bucket(300)
    (18, 40)
    """
    return min(LENGTH_BUCKETS, key=lambda bucket: (abs(bucket - characters), bucket))


def length_token(characters: int) -> str:
    """The token that asks for a summary of about so many characters.

    >>> length_token(20)
    '<len_20>'
    """
    return f"<len_{nearest_bucket(characters)}>"


@dataclass(frozen=True)
class Vocabulary:
    """Pieces in the order of their ids."""

    pieces: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.pieces)

    @cached_property
    def ids(self) -> dict[str, int]:
        """Id of each piece."""
        return {piece: index for index, piece in enumerate(self.pieces)}

    def length_id(self, characters: int) -> int:
        """Id of `length_token(characters)`."""
        return self.ids[length_token(characters)]

    def decode(self, ids: Iterable[int]) -> str:
        """Text of `ids`; special and control tokens leave no trace, byte pieces are joined."""
        raw = b"".join(self._bytes[int(index)] for index in ids)
        return raw.decode("utf-8", errors="replace").replace(WORD_START, " ").strip()

    @cached_property
    def _bytes(self) -> tuple[bytes, ...]:
        silent = {"<pad>", "<s>", "</s>", *CONTROL_TOKENS}
        return tuple(b"" if piece in silent else _spelled(piece) for piece in self.pieces)


def _spelled(piece: str) -> bytes:
    if len(piece) == 6 and piece.startswith("<0x") and piece.endswith(">"):
        return bytes([int(piece[3:5], 16)])
    return piece.encode("utf-8")
