"""Outputs are read by name, also through the wrapper of data-parallel training."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from torch import nn
from torch.utils._pytree import tree_leaves

from summae.models.outputs import DiscriminatorOutput


class Judge(nn.Module):
    def forward(self, mask: torch.Tensor) -> DiscriminatorOutput:
        return DiscriminatorOutput(scores=mask.float(), mask=mask)


def test_fields_are_found_by_name() -> None:
    mask = torch.tensor([[True, False]])
    output = Judge()(mask)
    assert output.scores.tolist() == [[1.0, 0.0]]
    assert output["mask"] is mask


def test_wrappers_find_the_tensors_inside() -> None:
    # What walks through a network's output (DDP, accelerate) must see scores and mask.
    assert len(tree_leaves(Judge()(torch.tensor([[True]])))) == 2
