"""What was measured of each run, kept beside the tables: a search goes on on any machine, without the models.

One file for each run in a folder in evaluation/: a header in JSON, and scores of single documents, which
intervals are drawn from. A run that is kept is neither trained nor measured again.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.cost import Cost
from search.experiment import slug
from summae.errors import ConfigError
from summae.evaluation.results import KINDS
from summae.evaluation.signature import content_hash
from summae.inference.options import DecodingOptions

Values = NDArray[np.float64]
_STEP = 1e-4
"""To which scores are kept."""


@dataclass(frozen=True)
class Written:
    """How good the summaries of one search are."""

    f1: dict[str, Values]
    """By kind of ROUGE, one value for each document."""
    mean_length: float
    """Characters."""


@dataclass
class Record:
    """Of one run."""

    settings: dict[str, Any]
    """What they say that defaults do not, places left out."""
    cost: Cost
    pairs: int
    flops_before: float
    outcome: dict[str, Any]
    revision: str
    """Hash of the trained weights."""
    bytes: int | None
    """Size of the int8 folder; None if there is none."""
    losses: Values
    """Nats of each human headline, (documents,)."""
    written: dict[str, Written] = field(default_factory=dict)
    """By the search's key."""
    pace: dict[str, float] = field(default_factory=dict)
    """By the search's key: time of a document beside that of the model in the package, in one run."""


def search_key(decoding: DecodingOptions) -> str:
    """What tells searches apart: where they differ from the usual one, whatever else a later version knows."""
    usual = asdict(DecodingOptions())
    differing = {name: value for name, value in asdict(decoding).items() if value != usual[name]}
    # As records of versions spell it that could compare candidates: what the search finds best.
    differing["candidates"] = 1
    return content_hash([json.dumps(differing, sort_keys=True)])


class Kept:
    """Records of the runs of one search.

    Args:
        folder: Where they lie; it need not exist.
        rows: Hash of the documents and headlines that all of them were measured on.
    """

    def __init__(self, folder: Path, rows: str) -> None:
        self.folder = folder
        self.rows = rows

    def of(self, name: str, seed: int) -> Record | None:
        """What is kept of a run; None if nothing is.

        Raises:
            ConfigError: It was measured on other documents.
        """
        file = self._file(name, seed)
        if not file.exists():
            return None
        with np.load(file) as arrays:
            about = json.loads(bytes(arrays["about"]))
            if about["rows"] != self.rows:
                raise ConfigError(
                    f"{file} was measured on other documents ({about['rows']}) than are given now "
                    f"({self.rows}): give the same --data and --rows, or remove {self.folder}"
                )
            written = {
                key: Written({k: arrays[f"{key}/{k}"] * _STEP for k in KINDS}, length)
                for key, length in about["lengths"].items()
            }
            losses = arrays["losses"].astype(np.float64)
        return Record(
            **{name: about[name] for name in _PLAIN},
            cost=Cost(**about["cost"]),
            losses=losses,
            written=written,
        )

    def keep(self, name: str, seed: int, record: Record) -> None:
        """Write a run's record anew."""
        about: Mapping[str, Any] = {
            **{name: getattr(record, name) for name in _PLAIN},
            "cost": asdict(record.cost),
            "rows": self.rows,
            "lengths": {key: written.mean_length for key, written in record.written.items()},
        }
        arrays: dict[str, Any] = {
            "about": np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), np.uint8),
            "losses": record.losses.astype(np.float32),
        }
        for key, written in record.written.items():
            for kind in KINDS:
                arrays[f"{key}/{kind}"] = np.rint(written.f1[kind] / _STEP).astype(np.uint16)
        self.folder.mkdir(parents=True, exist_ok=True)
        whole = io.BytesIO()
        np.savez_compressed(whole, **arrays)
        aside = self._file(name, seed).with_suffix(".new")
        aside.write_bytes(whole.getvalue())
        aside.replace(self._file(name, seed))

    def _file(self, name: str, seed: int) -> Path:
        return self.folder / f"{slug(name)}-{seed}.npz"


_PLAIN = ("settings", "pairs", "flops_before", "outcome", "revision", "bytes", "pace")
