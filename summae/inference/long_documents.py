"""Choose what the model reads of a document of any length, without ever looking at all of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from summae.text.normalize import clean_document

if TYPE_CHECKING:
    from summae.text.tokenizer import Tokenizer

# A piece of the vocabulary holds at most 6 characters; the rest is room for the white space,
# markup and datelines that cleaning removes.
_CHARACTERS_PER_TOKEN = 16
_ROOM_FOR_CLEANING = 2000


@dataclass(frozen=True)
class Opening:
    """The cleaned beginning of a document, as far as any model could read it."""

    text: str
    """One line, in the document's own script."""
    characters: int
    """Code points of the whole document; of an unread rest, before normalisation."""
    is_whole: bool
    """Nothing was left out."""


def opening(document: str, max_source_tokens: int) -> Opening:
    """Clean the first few thousand characters; a million more cost nothing.

    News puts the matter first, so the beginning is the best single choice; the training documents
    were cut in the same place.

    Args:
        document: Any text; it may be empty.
        max_source_tokens: Tokens that the model can read.
    """
    limit = max_source_tokens * _CHARACTERS_PER_TOKEN + _ROOM_FOR_CLEANING
    start = _first_visible(document)
    end = start + limit
    text = clean_document(document[start:end])
    if not text and end < len(document):
        # Thousands of invisible characters come first: rare enough to pay for the whole text.
        start, end = 0, len(document)
        text = clean_document(document)
    rest = document[end:].strip() if len(document) - end < limit else document[end:]
    return Opening(text, len(text) + len(rest), is_whole=not rest)


def is_blank(document: str) -> bool:
    """Whether nothing is left of the document once invisible characters are removed."""
    # Letters and digits always stay, so ordinary documents need no cleaning here.
    return not any(map(str.isalnum, document[:200])) and not opening(document, 1).text


def choose_source(
    text: str, tokenizer: Tokenizer, max_source_tokens: int
) -> tuple[list[str], bool]:
    """Pieces of the leading sentences that fit, the last one cut, and whether any were left out.

    Args:
        text: A cleaned document, or the beginning of one.
        tokenizer: The model's own.
        max_source_tokens: Tokens that the model can read, its end token included.
    """
    pieces = tokenizer.encode_pieces(text)
    room = max_source_tokens - 1
    return pieces[:room], len(pieces) > room


def _first_visible(document: str) -> int:
    return len(document) - len(document.lstrip()) if document[:1].isspace() else 0
