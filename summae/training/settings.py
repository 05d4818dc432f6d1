"""How long and how carefully to train; apart from the loop, so that it can be read without torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class TrainerSettings:
    """How long and how carefully to train."""

    steps: int = 10_000
    """Steps in all; learning rates follow a half cosine over them."""
    warmup_steps: int = 400
    """Steps over which learning rates rise from zero."""
    final_rate_share: float = 0.05
    """Learning rate of the last step as a share of the highest."""
    clip_norm: float = 1.0
    """Largest gradient norm."""
    precision: Literal["no", "bf16", "fp16"] = "no"
    """Arithmetic of the forward pass; bf16 pays on GPUs and on CPUs with AMX."""
    log_every: int = 20
    """Steps between logged losses."""
    validate_every: int = 500
    """Steps between validations; 0 for none but the last."""
    save_every: int = 500
    """Steps between checkpoints; the last step is always saved."""
    kept_checkpoints: int = 2
    """Newest checkpoints kept; the best model is kept beside them."""
    watched: str = "rouge_l"
    """Measure of `validate` that decides which model is best; higher is better."""
    max_minutes: float = 0.0
    """Stop, saved, after so many minutes of this session; 0 for no limit."""
    workers: int = 0
    """Processes that prepare batches."""
    seed: int = 1
    """Of weights, batches and dropout."""

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise ValueError(f"steps counts updates and must be at least 1, got {self.steps}")
