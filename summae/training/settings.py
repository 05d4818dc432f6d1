"""How long and how carefully to train; apart from the loop, so that it can be read without torch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class TrainerSettings:
    """How long and how carefully to train."""

    steps: int = 10_000
    """Steps in all; learning rates follow `schedule` over them."""
    warmup_steps: int = 400
    """Steps over which learning rates rise from zero."""
    schedule: Literal["cosine", "linear", "constant"] = "cosine"
    """How learning rates fall after that: half a cosine, a straight line, or not at all."""
    final_rate_share: float = 0.05
    """Where that ends, as a share of the highest: the rate that one step after the last would have."""
    accumulation: int = 1
    """Parts in which a process takes its share of a batch, one after another; more of them need
    less memory and give the same update. Not for methods that tell the rows of a batch from one
    another."""
    clip_norm: float = 1.0
    """Largest gradient norm."""
    ema_decay: float = 0.0
    """Decay per update of the exponential moving average of weights that is validated and saved
    in place of the weights themselves, 0.999 for example; 0 for none."""
    precision: Literal["no", "bf16", "fp16"] = "no"
    """Arithmetic of the forward pass; bf16 pays on GPUs and on CPUs with AMX."""
    compile: bool = False
    """Fuse what a step computes with torch.compile, for recipes in which the generator is taught
    word by word; minutes before the first step, then faster."""
    log_every: int = 20
    """Steps between logged losses; 0 for those of the last alone."""
    validate_every: int = 500
    """Steps between validations; 0 for none but the last."""
    save_every: int = 500
    """Steps between checkpoints; the last step is always saved."""
    kept_checkpoints: int = 2
    """Newest checkpoints kept, at least 1; the best model is kept beside them."""
    preview_every: int = 500
    """Steps between pages of examples in `log/previews`, where the method offers any; 0 for none."""
    watched: str = "rouge_l"
    """Measure of `validate` that decides which model is best; higher is better."""
    patience: int = 0
    """End after so many validations in a row without a new best; 0 to train all steps."""
    on_alarm: Literal["tell", "roll_back", "stop"] = "tell"
    """When a validation raises an alarm: say so; go back to the last validation without one, and on
    from there with lower learning rates; or end."""
    roll_back_on: tuple[str, ...] = ()
    """Alarms to go back for beside those that find the generator spoilt, by name: `discriminator
    saturation` is the one that does not by itself."""
    max_roll_backs: int = 3
    """Times a run may go back; at the next alarm it ends."""
    max_minutes: float = 0.0
    """Stop, saved, after so many minutes of this session; 0 for no limit."""
    workers: int = 0
    """Processes that prepare batches."""
    seed: int = 1
    """Of weights, batches and dropout."""

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise ValueError(f"steps counts updates and must be at least 1, got {self.steps}")
        for name in ("warmup_steps", "seed", "workers", "patience", "max_minutes"):
            if not 0 <= getattr(self, name) < math.inf:
                raise ValueError(f"{name} is at least 0, got {getattr(self, name)}")
        if self.accumulation < 1:
            raise ValueError(
                f"accumulation counts parts of a batch and must be at least 1, got "
                f"{self.accumulation}; 1 takes the batch as a whole"
            )
        if self.kept_checkpoints < 1:
            raise ValueError(
                "kept_checkpoints counts the newest checkpoints and must be at least 1, from which a "
                f"run goes on, got {self.kept_checkpoints}"
            )
        if not 0 <= self.ema_decay < 1:
            raise ValueError(
                f"ema_decay is the share of the old average that each update keeps, in [0, 1), "
                f"got {self.ema_decay}; 0 keeps no average, 0.999 is one over about 1000 updates"
            )
