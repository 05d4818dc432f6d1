"""A teacher: a slow moving average of a network that learns.

(Tarvainen & Valpola, 2017, https://arxiv.org/abs/1703.01780.)
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.distributed.tensor import DTensor
from transformers import PreTrainedModel

from summae.recipes.judges import beside, frozen_copy


class Teacher:
    """The moving average of a student's weights.

    Args:
        student: The network that learns; its weights are read at each `follow`.
        decay: What the average keeps of itself at a step.
    """

    def __init__(self, student: PreTrainedModel, *, decay: float) -> None:
        self.student = student
        self.model = frozen_copy(student)
        """Writes; never learns by gradient."""
        self.decay = decay

    @torch.no_grad()
    def follow(self, step: int) -> None:
        """Take in the student's weights after `step` updates; the first ones count more."""
        beside(self.model, self.student)
        kept = min(self.decay, (1 + step) / (10 + step))
        pairs = zip(self.model.parameters(), self.student.parameters(), strict=True)
        for average, weight in pairs:
            average.lerp_(_whole(weight).to(average), 1 - kept)

    def state_dict(self) -> dict[str, Any]:
        """The averages."""
        return self.model.state_dict()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue where `state_dict` was taken."""
        self.model.load_state_dict(state)


def _whole(weight: Tensor) -> Tensor:
    """The weight, of whose rows this process may hold a part only (FSDP)."""
    whole: Tensor = weight.full_tensor() if isinstance(weight, DTensor) else weight
    return whole
