"""What is compared: the settings of a comparison, as its YAML file gives them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from summae.inference.options import DecodingOptions


def slug(name: str) -> str:
    """A name as folders have it."""
    return re.sub(r"\W+", "-", name.lower()).strip("-")


@dataclass(frozen=True, kw_only=True)
class Row:
    """A way to train."""

    name: str = ""
    """As tables call it; its folder is called alike."""
    config: str = ""
    """Configuration, beside the experiment file; empty: that of the experiment."""
    overrides: dict[str, Any] = field(default_factory=dict)
    """Settings by their dotted names. `$name` stands for the best model of what is `prepared`."""
    seeds: tuple[int, ...] = ()
    """Empty: those of the experiment."""
    pairs: int | None = None
    """True pairs that a supervised or semi-supervised recipe may see; None: all of the pack's."""
    note: str = ""
    """What a reader should know, such as what was tried in vain."""

    def __post_init__(self) -> None:
        if not slug(self.name):
            raise ValueError(f"a row needs a name with letters in it, got {self.name!r}")


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """What is compared."""

    output: str = "runs/comparison"
    """Folder of all runs."""
    config: str = ""
    """Configuration of all rows that name no other, beside the experiment file."""
    overrides: dict[str, Any] = field(default_factory=dict)
    """Settings of all rows by their dotted names; a row's own come last."""
    pack: str = ""
    """The token pack of all rows; empty: `pack` inside `output`, made if it is not there."""
    start: str = ""
    """The generator that all rows start from: a checkpoint, or `$name` of one that is `prepared`."""
    seeds: tuple[int, ...] = (1,)
    checkpoint: Literal["last", "best"] = "last"
    """Which model of a run is measured. The last one was not chosen by human summaries, and does
    not hide that a method went astray."""
    prepared: tuple[Row, ...] = ()
    """Models that rows or judges need; trained once, with the first seed, if anything names them."""
    rows: tuple[Row, ...] = ()
    """What is compared; each with the first."""
    decoding: dict[str, Any] = field(default_factory=dict)
    """Search of all rows, as in `summae.inference.options`."""
    backend: Literal["ctranslate2", "torch"] = "ctranslate2"
    """What writes: the exported model, in float32, or the checkpoint."""
    reconstructor: str = ""
    """Independent reconstructor that judges: a checkpoint or `$name`."""
    language_model: str = ""
    """Language model that judges fluency, of which no row learned: a checkpoint or `$name`."""
    readable: tuple[str, ...] = ()
    """Rows whose summaries are shown side by side."""

    def __post_init__(self) -> None:
        if not self.rows:
            raise ValueError("rows name what is compared, got none")
        names = [slug(row.name) for row in (*self.prepared, *self.rows)]
        doubles = sorted({name for name in names if names.count(name) > 1})
        if doubles:
            raise ValueError(f"rows need names of their own, got {', '.join(doubles)} twice")
        unknown = set(self.readable) - {row.name for row in self.rows}
        if unknown:
            raise ValueError(f"readable names rows, got {sorted(unknown)}")
        DecodingOptions.from_mapping(self.decoding)
