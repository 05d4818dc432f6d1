"""Whole weights from shards; that they train and save is tested in test_several_processes.py."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")

from summae.training.sharding import _tie


def test_shared_weights_are_one_tensor_again() -> None:
    module = torch.nn.ModuleDict({name: torch.nn.Linear(2, 2) for name in ("a", "b", "c")})
    module["b"].weight = module["a"].weight
    weights = {name: value.clone() for name, value in module.state_dict().items()}
    _tie(module, weights)
    assert weights["b.weight"] is weights["a.weight"]
    assert len({id(value) for value in weights.values()}) == 5
    _tie(module, {})  # as in the processes that do not save
