"""A score's signature: what one must know to get the same number again."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from summae import __version__
from summae.errors import MissingExtraError
from summae.evaluation.rouge import TOKENIZER_VERSION, Unit
from summae.evaluation.significance import SAMPLES


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
            "bs": str(SAMPLES),
            **self.extras,
            "version": __version__,
        }
        return "|".join(f"{key}:{value}" for key, value in parts.items())


def versions(unit: Unit, *, rankings: bool) -> dict[str, str]:
    """Versions of the packages that figures depend on, to be named in a signature.

    Args:
        unit: What ROUGE counts; words need jieba. Names of people and places use it if it is there.
        rankings: Whether there are baselines by sumy, which needs jieba, too.

    Raises:
        MissingExtraError: A package that is needed is not installed.
    """
    needed: dict[str, str] = {}
    if unit == "word":
        needed["jieba"] = "scoring words (characters do without)"
    if rankings:
        feature = "comparing with TextRank, LexRank and LSA (--no-rankings leaves them out)"
        needed |= {"sumy": feature, "jieba": feature}
    found: dict[str, str] = {}
    for package in ("sumy", "jieba"):
        is_there = importlib.util.find_spec(package) is not None
        if package in needed and not is_there:
            raise MissingExtraError(needed[package], "eval")
        if is_there and (package in needed or package == "jieba"):
            found[package] = version(package)
    return found


def folder_hash(folder: Path) -> str:
    """Twelve hexadecimal digits that change with any file of a model folder, those inside others not."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        content = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                content.update(block)
        digest.update(path.name.encode("utf-8", "surrogatepass") + b"\0" + content.digest())
    return digest.hexdigest()[:12]


def content_hash(texts: Iterable[str]) -> str:
    """Twelve hexadecimal digits that change with any text, and with the border between two texts."""
    digest = hashlib.sha256()
    for text in texts:
        encoded = text.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "big"))
        digest.update(encoded)
    return digest.hexdigest()[:12]
