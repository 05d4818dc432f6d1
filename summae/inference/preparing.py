"""Any text made ready for the model: cleaned, in simplified characters, cut to what it reads."""

from __future__ import annotations

from dataclasses import dataclass

from summae.errors import InputError
from summae.inference.long_documents import choose_source, opening
from summae.text.length import Length, trim
from summae.text.script import Script, detect_script, has_han, to_simplified
from summae.text.sentences import sentence_spans
from summae.text.tokenizer import Tokenizer

SHORTEST_DOCUMENT = 12
"""A document of at most this many characters is its own summary; a model would only invent."""
LONGEST_BEGINNING = 120
"""Without any Chinese character, a document gets its first sentence, cut so unless told otherwise."""

END_TOKEN = "</s>"


@dataclass(frozen=True)
class Request:
    """A document made ready for the model."""

    document: str
    """Cleaned, in its own script."""
    script: Script
    max_characters: int | None
    """The length asked for."""
    pieces: list[str]
    """What the model reads; nothing for a document that is its own summary."""
    is_truncated: bool
    """The model does not read all of it."""
    read: str = ""
    """Cleaned, in simplified characters, as the model knows them."""


def prepare(
    text: object,
    position: int,
    length: Length | None,
    *,
    tokenizer: Tokenizer,
    max_source_tokens: int,
) -> Request:
    """Make a document ready.

    Args:
        text: Any string.
        position: Its place among the texts, for messages.
        length: Wanted length.
        tokenizer: The model's own.
        max_source_tokens: Tokens that the model can read, its end token included.

    Raises:
        InputError: It is empty or no string.
    """
    if not isinstance(text, str):
        raise InputError(
            f"text {position} (counted from 0) is of type {type(text).__name__}, not a string"
        )
    start = opening(text, max_source_tokens)
    if not start.text:
        raise InputError(
            f"text {position} (counted from 0) is empty or has only invisible characters; "
            "leave it out"
        )
    wanted = None if length is None else length.resolve(start.characters)
    script = detect_script(start.text)
    if start.is_whole and len(start.text) <= max(SHORTEST_DOCUMENT, wanted or 0):
        return Request(start.text, script, wanted, pieces=[], is_truncated=False)
    if not has_han(start.text):
        first = sentence_spans(start.text)[0].text.strip()
        beginning = first if wanted else trim(first, LONGEST_BEGINNING)[0]
        is_cut = not start.is_whole or beginning != start.text
        return Request(beginning, script, wanted, pieces=[], is_truncated=is_cut)
    simplified = to_simplified(start.text) if script is Script.TRADITIONAL else start.text
    pieces, is_truncated = choose_source(simplified, tokenizer, max_source_tokens)
    return Request(
        start.text,
        script,
        wanted,
        pieces=[*pieces, END_TOKEN],
        is_truncated=is_truncated or not start.is_whole,
        read=simplified,
    )
