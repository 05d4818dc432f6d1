"""The promise of the package, checked: no document is trained on beside its own headline.

Documents and headlines are two collections that share no row. A shared `id` breaks the promise
outright, and so does a headline whose own document is among the documents under another id. Both
are refused, or such headlines are left out when the caller prefers that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice

from summae.errors import InputError

_COMPARED = 60
"""Letters and digits that two copies of one text have in common; outlets cut and amend what follows,
and sixty are a sentence or two, which no two texts begin with by chance."""
_EXAMPLES = 3


@dataclass
class KnownDocuments:
    """What is remembered of the training documents: 8 bytes of each text, so millions fit."""

    ids: set[str] = field(default_factory=set)
    fingerprints: set[bytes] = field(default_factory=set)

    def add(self, document: str, name: str | None = None) -> None:
        """Remember a cleaned document and its id, if it has one."""
        if beginning := fingerprint(document):
            self.fingerprints.add(beginning)
        if name:
            self.ids.add(name)

    def has(self, name: str | None, document: str | None) -> bool:
        """Whether one of them has this id or this cleaned text; nothing is known of one without letters."""
        return bool(name and name in self.ids) or bool(
            document and fingerprint(document) in self.fingerprints
        )


def fingerprint(document: str) -> bytes:
    """Eight bytes that tell texts apart by their beginning, whatever its spaces and punctuation.

    None of a text that has nothing else.

    >>> fingerprint("今晚有雨，请带伞。") == fingerprint("今晚有雨, 请带伞")
    True
    """
    characters = "".join(islice(filter(str.isalnum, document), _COMPARED))
    if not characters:
        return b""
    return blake2b(characters.encode("utf-8", "replace"), digest_size=8).digest()


def rows_of_others(
    known: KnownDocuments,
    headlines: Iterable[tuple[str | None, str | None]],
    *,
    drop_shared: bool = False,
) -> list[int]:
    """Rows of the headlines that were written for none of the training documents.

    Args:
        known: The training documents.
        headlines: For each headline, id and cleaned text of the document that it was written for,
            as far as they are known; read once.
        drop_shared: Leave the others out instead of refusing them.

    Raises:
        InputError: Some headlines belong to training documents.
    """
    kept: list[int] = []
    examples: list[str] = []
    shared = 0
    for row, (name, document) in enumerate(headlines):
        if not known.has(name, document):
            kept.append(row)
            continue
        shared += 1
        if len(examples) < _EXAMPLES:
            by_id = bool(name and name in known.ids)
            examples.append(f"id {name}" if by_id else f"“{(document or '')[:12]}…”")
    if shared and not drop_shared:
        raise InputError(
            f"{shared} headlines belong to training documents ({', '.join(examples)}"
            f"{', …' if shared > len(examples) else ''}): that is supervised training. Take "
            "documents and headlines from different rows, as SOURCE?part=1/2 and SOURCE?part=2/2 "
            "do, or set drop_shared: true to leave these headlines out"
        )
    return kept
