"""What a search compares, as its file says it: a default, what is changed of it, and what a run may cost."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from summae.inference.options import DecodingOptions

DECIDED = (
    *("output", "pack", "stages", "training.steps", "training.warmup_steps"),
    *("training.validate_every", "training.seed"),
)
"""Settings that follow from budget, seed and folder, so that no override may name them."""


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """One change of the default."""

    name: str = ""
    """As tables call it."""
    overrides: dict[str, Any] = field(default_factory=dict)
    """Settings by their dotted names. `$name` stands for the model of what is `prepared`."""
    decoding: dict[str, Any] = field(default_factory=dict)
    """What it changes of the search. With no override beside it, nothing is trained: the default's
    model writes."""
    training_flops: float = 0.0
    """Its own budget; 0: that of the experiment."""
    training_documents: int = 0
    """The same in documents."""
    note: str = ""
    """What a reader should know."""


@dataclass(frozen=True, kw_only=True)
class Factor:
    """One thing that is varied; a table of its own."""

    name: str = ""
    default: str = ""
    """What the default has of it, as the table calls that row; `-` leaves the default out."""
    alternatives: tuple[Alternative, ...] = ()
    overrides: dict[str, Any] = field(default_factory=dict)
    """Settings of all alternatives; their own come last."""
    reference: str = ""
    """The alternative that the others are compared with; empty: the default."""
    scale: Literal["", "parameters", "pairs"] = ""
    """Fit a power law over the rows: to the number of parameters, or of true pairs."""

    def __post_init__(self) -> None:
        _check_names([alternative.name for alternative in self.alternatives])
        if self.reference and self.reference not in [a.name for a in self.alternatives]:
            raise ValueError(f"reference names an alternative, got {self.reference!r}")
        if self.default == "-" and not self.reference:
            raise ValueError("a factor without the default needs a reference")


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """What is searched."""

    output: str = "runs/generator-search"
    """Folder of all runs and packs."""
    report: str = "generator"
    """Name of the tables in `evaluation/`."""
    title: str = "The generator: one factor at a time"
    note: str = ""
    """What a reader of the tables should know."""
    config: str = ""
    """Configuration of the default, beside the experiment file."""
    overrides: dict[str, Any] = field(default_factory=dict)
    """Settings of all runs by their dotted names; those of factors and alternatives come last."""
    training_flops: float = 0.0
    """What a run may cost in floating-point operations, by the formula of `search.cost`; its steps
    follow from what its own documents cost."""
    training_documents: int = 0
    """Or: documents that a run reads, whatever they cost."""
    times: float = 1.0
    """All budgets are multiplied by this: the same search, but longer."""
    warmup_share: float = 0.1
    """Share of a run's steps over which its learning rate rises."""
    validations: int = 1
    """Validations of a run, evenly spread; the last step has one in any case."""
    seeds: tuple[int, ...] = (1, 2, 3)
    """Of the default; everything else is trained with the first alone."""
    checkpoint: Literal["last", "best"] = "last"
    """Which model of a run is measured. The last one was not chosen by human summaries."""
    prepared: tuple[Alternative, ...] = ()
    """Models that alternatives start from; trained once, with the first seed."""
    factors: tuple[Factor, ...] = ()
    decoding: dict[str, Any] = field(default_factory=dict)
    """Search of all rows, as in `summae.inference.options`, beside the greedy one."""

    def __post_init__(self) -> None:
        if bool(self.training_flops) == bool(self.training_documents):
            raise ValueError(
                "a run may cost either training_flops or training_documents, got "
                f"{self.training_flops:g} and {self.training_documents}"
            )
        if not self.seeds or not self.factors:
            raise ValueError("a search needs seeds, and factors to vary")
        _check_names(
            [
                "default",
                *(f"start {start.name}" for start in self.prepared),
                *(f"{f.name} {a.name}" for f in self.factors for a in f.alternatives),
            ]
        )
        for factor in self.factors:
            for alternative in factor.alternatives:
                DecodingOptions.from_mapping(self.decoding | alternative.decoding)


def slug(name: str) -> str:
    """The name as a folder is called."""
    return re.sub(r"\W+", "-", name.lower()).strip("-")


def _check_names(names: list[str]) -> None:
    slugs = [slug(name) for name in names]
    doubles = sorted({name for name in slugs if not name or slugs.count(name) > 1})
    if doubles:
        raise ValueError(
            f"each needs a name of its own, with letters or digits in it; got {doubles} twice or empty"
        )
