"""Weights that no process holds as a whole (FSDP), and the places where that matters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

from accelerate import Accelerator
from accelerate.utils import DistributedType
from torch import Tensor, nn
from torch.distributed.fsdp import FSDPModule
from torch.optim import Optimizer

from summae.training.unit import Player


def is_sharded(accelerator: Accelerator) -> bool:
    """Whether each process holds a part of every module."""
    return bool(accelerator.distributed_type == DistributedType.FSDP)


def prepared(accelerator: Accelerator, player: Player) -> tuple[nn.Module, Optimizer]:
    """The module and the optimizer of a player as accelerate runs them in several processes."""
    module = player.module
    with ExitStack() as stack:
        if is_sharded(accelerator):
            # accelerate 1.15 takes input and output embeddings for a group of their own, and torch
            # 2.13 refuses that where encoder and decoder share their weight (BART); unfound, they
            # stay in the group of the whole model.
            for name in ("get_input_embeddings", "get_output_embeddings"):
                if hasattr(module, name):
                    setattr(module, name, lambda: None)
                    stack.callback(delattr, module, name)
        module, optimizer = accelerator.prepare(module, player.optimizer)
    return module, optimizer


@contextmanager
def gathered(accelerator: Accelerator, modules: Sequence[nn.Module]) -> Iterator[None]:
    """While the block runs, each process has the whole weights, if only for reading.

    Left alone, shards are gathered when the module as a whole is called; methods sample, and call
    an encoder or a decoder by itself.
    """
    shards = [
        part
        for module in (modules if is_sharded(accelerator) else ())
        for part in module.modules()
        if isinstance(part, FSDPModule)
    ]
    for part in shards:
        part.unshard()
    try:
        yield
    finally:
        for part in shards:
            part.reshard()


@contextmanager
def whole_weights(accelerator: Accelerator, modules: Sequence[nn.Module]) -> Iterator[None]:
    """While the block runs, `state_dict()` of a sharded module holds the whole weights.

    They are gathered before, by all processes together, so that one of them can save alone.
    """
    if not is_sharded(accelerator):
        yield
        return
    for module, weights in [(m, accelerator.get_state_dict(m)) for m in modules]:
        _tie(module, weights)
        for name, part in module.named_modules():
            # On the object, it hides the method of the class until it is deleted again. A method may
            # save a part, say the generator without what turns its words into soft ones.
            part.state_dict = partial(_part, weights, f"{name}." if name else "")
    try:
        yield
    finally:
        for module in modules:
            for part in module.modules():
                vars(part).pop("state_dict", None)


def _part(weights: dict[str, Tensor], prefix: str, *_: Any, **__: Any) -> dict[str, Tensor]:
    """Those of the part whose names begin so."""
    return {
        name.removeprefix(prefix): weight
        for name, weight in weights.items()
        if name.startswith(prefix)
    }


def _tie(module: nn.Module, weights: dict[str, Tensor]) -> None:
    """Give weights that the module shares one tensor again, so that they are saved once."""
    first: dict[nn.Parameter, str] = {}
    for name, parameter in module.named_parameters(remove_duplicate=False):
        if name in weights:  # only the process that saves has them
            weights[name] = weights[first.setdefault(parameter, name)]
