"""A score's signature: what one must know to get the same number again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from summae import __version__
from summae.evaluation.rouge import TOKENIZER_VERSION, Unit


@dataclass(frozen=True, kw_only=True)
class Signature:
    """Printed below every table; two scores compare if all parts but `system` agree."""

    system: str
    """Name and hash of the model, or of the file of summaries."""
    data: str
    """Name and content hash of the test set."""
    items: int
    unit: Unit = "character"
    decoding: str = "unknown"
    """How summaries were searched for, for example `beam_size=4,length_penalty=1.0`."""
    extras: dict[str, str] = field(default_factory=dict)
    """More `key:value` parts, such as versions of what the baselines use."""

    def __str__(self) -> str:
        parts = {
            "rouge": "f1",
            "unit": self.unit,
            "norm": "nfkc+lower",
            "tok": f"summae.{TOKENIZER_VERSION}",
            "n": str(self.items),
            "data": self.data,
            "system": self.system,
            "decoding": self.decoding,
            **self.extras,
            "version": __version__,
        }
        return "|".join(f"{key}:{value}" for key, value in parts.items())


def content_hash(texts: Iterable[str]) -> str:
    """Twelve hexadecimal digits that change with any text, and with the border between two texts."""
    digest = hashlib.sha256()
    for text in texts:
        encoded = text.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "big"))
        digest.update(encoded)
    return digest.hexdigest()[:12]
